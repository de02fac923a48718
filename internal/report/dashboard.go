package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// Defaults for spending without a category, and for a category without a
// colour.
const (
	defaultName   = "Otros"
	defaultColour = "#94a3b8"
)

// Flow is the money that came in and went out in a month, in one currency.
type Flow struct {
	Income, Expense int64
	Available       int64 // in the accounts, at present
}

// CashFlow returns the income less the expenses.
func (f Flow) CashFlow() int64 { return f.Income - f.Expense } // cannot overflow: both are at least 0

// Share is the money spent in a category and those below it.
type Share struct {
	Name, Color string
	IsNone      bool // spending without a category
	Total       int64
}

// Dashboard is a month in one currency.
type Dashboard struct {
	Flow
	Others map[string]Flow // by currency, without the main one
	Shares []Share         // of the top-level categories, the largest first
	// Fixed and Variable split the expenses into recurring ones and others.
	Fixed, Variable int64
}

// Dashboard returns the month's sums. Transfers count neither as income nor as
// expense.
func (b Books) Dashboard() Dashboard {
	var d Dashboard
	index := byID(b.Categories)
	flows := map[string]Flow{b.Currency: {}}
	shares := map[uuid.UUID]Share{} // by category; uuid.Nil stands for none
	for _, account := range b.Accounts {
		flow := flows[account.Currency]
		flow.Available = add(flow.Available, account.Balance)
		flows[account.Currency] = flow
	}
	for _, total := range b.Totals {
		if isTransfer(total) {
			continue
		}
		category := index.find(total)
		flow := flows[total.Currency]
		if total.Type == repo.TypeIncome {
			flow.Income = add(flow.Income, total.Amount)
		} else {
			flow.Expense = add(flow.Expense, total.Amount)
		}
		flows[total.Currency] = flow
		if total.Type == repo.TypeExpense && total.Currency == b.Currency {
			d.addToShare(shares, index.root(category), total.Amount)
			d.addFixedOrVariable(category, total.Amount)
		}
	}
	d.Flow = flows[b.Currency]
	delete(flows, b.Currency)
	d.Others, d.Shares = flows, sorted(shares)
	return d
}

// Naming returns the dashboard with another name for spending without a category; ""
// keeps it.
func (d Dashboard) Naming(none string) Dashboard {
	d.Shares = slices.Clone(d.Shares)
	for i := range d.Shares {
		if d.Shares[i].IsNone && none != "" {
			d.Shares[i].Name = none
		}
	}
	return d
}

// isTransfer reports whether the transactions are legs of transfers, or transfers out
// of the system. The name of their category says nothing.
func isTransfer(total repo.PeriodTotal) bool {
	return total.IsTransfer || total.Type == repo.TypeTransfer
}

// addToShare adds an expense to the share of a top-level category.
func (d *Dashboard) addToShare(shares map[uuid.UUID]Share, root *repo.Category, amount int64) {
	share := Share{Name: defaultName, Color: defaultColour, IsNone: root == nil, Total: shares[idOf(root)].Total}
	if root != nil {
		share.Name = root.Name
		if root.Color != nil {
			share.Color = *root.Color
		}
	}
	share.Total = add(share.Total, amount)
	shares[idOf(root)] = share
}

// addFixedOrVariable adds an expense to Fixed or to Variable.
func (d *Dashboard) addFixedOrVariable(category *repo.Category, amount int64) {
	if category != nil && category.IsFixed {
		d.Fixed = add(d.Fixed, amount)
	} else {
		d.Variable = add(d.Variable, amount)
	}
}

// sorted returns the shares, the largest first. Equal ones are sorted by name.
func sorted(shares map[uuid.UUID]Share) []Share {
	list := make([]Share, 0, len(shares))
	for _, share := range shares {
		list = append(list, share)
	}
	slices.SortFunc(list, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), strings.Compare(a.Name, b.Name), strings.Compare(a.Color, b.Color))
	})
	return list
}
