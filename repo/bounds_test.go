package repo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.com/alta/internal/bounds"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// boundBooks are the books of a user who is near a bound.
type boundBooks struct {
	*books
	*testdb.Filler
}

// eachBound runs the test on both engines.
func eachBound(t *testing.T, test func(t *testing.T, b boundBooks)) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		b := openBooks(t, r, "ada@example.com")
		test(t, boundBooks{b, testdb.NewFiller(t, databaseURL, b.user.ID.String())})
	})
}

// number returns a number that the query selects; $1 is the user.
func (b boundBooks) number(query string) (n int) {
	b.t.Helper()
	if err := b.repo.Get(b.t.Context(), &n, query, b.user.ID.String()); err != nil {
		b.t.Fatal(err)
	}
	return n
}

func (b boundBooks) kept() int {
	b.t.Helper()
	return b.number(`SELECT kept_transactions FROM users WHERE id = $1`)
}

// in writes in the workspace and returns the error.
func (b boundBooks) in(write func(context.Context, *repo.Tx, repo.Workspace) error) error {
	ctx := b.t.Context()
	return b.repo.InTx(ctx, func(tx *repo.Tx) error {
		w, err := tx.LockWorkspace(ctx, b.user.ID)
		if err != nil {
			return err
		}
		return write(ctx, tx, w)
	})
}

// addOn adds a transaction of the day.
func (b boundBooks) addOn(day int) (repo.Transaction, error) {
	tr := repo.Transaction{
		Type: repo.TypeIncome, Amount: 1, Currency: "ARS", Date: time.Date(2026, 3, day, 12, 0, 0, 0, time.UTC), AccountID: &b.account,
	}
	err := b.in(func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error { return tx.AddTransaction(ctx, w, &tr) })
	return tr, err
}

// mustAddOn is addOn for a transaction that there is room for.
func (b boundBooks) mustAddOn(day int) repo.Transaction {
	b.t.Helper()
	tr, err := b.addOn(day)
	if err != nil {
		b.t.Fatal(err)
	}
	return tr
}

func (b boundBooks) remove(tr repo.Transaction) {
	b.t.Helper()
	if err := b.in(func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error {
		return tx.DeleteTransaction(ctx, w, tr)
	}); err != nil {
		b.t.Fatal(err)
	}
}

// refuses checks that there is no room for a transaction, and that nothing is counted.
func (b boundBooks) refuses() {
	b.t.Helper()
	before, rows := b.kept(), b.number(`SELECT COUNT(*) FROM transactions WHERE user_id = $1`)
	if _, err := b.addOn(9); !errors.Is(err, repo.ErrTooManyTransactions) {
		b.t.Fatalf("one too many: %v", err)
	}
	if b.kept() != before || b.number(`SELECT COUNT(*) FROM transactions WHERE user_id = $1`) != rows {
		b.t.Errorf("the refusal changed something: %d were counted, and now %d", before, b.kept())
	}
}

// TestTransactionBound: the last transaction that a user may have is added, and the next
// one is not. Deleted ones, which nobody sees, make room: those of the earliest dates.
func TestTransactionBound(t *testing.T) {
	eachBound(t, func(t *testing.T, b boundBooks) {
		late, early := b.mustAddOn(5), b.mustAddOn(4)
		b.KeepTransactions(bounds.Transactions - 1)
		b.mustAddOn(3)
		b.refuses()
		b.remove(late)
		b.remove(early)
		b.mustAddOn(2)
		var left []string
		err := b.repo.List(t.Context(), &left, `SELECT id FROM transactions WHERE user_id = $1 AND deleted_at IS NOT NULL`, b.user.ID.String())
		if err != nil || len(left) != 1 || left[0] != late.ID.String() {
			t.Errorf("deleted transactions %v are left, and %v; want that of the later date", left, err)
		}
		b.mustAddOn(1)
		b.refuses()
		if b.kept() != bounds.Transactions {
			t.Errorf("%d are counted", b.kept())
		}
	})
}

// TestAboveTheTransactionBound: a user who has more than the bound, from before it, keeps
// them and cannot add until enough are deleted.
func TestAboveTheTransactionBound(t *testing.T) {
	eachBound(t, func(t *testing.T, b boundBooks) {
		var all []repo.Transaction
		for range 4 {
			all = append(all, b.mustAddOn(5))
		}
		b.KeepTransactions(bounds.Transactions + 2)
		for _, tr := range all[:3] {
			b.refuses()
			b.remove(tr)
		}
		b.mustAddOn(5)
		if n := b.number(`SELECT COUNT(*) FROM transactions WHERE user_id = $1`); n != 2 || b.kept() != bounds.Transactions {
			t.Errorf("there are %d rows, and %d are counted", n, b.kept())
		}
		b.refuses()
	})
}

// TestCountsStayExact: whatever is done with transactions, the number that is kept is that
// of the rows, and no total without transactions is left.
func TestCountsStayExact(t *testing.T) {
	eachBound(t, func(t *testing.T, b boundBooks) {
		exact := func() {
			t.Helper()
			if wrong, err := b.repo.Miscounted(t.Context(), 10); err != nil || len(wrong) > 0 {
				t.Errorf("miscounted: %v, %v", wrong, err)
			}
		}
		savings := b.addAccount("Savings", "ARS")
		tr := b.mustAddOn(5)
		moved := tr
		moved.AccountID, moved.Date = &savings, tr.Date.AddDate(0, 1, 0)
		if err := b.in(func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error {
			return tx.UpdateTransaction(ctx, w, tr, &moved)
		}); err != nil {
			t.Fatal(err)
		}
		exact()
		if n := b.number(`SELECT COUNT(*) FROM period_totals WHERE user_id = $1`); n != 2 {
			t.Errorf("there are %d totals of one transaction", n)
		}
		if err := b.in(func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error {
			return tx.DeleteAccount(ctx, w, savings)
		}); err != nil {
			t.Fatal(err)
		}
		exact()
		moved.AccountID = nil
		b.remove(moved)
		exact()
		if n := b.number(`SELECT COUNT(*) FROM period_totals WHERE user_id = $1`); n != 0 {
			t.Errorf("there are %d totals of no transaction", n)
		}
		b.KeepTransactions(7)
		if wrong, err := b.repo.Miscounted(t.Context(), 10); err != nil || len(wrong) != 1 || wrong[0] != b.user.ID {
			t.Errorf("a wrong count: %v, %v", wrong, err)
		}
		write(t, b.repo, func(tx *repo.Tx) error { return tx.EraseUser(t.Context(), b.user.ID, nil) })
		exact()
	})
}
