package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
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
	locale.English: {group: ",", point: ".", ofMonth: " ", months: []string{"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"}},
	locale.Spanish: {group: ".", point: ",", ofMonth: " de ", months: []string{"enero", "febrero", "marzo", "abril", "mayo", "junio",
		"julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"}},
}

const (
	noBreakSpace = "\u00a0"
	minusSign    = "\u2212"
)

// minor returns an amount of the API in minor units.
func minor(amount json.Number) int64 {
	units, err := money.Parse(amount)
	if err != nil {
		panic(fmt.Errorf("the API answers what its contract does not have: %w", err))
	}
	return units
}

// formatAmount writes an amount: 1,234.50.
func (t *text) formatAmount(amount json.Number) string {
	as := conventions[t.Language]
	whole, fraction, _ := strings.Cut(money.Fixed(minor(amount)), ".")
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
	return grouped + as.point + fraction
}

// formatMoney writes an amount with its currency: 1,234.50 USD.
func (t *text) formatMoney(amount json.Number, currency string) string {
	return t.formatAmount(amount) + noBreakSpace + currency
}

// formatTyped writes an amount as people type it: 1234.50.
func (t *text) formatTyped(amount json.Number) string {
	return strings.Replace(money.Fixed(minor(amount)), ".", conventions[t.Language].point, 1)
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

// Errors of amounts that people type.
var (
	errAmount     = errors.New("not an amount with at most two decimals")
	errUnclear    = errors.New("an amount that could be two")
	errNotAbove0  = errors.New("an amount that is not above zero")
	amountOfWhole = regexp.MustCompile(`^[0-9]+$`)
	amountOfOne   = regexp.MustCompile(`^([0-9]*)[.,]([0-9]{1,2})$`)                // 1234.5
	amountOfBoth  = regexp.MustCompile(`^[0-9]{1,3}([.,][0-9]{3})+[.,][0-9]{1,2}$`) // 1,234.50
	amountOfGroup = regexp.MustCompile(`^[1-9][0-9]{0,2}([.,][0-9]{3})+$`)          // 1,234
)

// parseAmount reads an amount above zero as people type it, with the signs of
// either language: 1234.5, 1234,5, 1,234.50, 1.234,50. If a single sign stands
// before the last three digits, it separates thousands in the reader's own
// language. The other language's sign could be a decimal point: errUnclear.
func (t *text) parseAmount(typed string) (json.Number, error) {
	typed = strings.Join(strings.Fields(typed), "")
	var plain string
	switch parts := amountOfOne.FindStringSubmatch(typed); {
	case amountOfWhole.MatchString(typed):
		plain = typed
	case parts != nil:
		plain = "0" + parts[1] + "." + parts[2]
	case amountOfBoth.MatchString(typed):
		at := strings.LastIndexAny(typed, ".,")
		groups, point := typed[:at], typed[at:at+1]
		if strings.Contains(groups, point) || mixed(groups) {
			return "", errAmount
		}
		plain = ungrouped(groups) + "." + typed[at+1:]
	case amountOfGroup.MatchString(typed) && !mixed(typed):
		own := conventions[t.Language].group
		if strings.Count(typed, own) == 0 && len(ungrouped(typed)) == len(typed)-1 {
			return "", errUnclear
		}
		plain = ungrouped(typed)
	default:
		return "", errAmount
	}
	return aboveZero(plain)
}

func aboveZero(plain string) (json.Number, error) {
	units, err := money.Parse(json.Number(plain))
	if err != nil {
		return "", errAmount
	}
	if units <= 0 {
		return "", errNotAbove0
	}
	return money.Number(units), nil
}

// mixed reports whether groups are parted by two signs.
func mixed(groups string) bool { return strings.Contains(groups, ".") && strings.Contains(groups, ",") }

func ungrouped(groups string) string { return strings.NewReplacer(".", "", ",", "").Replace(groups) }

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
