package site

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/locale"
	"example.com/alta/internal/money"
)

// convention is how a language writes numbers and dates.
type convention struct {
	group, point string
	months       []string
	ofMonth      string // between a month and its year
}

var conventions = map[string]convention{
	locale.English: {group: ",", point: ".", ofMonth: " ", months: locale.Months[locale.English]},
	locale.Spanish: {group: ".", point: ",", ofMonth: " de ", months: locale.Months[locale.Spanish]},
}

const (
	noBreakSpace = "\u00a0"
	minusSign    = "\u2212"
)

// minor returns an amount of the API in minor units of the currency. It may be a sum,
// which can be larger than any amount.
func minor(amount json.Number, currency string) int64 {
	units, err := money.ParseSum(amount, currency)
	if err != nil {
		panic(fmt.Errorf("the API answers what its contract does not have: %w", err))
	}
	return units
}

// formatAmount writes an amount of the currency: 1,234.50.
func (t *text) formatAmount(amount json.Number, currency string) string {
	as := conventions[t.Language]
	whole, fraction, hasFraction := strings.Cut(money.Fixed(minor(amount, currency), currency), ".")
	digits, negative := strings.CutPrefix(whole, "-")
	grouped := digits[:len(digits)%3]
	for rest := digits[len(grouped):]; rest != ""; rest = rest[3:] {
		if grouped != "" {
			grouped += as.group
		}
		grouped += rest[:3]
	}
	if negative {
		grouped = minusSign + grouped
	}
	if hasFraction {
		grouped += as.point + fraction
	}
	return grouped
}

// formatMoney writes an amount with its currency: 1,234.50 USD.
func (t *text) formatMoney(amount json.Number, currency string) string {
	return t.formatAmount(amount, currency) + noBreakSpace + currency
}

// formatTyped writes an amount of the currency as people type it: 1234.50.
func (t *text) formatTyped(amount json.Number, currency string) string {
	return strings.Replace(money.Fixed(minor(amount, currency), currency), ".", conventions[t.Language].point, 1)
}

// formatDate writes a day: 5 Mar 2026.
func (t *text) formatDate(day time.Time) string {
	return fmt.Sprintf("%d%s%s%[2]s%[4]d", day.Day(), noBreakSpace, conventions[t.Language].months[day.Month()-1][:3], day.Year())
}

// formatMonth writes a month: March 2026.
func (t *text) formatMonth(p fiscal.Period) string {
	as := conventions[t.Language]
	return fmt.Sprintf("%s%s%d", as.months[p.Month-1], as.ofMonth, p.Year)
}

// formatPercent writes a part of a whole in whole percent.
func (t *text) formatPercent(part, whole int64) string {
	sign := "%"
	if t.Language == locale.Spanish {
		sign = noBreakSpace + sign
	}
	share := float64(part) / float64(max(1, whole)) * 100
	if share > 0 && share < 1 {
		return "<1" + sign
	}
	return fmt.Sprintf("%.0f%s", share, sign)
}

// formatNumbers is fmt.Sprintf with numbers as they are written in the language.
func (t *text) formatNumbers(format string, values ...any) string {
	return message.NewPrinter(language.Make(t.Language)).Sprintf(format, values...)
}

// formatCount writes a whole number: 1,234.
func (t *text) formatCount(n int64) string {
	return t.formatNumbers("%d", n)
}
