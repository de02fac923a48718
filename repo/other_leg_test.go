package repo_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestOtherLegIsFoundByItsTransfer: for each transaction that a list with each transfer once
// looks at, SQLite looks up the other leg of its transfer, and does not read all
// transactions of the user, the account or the category.
func TestOtherLegIsFoundByItsTransfer(t *testing.T) {
	r, _ := migrated(t, testdb.SQLite(t))
	id := uuid.New()
	for name, filter := range map[string]repo.TransactionFilter{
		"all":         {TransfersOnce: true},
		"of account":  {TransfersOnce: true, AccountID: &id},
		"of category": {TransfersOnce: true, CategoryID: &id},
		"found":       {TransfersOnce: true, Search: "coffee"},
	} {
		text, args, err := r.TransactionsText(t.Context(), id, filter)
		if err != nil {
			t.Fatal(err)
		}
		var steps []struct {
			ID, Parent, NotUsed int
			Detail              string
		}
		if err := r.List(t.Context(), &steps, `EXPLAIN QUERY PLAN `+text, args...); err != nil {
			t.Fatal(err)
		}
		legs := 0
		for _, step := range steps {
			if strings.HasPrefix(step.Detail, "SEARCH o ") || strings.HasPrefix(step.Detail, "SCAN o ") {
				if legs++; !strings.Contains(step.Detail, "transactions_transfer") {
					t.Errorf("%s: %s", name, step.Detail)
				}
			}
		}
		if legs != 2 {
			t.Errorf("%s: the other leg is looked up in %d places, want 2: %v", name, legs, steps)
		}
	}
}
