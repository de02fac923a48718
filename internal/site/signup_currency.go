package site

import (
	"example.com/alta/internal/contract"
	"example.com/alta/internal/locale"
	"example.com/alta/internal/money"
)

// usualCurrencies is how many currencies of the contract are offered before all others:
// those that the finance app documents.
const usualCurrencies = 3

// currencyField asks for one of the currencies, with the contract's default
// chosen unless another was.
func (t *text) currencyField(op *contract.Operation, name, chosen string) field {
	f := field{Name: name, Type: "select", Label: t.SignUp.Currency, Value: chosen, Autocomplete: "off"}
	if f.Value == "" {
		f.Value, _ = op.Body.Property(name).Schema.Default.(string)
	}
	f.Options = t.currencyOptions(f.Value)
	return f
}

// currencyOptions returns the contract's currencies as choices: the usual ones, and the
// others by name in the order of the reader's dictionary. The chosen one is among them,
// even if the contract does not have it: registration took any code before.
func (t *text) currencyOptions(chosen string) []option {
	all := money.Currencies()
	options := make([]option, 0, len(all)+1)
	for _, c := range all {
		options = append(options, option{Value: c.Code, Says: t.nameCurrency(c) + " (" + c.Code + ")"})
	}
	sortByName(t, options[usualCurrencies:], func(o option) string { return o.Says })
	if _, known := money.Find(chosen); !known && chosen != "" {
		options = append(options, option{Value: chosen, Says: chosen})
	}
	for i := usualCurrencies; i < len(options); i++ {
		options[i].Group = t.SignUp.OtherCurrencies
	}
	return options
}

func (t *text) nameCurrency(c money.Currency) string {
	if t.Language == locale.Spanish {
		return c.Spanish
	}
	return c.English
}
