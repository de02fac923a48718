package contract

import (
	"encoding/json"
	"fmt"
)

// documentedDecimals is how many decimals amounts have in the currencies for which the
// finance app documents the answers to a finer amount.
const documentedDecimals = 2

// RefuseDecimals returns the violations of an amount that Check accepts, but that has
// more decimals than amounts in the currency.
func (p *Property) RefuseDecimals(amount json.Number, currency string, decimals int) []Violation {
	if decimals == documentedDecimals {
		return p.RefuseNumber(amount)
	}
	text := fmt.Sprintf("%s must have at most %d decimals in %s", p.Name, decimals, currency)
	if decimals == 0 {
		text = fmt.Sprintf("%s must not have decimals in %s", p.Name, currency)
	}
	refused := p.violation(RuleDecimals, text)
	refused.Values, refused.Alone = []any{decimals, currency}, p.alone != ""
	return []Violation{refused}
}

// RefuseNumber returns the violations of an amount that Check accepts, but that is not
// one in its currency: it has more than two decimals, or is too large.
func (p *Property) RefuseNumber(amount json.Number) []Violation {
	var violations []Violation
	if value, err := amount.Float64(); err == nil && value < 0.01 && p.texts["minimum"] != "" {
		violations = append(violations, p.violation("minimum", p.texts["minimum"]))
	}
	return p.reduce(append(violations, p.violation("type", p.texts["type"])))
}
