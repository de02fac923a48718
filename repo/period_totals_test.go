package repo_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

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

// TestTotalsBeyondRangeShrink: totals that exceed the range, because those of two
// deleted accounts were added up, take deletions.
func TestTotalsBeyondRangeShrink(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ada, ctx := createUser(t, r, "ada@example.com"), t.Context()
		last := repo.Transaction{Type: repo.TypeIncome, Amount: money.Max, Currency: "ARS", Date: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)}
		err := r.InTx(ctx, func(tx *repo.Tx) error {
			w, err := tx.LockWorkspace(ctx, ada.ID)
			for n := 0; n < 120 && err == nil; n++ {
				if n%60 == 0 {
					account := repo.Account{Name: "Savings", Type: "SAVINGS", Currency: "ARS"}
					err = tx.AddAccount(ctx, w, &account)
					last.AccountID = &account.ID
				}
				last.ID = uuid.Nil
				err = errors.Join(err, tx.AddTransaction(ctx, w, &last))
				if n%60 == 59 {
					err = errors.Join(err, tx.DetachAccount(ctx, w, *last.AccountID))
				}
			}
			last.AccountID = nil
			return errors.Join(err, tx.DeleteTransaction(ctx, w, last))
		})
		totals, listErr := r.PeriodTotals(ctx, ada.ID, "2026-03")
		if err := errors.Join(err, listErr); err != nil || len(totals) != 1 || totals[0].Amount != 119*money.Max || totals[0].Entries != 119 {
			t.Errorf("the totals are %+v, %v", totals, err)
		}
	})
}
