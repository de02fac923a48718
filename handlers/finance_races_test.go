package handlers_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// walletOwner is a user whose accounts many calls change at once.
type walletOwner struct {
	*harness
	userID uuid.UUID
	bearer string
	wallet uuid.UUID
}

func startWithWallet(t *testing.T, databaseURL string) *walletOwner {
	h := start(t, databaseURL)
	b := &walletOwner{harness: h, bearer: h.register("ada@example.com")}
	b.userID = must(h.repo.UserByEmail(t.Context(), "ada@example.com")).ID
	b.wallet = must(h.repo.Accounts(t.Context(), b.userID))[0].ID
	return b
}

func (b *walletOwner) deposit(account uuid.UUID, amount string) {
	b.t.Helper()
	b.do("POST", "/api/accounts/"+account.String()+"/deposit", `{"amount":`+amount+`}`, b.bearer).status(200)
}

// expectBalance compares the account's balance with want and with the sum of its
// transactions, and their number with the total.
func (b *walletOwner) expectBalance(account uuid.UUID, want int64) {
	b.t.Helper()
	list, total, err := b.repo.Transactions(b.t.Context(), b.userID, repo.TransactionFilter{AccountID: &account}, repo.Page{Limit: 10_000})
	sum := int64(0)
	for _, v := range must(list, err) {
		sum += v.Effect()
	}
	got := must(b.repo.Account(b.t.Context(), b.userID, account)).Balance
	if got != want || sum != want || total != len(list) {
		b.t.Errorf("the balance is %d, its %d (%d) transactions come to %d; want %d", got, len(list), total, sum, want)
	}
}

// TestRaceForFunds: of concurrent expenses, as many succeed as the account can pay
// for.
func TestRaceForFunds(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		b := startWithWallet(t, databaseURL)
		b.deposit(b.wallet, "100.09")
		body := fmt.Sprintf(`{"type":"EXPENSE","amount":7.7,"accountId":%q}`, b.wallet)
		answers := b.atOnce(func(int) *http.Request { return request("POST", "/api/transactions", body, b.bearer) })
		expectStatuses(t, map[int]int{201: 12, 400: clients - 12}, statuses(answers)) // 100.09 / 7.7 = 12.99…
		b.expectBalance(b.wallet, 10009-12*770)
	})
}

// TestRaceOfTransfers: concurrent transfers in both directions do not deadlock, and
// lose nothing.
func TestRaceOfTransfers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		b := startWithWallet(t, databaseURL)
		savings := b.account("ada@example.com SAVINGS ARS Trips")
		b.deposit(b.wallet, "1000")
		b.deposit(savings, "1000")
		answers := b.atOnce(func(i int) *http.Request {
			from, to := b.wallet, savings
			if i%2 == 1 {
				from, to = to, from
			}
			return request("POST", "/api/accounts/transfer", fmt.Sprintf(`{"fromAccountId":%q,"toAccountId":%q,"amount":%d}`, from, to, i+1), b.bearer)
		})
		expectStatuses(t, map[int]int{200: clients}, statuses(answers))
		b.expectBalance(b.wallet, 100_000+100*clients/2)
		b.expectBalance(savings, 100_000-100*clients/2)
		if _, n, err := b.repo.Categories(t.Context(), b.userID, "", repo.Page{}); err != nil || n != 25 {
			t.Errorf("%d categories, want the 24 and one for transfers: %v", n, err)
		}
	})
}

// TestRaceOfWrites: many clients change and delete one transaction at once. It
// counts once, and not at all after the deletion.
func TestRaceOfWrites(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		b := startWithWallet(t, databaseURL)
		b.deposit(b.wallet, "1000")
		made := b.do("POST", "/api/transactions", fmt.Sprintf(`{"type":"EXPENSE","amount":1,"accountId":%q}`, b.wallet), b.bearer).status(201)
		target := "/api/transactions/" + made.get("id")
		answers := b.atOnce(func(i int) *http.Request {
			return request("PATCH", target, fmt.Sprintf(`{"amount":%d,"date":"2026-%02d-10"}`, i+1, i%12+1), b.bearer)
		})
		expectStatuses(t, map[int]int{200: clients}, statuses(answers))
		view := must(b.repo.Transaction(t.Context(), b.userID, uuid.MustParse(made.get("id"))))
		b.expectBalance(b.wallet, 100_000-view.Amount)

		answers = b.atOnce(func(i int) *http.Request {
			if i%2 == 0 {
				return request("DELETE", target, "", b.bearer)
			}
			return request("PATCH", "/api/users/me", fmt.Sprintf(`{"fiscalStartDay":%d}`, i%28+1), b.bearer)
		})
		expectStatuses(t, map[int]int{200: 1 + clients/2, 404: clients/2 - 1}, statuses(answers))
		b.expectBalance(b.wallet, 100_000)
		b.expectMonths()
	})
}

// expectMonths compares the totals of each month with the transactions.
func (b *walletOwner) expectMonths() {
	b.t.Helper()
	calendar := must(must(b.repo.Workspace(b.t.Context(), b.userID)).Calendar())
	list, _, err := b.repo.Transactions(b.t.Context(), b.userID, repo.TransactionFilter{}, repo.Page{Limit: 10_000})
	months := map[string]int64{}
	for _, v := range must(list, err) {
		months[calendar.PeriodOf(v.Date).String()] += v.Amount
	}
	for year := 2025; year <= 2027; year++ {
		for month := range 12 {
			period, sum := fmt.Sprintf("%04d-%02d", year, month+1), int64(0)
			for _, total := range must(b.repo.PeriodTotals(b.t.Context(), b.userID, period)) {
				sum += total.Amount
			}
			if sum != months[period] {
				b.t.Errorf("%s comes to %d, want %d", period, sum, months[period])
			}
		}
	}
}
