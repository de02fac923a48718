package site

import (
	"slices"
	"strings"

	"golang.org/x/text/currency"

	"example.com/alta/internal/contract"
)

// usualCurrencies are offered first, and by name.
var usualCurrencies = []string{"ARS", "BOB", "BRL", "CLP", "COP", "EUR", "GBP", "MXN", "PEN", "PYG", "USD", "UYU"}

// otherCurrencies are all others that are legal tender somewhere.
var otherCurrencies = currenciesInUse()

func currenciesInUse() []string {
	var codes []string
	for all := currency.Query(); all.Next(); {
		code := all.Unit().String()
		if all.IsTender() && !slices.Contains(usualCurrencies, code) {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// currencyField asks for one of the currencies, with the contract's default
// chosen unless another was.
func (t *text) currencyField(op *contract.Operation, name, chosen string) field {
	words := t.SignUp
	f := field{Name: name, Type: "select", Label: words.Currency, Value: chosen, Autocomplete: "off"}
	if f.Value == "" {
		f.Value, _ = op.Body.Property(name).Schema.Default.(string)
	}
	for _, code := range usualCurrencies {
		f.Options = append(f.Options, option{Value: code, Says: words.Currencies[code] + " (" + code + ")"})
	}
	for _, code := range otherCurrencies {
		f.Options = append(f.Options, option{Value: code, Says: code, Group: words.OtherCurrencies})
	}
	if code := strings.ToUpper(chosen); chosen != "" && !slices.Contains(usualCurrencies, code) && !slices.Contains(otherCurrencies, code) {
		f.Options = append(f.Options, option{Value: chosen, Says: chosen, Group: words.OtherCurrencies})
	}
	return f
}
