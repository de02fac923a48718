package export

import (
	"strings"

	"example.com/alta/internal/money"
)

func categoryName(row Row) string { return nameOrDash(row.Category) }
func accountName(row Row) string  { return nameOrDash(row.Account) }
func description(row Row) string  { return row.Description }
func currency(row Row) string     { return row.Currency }
func fixedAmount(row Row) string  { return money.Fixed(row.Amount, row.Currency) }

func (r Report) typeName(row Row) string { return r.words().types[row.Type] }
func (r Report) dayText(row Row) string  { return row.Day.Format(r.words().day) }

// amountColor is green for income and red for the rest.
func amountColor(row Row) color {
	if row.Type == income {
		return green
	}
	return red
}

// signedAmount is the amount in the visual report, with its direction.
func (w *words) signedAmount(row Row) string {
	sign := "−"
	if row.Type == income {
		sign = "+"
	}
	return sign + w.amount(row.Amount, row.Currency)
}

// amount formats an amount of the currency as the language does: 1.234.567,89.
func (w *words) amount(minor int64, currency string) string {
	whole, fraction, hasFraction := strings.Cut(money.Fixed(minor, currency), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "−", whole[1:]
	}
	if hasFraction {
		fraction = w.comma + fraction
	}
	return sign + w.groupDigits(whole) + fraction
}

func (r Report) accountText() string {
	if r.Account == "" {
		return r.words().allAccounts
	}
	return printable(r.Account)
}
