package repo_test

import (
	"errors"
	"testing"
	"time"

	"example.com/alta/internal/money"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestTotalsStayInRange adds the largest amounts until there are too many. Then
// a transaction is refused, and the totals stay correct.
func TestTotalsStayInRange(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ada := createUser(t, r, "ada@example.com")
		accounts, err := r.Accounts(t.Context(), ada.ID)
		if err != nil {
			t.Fatal(err)
		}
		add := func() error {
			return r.InTx(t.Context(), func(tx *repo.Tx) error {
				w, err := tx.LockWorkspace(t.Context(), ada.ID)
				if err != nil {
					return err
				}
				return tx.AddTransaction(t.Context(), w, &repo.Transaction{
					Type: repo.TypeIncome, Amount: money.Max, Currency: "ARS", Date: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), AccountID: &accounts[0].ID,
				})
			})
		}
		for n := range 100 {
			if err := add(); err != nil {
				t.Fatalf("number %d: %v", n, err)
			}
		}
		if err := add(); !errors.Is(err, repo.ErrTotalRange) {
			t.Errorf("one too many: %v, want ErrTotalRange", err)
		}
		totals, err := r.PeriodTotals(t.Context(), ada.ID, "2026-03")
		if err != nil || len(totals) != 1 || totals[0].Amount != 100*money.Max || totals[0].Entries != 100 {
			t.Errorf("the totals are %+v, %v", totals, err)
		}
	})
}
