package handlers

import (
	"example.com/alta/gen"
	"example.com/alta/internal/money"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// checkMove reports whether the account's balance may move by so much: it must
// stay in range and, but for credit cards, must not fall below zero. Its error is
// problem.ErrBalanceRange, or problem.ErrFunds with the documented text.
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

// lacksFunds reports whether a move would take from the account what is not in
// it. One that adds to a balance below zero is no such.
func lacksFunds(account repo.Account, by int64) bool {
	return by < 0 && account.Balance+by < 0 && account.Type != string(gen.AccountTypeCREDITCARD)
}
