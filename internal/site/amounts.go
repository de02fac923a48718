package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"example.com/alta/gen"
	"example.com/alta/internal/money"
)

// Errors of amounts that people type.
var (
	errAmount    = errors.New("not an amount of the currency")
	errUnclear   = errors.New("an amount that could be two")
	errNotAbove0 = errors.New("an amount that is not above zero")
	errTooLarge  = errors.New("an amount above the largest one")
)

var (
	amountOfWhole = regexp.MustCompile(`^[0-9]+$`)
	amountOfOne   = regexp.MustCompile(`^([0-9]*)[.,]([0-9]{1,4})$`)                // 1234.5
	amountOfBoth  = regexp.MustCompile(`^[0-9]{1,3}([.,][0-9]{3})+[.,][0-9]{1,4}$`) // 1,234.50
	amountOfGroup = regexp.MustCompile(`^[1-9][0-9]{0,2}([.,][0-9]{3})+$`)          // 1,234
)

// groupDigits is how many digits stand between two separators of thousands.
const groupDigits = 3

// parseAmount reads an amount above zero of the currency as people type it, with the
// signs of either language: 1234.5, 1234,5, 1,234.50, 1.234,50. A single sign before
// the last three digits separates thousands if it does in the reader's own language.
// Otherwise it is a decimal point in currencies with that many decimals, and could be
// either in others: errUnclear.
func (t *text) parseAmount(typed, currency string) (json.Number, error) {
	typed = strings.Join(strings.Fields(typed), "")
	as := conventions[t.Language]
	isSingle := len(ungrouped(typed)) == len(typed)-1
	isDecimal := isSingle && strings.Contains(typed, as.point) && money.Decimals(currency) >= groupDigits
	var plain string
	switch parts := amountOfOne.FindStringSubmatch(typed); {
	case amountOfWhole.MatchString(typed):
		plain = typed
	case amountOfGroup.MatchString(typed) && !mixed(typed) && !isDecimal:
		if isSingle && !strings.Contains(typed, as.group) {
			return "", errUnclear
		}
		plain = ungrouped(typed)
	case parts != nil:
		plain = "0" + parts[1] + "." + parts[2]
	case amountOfBoth.MatchString(typed):
		at := strings.LastIndexAny(typed, ".,")
		groups, point := typed[:at], typed[at:at+1]
		if strings.Contains(groups, point) || mixed(groups) {
			return "", errAmount
		}
		plain = ungrouped(groups) + "." + typed[at+1:]
	default:
		return "", errAmount
	}
	return aboveZero(plain, currency)
}

func aboveZero(plain, currency string) (json.Number, error) {
	units, err := money.Parse(json.Number(plain), currency)
	if errors.Is(err, money.ErrFormat) { // and plain is a number
		return "", errTooLarge
	}
	if err != nil {
		return "", errAmount
	}
	if units <= 0 {
		return "", errNotAbove0
	}
	return money.Number(units, currency), nil
}

// mixed reports whether groups are parted by two signs.
func mixed(groups string) bool { return strings.Contains(groups, ".") && strings.Contains(groups, ",") }

func ungrouped(groups string) string { return strings.NewReplacer(".", "", ",", "").Replace(groups) }

// readAmount returns the amount of the currency that was typed, or what is wrong with
// it.
func (t *text) readAmount(typed, currency string) (amount json.Number, wrong string) {
	amount, err := t.parseAmount(typed, currency)
	switch {
	case err == nil:
		return amount, ""
	case errors.Is(err, errUnclear):
		return "", t.App.UnclearAmount
	case errors.Is(err, errTooLarge):
		largest := money.Number(money.Limit(currency), currency)
		return "", fmt.Sprintf(t.SignUp.Rules.Most, t.formatAmount(largest, currency))
	case errors.Is(err, errNotAbove0):
		return "", t.App.NotPositive
	default:
		return "", t.App.BadAmounts[money.Decimals(currency)]
	}
}

// amountField asks for an amount of the currency.
func (t *text) amountField(name, label, currency string) field {
	return field{
		Name: name, Type: "text", Label: label, InputMode: inputAmount, Autocomplete: "off",
		Hint: t.App.AmountHints[money.Decimals(currency)],
	}
}

// always returns the currency of a form in which all amounts are in one.
func always(currency string) func(*form) string {
	return func(*form) string { return currency }
}

// chosenCurrency returns the currency of the account that is chosen in the form's field
// with the name.
func (w *workspace) chosenCurrency(name string) func(*form) string {
	return func(f *form) string {
		if account := w.findAccount(f.valueOf(name)); account != nil {
			return account.Currency
		}
		return firstCurrency(w.accounts)
	}
}

// firstCurrency returns the currency of the first account, which a form chooses before
// anybody has chosen one.
func firstCurrency(accounts []gen.Account) string {
	if len(accounts) == 0 {
		return ""
	}
	return accounts[0].Currency
}
