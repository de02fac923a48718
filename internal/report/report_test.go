package report_test

import (
	"math"

	"github.com/google/uuid"

	"example.com/alta/internal/report"
	"example.com/alta/repo"
)

// book builds books whose categories have short names instead of ids.
type book struct{ report.Books }

func id(name string) uuid.UUID {
	if name == "" {
		return uuid.Nil
	}
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(name))
}

func ref(name string) *uuid.UUID {
	if name == "" {
		return nil
	}
	named := id(name)
	return &named
}

// add adds a category below the parent, or a root category, and returns it so
// that the test can change it.
func (b *book) add(name, parent string) *repo.Category {
	b.Categories = append(b.Categories, repo.Category{ID: id(name), Name: name, Type: "EXPENSE", ParentID: ref(parent)})
	return &b.Categories[len(b.Categories)-1]
}

func (b *book) delete(names ...string) {
	for i := range b.Categories {
		for _, name := range names {
			if b.Categories[i].Name == name {
				b.Categories[i].DeletedAt = &b.Categories[i].UpdatedAt
			}
		}
	}
}

// total adds the sum of a month's transactions of one kind.
func (b *book) total(kind, category string, amount int64) *repo.PeriodTotal {
	total := repo.PeriodTotal{AccountID: id("wallet").String(), Type: kind, Currency: "ARS", Amount: amount, Entries: 1}
	if category != "" {
		total.CategoryID = id(category).String()
	}
	b.Totals = append(b.Totals, total)
	return &b.Totals[len(b.Totals)-1]
}

func (b *book) budget(category string, amount int64) {
	b.Budgets = append(b.Budgets, planned(category, amount))
}

func planned(category string, amount int64) repo.Budget {
	return repo.Budget{ID: id("budget of " + category), CategoryID: id(category), Amount: amount, Month: 3, Year: 2026}
}

// household returns a book with two trees and a separate root.
func household() *book {
	b := &book{report.Books{Currency: "ARS"}}
	b.add("food", "")
	b.add("market", "food")
	b.add("dining", "food")
	b.add("home", "")
	b.add("gas", "home")
	b.add("health", "")
	return b
}

const most = math.MaxInt64
