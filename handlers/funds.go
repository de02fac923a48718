package handlers

import (
	"example.com/alta/gen"
	"example.com/alta/internal/money"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// checkMove returns an error if the account's balance may not change by the amount.
// The balance must stay in range and must not fall below zero, except for credit
// cards. The errors are problem.ErrBalanceRange, and problem.ErrFunds with its values.
func checkMove(account repo.Account, by int64) error {
	after := account.Balance + by
	if after > money.Max || after < -money.Max {
		return problem.ErrBalanceRange
	}
	if lacksFunds(account, by) {
		return problem.ErrFunds.With(money.Fixed(account.Balance), money.Fixed(-by))
	}
	return nil
}

// lacksFunds reports whether the balance does not cover the change. Adding to a
// negative balance never lacks funds.
func lacksFunds(account repo.Account, by int64) bool {
	return by < 0 && account.Balance+by < 0 && account.Type != string(gen.AccountTypeCREDITCARD)
}
