package repo_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// income returns an income of one cent on the day, described by its number.
func (b *books) income(day time.Time, n int) repo.Transaction {
	description := fmt.Sprint(n)
	return repo.Transaction{
		Type: repo.TypeIncome, Amount: 1, Currency: "ARS", Date: day, Day: day.Format(time.DateOnly), AccountID: &b.account, Description: &description,
	}
}

// numbers returns the descriptions of the list, page by page.
func (b *books) numbers(f repo.TransactionFilter, perPage int) (numbers []string) {
	b.t.Helper()
	for {
		list, total, err := b.repo.Transactions(b.t.Context(), b.user.ID, f, repo.Page{Limit: perPage, Offset: len(numbers)})
		if err != nil || len(list) == 0 && len(numbers) < total {
			b.t.Fatalf("%d of %d, then %d: %v", len(numbers), total, len(list), err)
		}
		for _, view := range list {
			numbers = append(numbers, *view.Description)
		}
		if len(numbers) >= total {
			return numbers
		}
	}
}

// countdown returns the numbers below n, the last one first.
func countdown(n int) []string {
	numbers := make([]string, n)
	for i := range numbers {
		numbers[n-1-i] = fmt.Sprint(i)
	}
	return numbers
}

// TestNewestFirstIsEnteredLast: 64 entries of one day, all in one transaction or each
// in its own, while the clock stands still or is set back, are read from the last one to
// the first one, a hundred times.
func TestNewestFirstIsEnteredLast(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, clock := migrated(t, databaseURL)
		b := openBooks(t, r, "ada@example.com")
		for round := range 100 {
			day := time.Date(2025, 1, 1+round, 0, 0, 0, 0, time.UTC)
			list := make([]repo.Transaction, 64)
			for n := range list {
				list[n] = b.income(day, n)
			}
			if round%10 == 0 {
				for _, tr := range list {
					b.add(tr)
				}
				clock.Advance(-time.Minute)
			} else {
				b.add(list...)
			}
			f := repo.TransactionFilter{From: day, To: day.AddDate(0, 0, 1)}
			if round%3 == 1 {
				f.AccountID = &b.account
			}
			if got := b.numbers(f, 20); !slices.Equal(got, countdown(64)) {
				t.Fatalf("round %d: %q", round, got)
			}
			export, err := exportOf(t, r, b.user.ID, f.AccountID, 40)
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range export.Transactions {
				if want := fmt.Sprint(63 - i); *row.Description != want {
					t.Fatalf("round %d: row %d of the cut export is %s, want %s", round, i, *row.Description, want)
				}
			}
		}
	})
}

// TestMovedEntriesKeepTheirOrder: an entry that is moved to a day stands there where it
// was entered, not where it was moved.
func TestMovedEntriesKeepTheirOrder(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		b := openBooks(t, r, "ada@example.com")
		day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		list := make([]repo.Transaction, 16)
		for n := range list {
			list[n] = b.income(day.AddDate(0, 0, n%4), n)
		}
		b.add(list...)
		all, _, err := r.Transactions(t.Context(), b.user.ID, repo.TransactionFilter{}, repo.Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, view := range all {
			write(t, r, func(tx *repo.Tx) error {
				w, err := tx.LockWorkspace(t.Context(), b.user.ID)
				if err != nil {
					return err
				}
				moved := view.Transaction
				moved.Date, moved.Day = day, "2026-03-01"
				return tx.UpdateTransaction(t.Context(), w, view.Transaction, &moved)
			})
		}
		if got := b.numbers(repo.TransactionFilter{}, 100); !slices.Equal(got, countdown(16)) {
			t.Errorf("got %q", got)
		}
	})
}

// TestEntriesAtOnceHaveAnOrder: 64 writers at once, each with entries of its own, leave
// no two entries with one time.
func TestEntriesAtOnceHaveAnOrder(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		b := openBooks(t, r, "ada@example.com")
		for _, err := range atOnce(64, func(i int) error {
			return r.InTx(t.Context(), func(tx *repo.Tx) error {
				w, err := tx.LockWorkspace(t.Context(), b.user.ID)
				for n := 0; n < 2 && err == nil; n++ {
					tr := b.income(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 2*i+n)
					err = tx.AddTransaction(t.Context(), w, &tr)
				}
				return err
			})
		}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := queryInt(t, r, `SELECT COUNT(DISTINCT created_at) FROM transactions`); got != 128 {
			t.Errorf("128 entries have %d times", got)
		}
		numbers := b.numbers(repo.TransactionFilter{}, 100)
		for i := 0; i < len(numbers); i += 2 {
			var last, first int
			if _, err := fmt.Sscan(numbers[i]+" "+numbers[i+1], &last, &first); err != nil || last != first+1 || last%2 == 0 {
				t.Fatalf("the two entries of a writer are not side by side: %q", numbers)
			}
		}
	})
}

// TestPlansOfLists: the lists of transactions come out of an index in their order.
func TestPlansOfLists(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		plain, clock := migrated(t, databaseURL)
		b := openBooks(t, plain, "ada@example.com")
		for round := range 20 {
			list := make([]repo.Transaction, 100)
			for n := range list {
				list[n] = b.income(time.Date(2025, 1, 1+round*20+n/5, 0, 0, 0, 0, time.UTC), n)
				list[n].CategoryID = new(b.categories["Otros"])
			}
			b.add(list...)
		}
		write(t, plain, func(tx *repo.Tx) error {
			_, err := tx.Exec(t.Context(), `ANALYZE`)
			return err
		})
		var queries []query
		r := mustOpenWatched(t, databaseURL, clock.Now, watch{before: func(text string, args []driver.NamedValue) {
			if strings.Contains(text, "ORDER BY t.date") {
				queries = append(queries, query{text, args})
			}
		}})
		march := repo.TransactionFilter{
			From: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC), FirstPeriod: "2025-03", LastPeriod: "2025-03",
		}
		find := func(f repo.TransactionFilter) func(context.Context) error {
			return func(ctx context.Context) error {
				_, _, err := r.Transactions(ctx, b.user.ID, f, repo.Page{Limit: 20})
				return err
			}
		}
		export := func(account *uuid.UUID) func(context.Context) error {
			return func(ctx context.Context) error {
				return r.InSnapshot(ctx, func(s *repo.Snapshot) error {
					e, err := s.Export(ctx, b.user.ID, repo.TransactionFilter{AccountID: account})
					if err != nil {
						return err
					}
					return s.ExportTransactions(ctx, e, 20, func(repo.ExportTransaction) error { return nil })
				})
			}
		}
		for name, test := range map[string]struct {
			read  func(context.Context) error
			index string
		}{
			"all":        {read: find(repo.TransactionFilter{}), index: "transactions_user"},
			"a month":    {read: find(march), index: "transactions_user"},
			"an account": {read: find(repo.TransactionFilter{AccountID: &b.account}), index: "transactions_"},
			"a category": {read: find(repo.TransactionFilter{CategoryID: new(b.categories["Otros"])}), index: "transactions_"},
			"an export":  {read: export(nil), index: "transactions_"},
			"of one":     {read: export(&b.account), index: "transactions_"},
		} {
			queries = nil
			if err := test.read(t.Context()); err != nil || len(queries) != 1 {
				t.Fatalf("%s: %d queries, %v", name, len(queries), err)
			}
			plan := explain(t, plain, databaseURL, queries[0])
			scans := strings.Count(plan, "SCAN t\n") - strings.Count(plan, "CO-ROUTINE t\n") // besides that of the rows of the page
			if !strings.Contains(plan, test.index) || strings.Contains(plan, "Sort") || strings.Contains(plan, "TEMP B-TREE") || scans > 0 {
				t.Errorf("%s is sorted, or does not go by %s:\n%s", name, test.index, plan)
			}
		}
	})
}
