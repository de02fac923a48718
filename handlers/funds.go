package handlers

import (
	"example.com/alta/gen"
	"example.com/alta/internal/money"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// The rules of balances: a balance stays in range, and only that of a credit card, or of
// an account whose owner allows it, may be below 0. A balance that breaks a rule
// already may change for the better.

// checkMove returns an error if the account's balance may not change by the amount.
// The errors are problem.ErrBalanceRange, and problem.ErrFunds with its values.
func checkMove(account repo.Account, by int64) error {
	after := account.Balance + by
	if limit := money.Limit(account.Currency); by > 0 && after > limit || by < 0 && after < -limit {
		return problem.ErrBalanceRange
	}
	if lacksFunds(account, by) {
		return problem.ErrFunds.With(money.Fixed(account.Balance, account.Currency), money.Fixed(-by, account.Currency))
	}
	return nil
}

// lacksFunds reports whether the balance does not cover the change. Adding to a
// negative balance never lacks funds.
func lacksFunds(account repo.Account, by int64) bool {
	return by < 0 && account.Balance+by < 0 && !mayOwe(account)
}

// mayOwe reports whether the account's balance may be below 0.
func mayOwe(account repo.Account) bool {
	return account.AllowNegative || account.Type == string(gen.AccountTypeCREDITCARD)
}

// checkAccountType returns problem.ErrNegativeBalance if the account's new type does
// not allow its negative balance, which the old one did. An owner may withdraw
// AllowNegative at any time: the account then takes only what raises its balance.
func checkAccountType(old, changed repo.Account) error {
	if changed.Type != old.Type && changed.Balance < 0 && mayOwe(old) && !mayOwe(changed) {
		return problem.ErrNegativeBalance.With(money.Fixed(changed.Balance, changed.Currency))
	}
	return nil
}
