package handlers

import (
	"context"
	"encoding/json"
	"errors"

	"example.com/alta/internal/money"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
)

// Names of the properties of request bodies that are amounts.
const (
	propertyAmount         = "amount"
	propertyTargetAmount   = "targetAmount"
	propertyOpeningBalance = "openingBalance"
)

// parseAmount returns the value of a property of the call's body, in minor units of the
// currency. If it is not an amount of that currency, the error is problem.Invalid: the
// contract cannot say that, because the currency is that of an account or a user.
func parseAmount(ctx context.Context, property string, amount json.Number, currency string) (minor int64, err error) {
	minor, err = money.Parse(amount, currency)
	if err == nil {
		return minor, nil
	}
	declared := stage.From(ctx).Operation.Body.Property(property)
	if errors.Is(err, money.ErrDecimals) {
		return 0, problem.Invalid(declared.RefuseDecimals(amount, currency, money.Decimals(currency))...)
	}
	return 0, problem.Invalid(declared.RefuseAbove(money.Number(money.Limit(currency), currency), currency)...)
}
