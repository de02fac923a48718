package repo_test

import (
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestMigrateToBounds: the upgrade counts the transactions that there are, deleted ones
// included, and deletes totals in which none counts.
func TestMigrateToBounds(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		bare := createUser(t, r, "bob@example.com")
		b := openBooks(t, r, "ada@example.com")
		list := make([]repo.Transaction, 3)
		for i := range list {
			list[i] = repo.Transaction{
				Type: repo.TypeIncome, Amount: 1, Currency: "ARS", Date: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), AccountID: &b.account,
			}
		}
		b.add(list...)
		downTo(t, r, 22)
		for _, query := range []string{
			`UPDATE transactions SET deleted_at = created_at WHERE id = '` + list[0].ID.String() + `'`,
			`INSERT INTO period_totals (user_id, period, account_id, category_id, type, is_transfer, currency, amount, entries)
			 SELECT user_id, '2026-02', account_id, category_id, type, is_transfer, currency, 0, 0 FROM period_totals WHERE period = ''`,
		} {
			write(t, r, func(tx *repo.Tx) error { _, err := tx.Exec(t.Context(), query); return err })
		}
		if _, err := r.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		var kept, of, totals int
		for query, target := range map[string]*int{
			`SELECT kept_transactions FROM users WHERE id = '` + b.user.ID.String() + `'`: &kept,
			`SELECT kept_transactions FROM users WHERE id = '` + bare.ID.String() + `'`:   &of,
			`SELECT COUNT(*) FROM period_totals`:                                          &totals,
		} {
			if err := r.Get(t.Context(), target, query); err != nil {
				t.Fatal(err)
			}
		}
		if kept != 3 || of != 0 || totals != 2 {
			t.Errorf("%d transactions are kept of one user and %d of the other, and there are %d totals; want 3, 0 and 2", kept, of, totals)
		}
	})
}
