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
	switch decimals {
	case documentedDecimals:
		return p.refuseAsDocumented(amount)
	case 0:
		return p.refuse(RuleDecimals, fmt.Sprintf("%s must not have decimals in %s", p.Name, currency), decimals, currency)
	}
	return p.refuse(RuleDecimals, fmt.Sprintf("%s must have at most %d decimals in %s", p.Name, decimals, currency), decimals, currency)
}

// RefuseAbove returns the violation of an amount that Check accepts, but that is above
// the largest one of the currency.
func (p *Property) RefuseAbove(limit json.Number, currency string) []Violation {
	return p.refuse(RuleLimit, fmt.Sprintf("%s must not be greater than %s in %s", p.Name, limit, currency), limit, currency)
}

func (p *Property) refuse(rule, text string, values ...any) []Violation {
	refused := p.violation(rule, text)
	refused.Values, refused.Alone = values, p.alone != ""
	return []Violation{refused}
}

// refuseAsDocumented returns what Check returned when all amounts had two decimals.
func (p *Property) refuseAsDocumented(amount json.Number) []Violation {
	var violations []Violation
	if value, err := amount.Float64(); err == nil && value < 0.01 && p.texts["minimum"] != "" {
		violations = append(violations, p.violation("minimum", p.texts["minimum"]))
	}
	return p.reduce(append(violations, p.violation("type", p.texts["type"])))
}
