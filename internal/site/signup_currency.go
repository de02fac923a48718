package site

import (
	"slices"
	"strings"

	"golang.org/x/text/currency"

	"example.com/alta/internal/contract"
)

// usual are the currencies that people are offered first, and by name.
var usual = []string{"ARS", "BOB", "BRL", "CLP", "COP", "EUR", "GBP", "MXN", "PEN", "PYG", "USD", "UYU"}

// inUse are all others that are legal tender somewhere.
var inUse = currenciesInUse()

func currenciesInUse() []string {
	var codes []string
	for all := currency.Query(); all.Next(); {
		code := all.Unit().String()
		if all.IsTender() && !slices.Contains(usual, code) {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// currencies asks for one of the currencies, with the contract's default chosen
// unless another was.
func (v *visit) currencies(name, chosen string, op *contract.Operation) field {
	f := field{Name: name, Type: "select", Label: v.text.SignUp.Currency, Value: chosen, Autocomplete: "off"}
	if f.Value == "" {
		f.Value, _ = op.Body.Property(name).Schema.Default.(string)
	}
	for _, code := range usual {
		f.Options = append(f.Options, option{Value: code, Says: v.text.SignUp.Currencies[code] + " (" + code + ")"})
	}
	for _, code := range inUse {
		f.Options = append(f.Options, option{Value: code, Says: code, Group: v.text.SignUp.OtherCurrencies})
	}
	if code := strings.ToUpper(chosen); chosen != "" && !slices.Contains(usual, code) && !slices.Contains(inUse, code) {
		f.Options = append(f.Options, option{Value: chosen, Says: chosen, Group: v.text.SignUp.OtherCurrencies})
	}
	return f
}
