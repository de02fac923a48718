// Package report computes a month's budget tree and dashboard from a user's
// books. It adds up totals, never transactions, and does not use the database:
// the caller provides the rows.
package report

import (
	"math"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// Books are the input of a report: a user's rows, and the totals of one fiscal
// month.
type Books struct {
	Currency   string          // of the sums
	Categories []repo.Category // by name, including deleted ones
	Totals     []repo.PeriodTotal
	Budgets    []repo.Budget  // of the month; not used by the dashboard
	Accounts   []repo.Account // not used by the budget tree
}

// Only returns the books of one account, in its currency.
func (b Books) Only(account repo.Account) Books {
	totals := b.Totals
	b.Currency, b.Accounts, b.Totals = account.Currency, []repo.Account{account}, nil
	for _, total := range totals {
		if total.AccountID == account.ID.String() {
			b.Totals = append(b.Totals, total)
		}
	}
	return b
}

// categories holds a user's categories by id.
type categories map[uuid.UUID]*repo.Category

func byID(list []repo.Category) categories {
	index := make(categories, len(list))
	for i := range list {
		index[list[i].ID] = &list[i]
	}
	return index
}

// find returns the category of the total, or nil if it has none.
func (c categories) find(total repo.PeriodTotal) *repo.Category {
	id, err := uuid.Parse(total.CategoryID)
	if err != nil {
		return nil
	}
	return c[id]
}

// parent returns the category's parent, or nil if it has none.
func (c categories) parent(category *repo.Category) *repo.Category {
	if category.ParentID == nil {
		return nil
	}
	return c[*category.ParentID]
}

// live returns the category itself if it is live, otherwise the nearest live
// one above it, or nil if there is none.
func (c categories) live(category *repo.Category) *repo.Category {
	for category != nil && category.DeletedAt != nil {
		category = c.parent(category)
	}
	return category
}

// root returns the live category at the top of the given one's tree, or nil if
// there is none.
func (c categories) root(category *repo.Category) *repo.Category {
	category = c.live(category)
	for category != nil {
		above := c.live(c.parent(category))
		if above == nil {
			break
		}
		category = above
	}
	return category
}

// add returns a + b, or the nearest int64 if that overflows: a huge sum must
// not turn into a debt.
func add(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	}
	return a + b
}
