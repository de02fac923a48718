package repo_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/money"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestTotalsStayInRange: the largest amounts can be added a hundred times, and until all
// of the currency come to money.MaxSum, in whatever account or category they are. Then
// a transaction is refused, and the totals stay correct. Other currencies still take some.
func TestTotalsStayInRange(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		b := openBooks(t, r, "ada@example.com")
		other := b.addAccount("Savings", "ARS")
		pounds := b.addAccount("Pounds", "GBP")
		add := func(account uuid.UUID, currency string) error {
			return r.InTx(t.Context(), func(tx *repo.Tx) error {
				w, err := tx.LockWorkspace(t.Context(), b.user.ID)
				if err != nil {
					return err
				}
				return tx.AddTransaction(t.Context(), w, &repo.Transaction{
					Type: repo.TypeIncome, Amount: money.Max, Currency: currency, Date: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), AccountID: &account,
				})
			})
		}
		for n := range 101 {
			if err := add(b.account, "ARS"); err != nil {
				t.Fatalf("number %d: %v", n, err)
			}
		}
		write(t, r, func(tx *repo.Tx) error { // as if there were more
			_, err := tx.Exec(t.Context(), `UPDATE period_totals SET amount = $1`, money.MaxSum-int64(money.Max))
			return err
		})
		if err := add(other, "ARS"); err != nil {
			t.Errorf("the last that fits: %v", err)
		}
		for _, account := range []uuid.UUID{b.account, other} {
			if err := add(account, "ARS"); !errors.Is(err, repo.ErrTotalRange) {
				t.Errorf("one too many: %v, want ErrTotalRange", err)
			}
		}
		if err := add(pounds, "GBP"); err != nil {
			t.Errorf("another currency: %v", err)
		}
		totals, err := r.PeriodTotals(t.Context(), b.user.ID, repo.AllPeriods)
		sums := map[string]int64{}
		for _, total := range totals {
			sums[total.Currency] += total.Amount
		}
		if err != nil || sums["ARS"] != money.MaxSum || sums["GBP"] != money.Max || money.MaxSum > math.MaxInt64-int64(money.Max) {
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
