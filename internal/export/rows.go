package export

import (
	"strconv"
	"strings"

	"example.com/alta/internal/money"
)

const (
	dayFormat  = "02/01/2006"
	timeFormat = "02/01/2006 15:04"
)

// typeNames are the names of the types in PDFs.
var typeNames = map[string]string{income: "Ingreso", expense: "Gasto", transfer: "Transferencia"}

func typeName(row Row) string     { return typeNames[row.Type] }
func categoryName(row Row) string { return nameOrDash(row.Category) }
func accountName(row Row) string  { return nameOrDash(row.Account) }
func description(row Row) string  { return row.Description }
func currency(row Row) string     { return row.Currency }
func fixedAmount(row Row) string  { return money.Fixed(row.Amount, row.Currency) }
func dayText(row Row) string      { return row.Day.Format(dayFormat) }

// amountColor is green for income and red for the rest.
func amountColor(row Row) color {
	if row.Type == income {
		return green
	}
	return red
}

// signedAmount is the amount in the visual report, with its direction.
func signedAmount(row Row) string {
	sign := "−"
	if row.Type == income {
		sign = "+"
	}
	return sign + spanishAmount(row.Amount, row.Currency)
}

// spanishAmount formats an amount of the currency as Spanish does: 1.234.567,89.
func spanishAmount(minor int64, currency string) string {
	whole, fraction, hasFraction := strings.Cut(money.Fixed(minor, currency), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "−", whole[1:]
	}
	if hasFraction {
		fraction = "," + fraction
	}
	return sign + groupDigits(whole) + fraction
}

// groupDigits puts a point before each group of three digits.
func groupDigits(digits string) string {
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteByte('.')
		}
		out.WriteRune(digit)
	}
	return out.String()
}

// cutText tells the reader that the list is not complete.
func (r Report) cutText() string {
	return "Se muestran los " + groupDigits(strconv.Itoa(len(r.Rows))) + " movimientos más recientes de " + groupDigits(strconv.Itoa(r.Total)) + "."
}

func (r Report) accountText() string {
	if r.Account == "" {
		return "Todas las cuentas"
	}
	return printable(r.Account)
}
