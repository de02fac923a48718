package handlers_test

import (
	"fmt"
	"net/http"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestWithdrawnOverdraftWhileSpending: once an account may not go below zero any more,
// no expense that came later is accepted, however many clients spend at once.
func TestWithdrawnOverdraftWhileSpending(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		b := startWithWallet(t, databaseURL)
		target := "/api/accounts/" + b.wallet.String()
		b.do("PATCH", target, `{"allowNegative":true}`, b.bearer).status(200)
		body := fmt.Sprintf(`{"type":"EXPENSE","amount":1,"accountId":%q}`, b.wallet)
		answers := b.atOnce(func(i int) *http.Request {
			if i == clients/2 {
				return request("PATCH", target, `{"allowNegative":false}`, b.bearer)
			}
			return request("POST", "/api/transactions", body, b.bearer)
		})
		got := statuses(answers)
		if got[200] != 1 || got[201]+got[400] != clients-1 {
			t.Errorf("answers: %v", got)
		}
		b.expectBalance(b.wallet, int64(-100*got[201]))
		b.do("POST", "/api/transactions", body, b.bearer).status(400)
		b.deposit(b.wallet, "1")
		b.expectBalance(b.wallet, int64(-100*got[201]+100))
	})
}

// TestOpeningBalanceAtOnce: of many first expenses with an opening balance, one records
// it.
func TestOpeningBalanceAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		b := startWithWallet(t, databaseURL)
		body := fmt.Sprintf(`{"type":"EXPENSE","amount":1,"accountId":%q,"openingBalance":10}`, b.wallet)
		answers := b.atOnce(func(int) *http.Request { return request("POST", "/api/transactions", body, b.bearer) })
		expectStatuses(t, map[int]int{201: 1, 400: clients - 1}, statuses(answers))
		b.expectBalance(b.wallet, 900)
	})
}
