package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/alta/repo"
)

// Sizes of the compared workspaces, in transactions.
const (
	smallHistory = 1_000
	largeHistory = 100_000
)

// Rates of the original on two cores, in calls per second, and the required
// multiple.
const (
	originalAccounts = 390
	originalPage     = 211
	timesOriginal    = 20
)

const (
	history     = 2 * 365 * 24 * time.Hour // period of the transactions
	financeStep = 1_000                    // transactions that one transaction of the database adds
)

// financeReads are calls whose time must not grow with the number of transactions.
var financeReads = []string{
	"/api/transactions?limit=20",
	"/api/transactions?month=%d&year=%d",
	"/api/reports/dashboard",
	"/api/budgets",
}

// measureFinance compares a workspace with a long history with one with a short
// history. Then it measures rates of calls.
func (b *bench) measureFinance(ctx context.Context, e *engine, r *report) error {
	return b.withServer(ctx, e, b.cost, func(s *server) error {
		c := newClient(ctx, s.address)
		defer c.close()
		var tokens [2]string
		for i, n := range []int{smallHistory, largeHistory} {
			email := newAddress()
			var err error
			if tokens[i], err = signUp(c, email); err != nil {
				return err
			}
			start := time.Now()
			if err := withRepo(ctx, e, func(db *repo.Repo) error { return addHistory(ctx, db, email, n) }); err != nil {
				return fmt.Errorf("filling: %w", err)
			}
			took := time.Since(start)
			r.info(fmt.Sprintf("filling with %d transactions", n), took.Round(time.Millisecond).String(),
				fmt.Sprintf("%.0f/s, %d per transaction of the database", float64(n)/took.Seconds(), financeStep))
		}
		month := time.Now().AddDate(0, -3, 0)
		for _, path := range financeReads {
			if path == financeReads[1] {
				path = fmt.Sprintf(path, int(month.Month()), month.Year())
			}
			if err := b.compareHistories(c, path, tokens, r); err != nil {
				return err
			}
		}
		for _, read := range []financeRead{
			{name: "list of accounts", path: "/api/accounts", original: originalAccounts},
			{name: "page of 20 transactions among 1,000", path: "/api/transactions?limit=20", original: originalPage},
		} {
			b.countFinance(ctx, s, read, tokens[0], r)
		}
		return ctx.Err()
	})
}

// compareHistories makes the call for both workspaces in turn, over one connection.
func (b *bench) compareHistories(c *client, path string, tokens [2]string, r *report) error {
	var took [2][]time.Duration
	for start := time.Now(); time.Since(start) < b.duration/2; {
		for i, token := range tokens {
			sent := time.Now()
			if _, err := c.get(path, token, 200); err != nil {
				return err
			}
			took[i] = append(took[i], time.Since(sent))
		}
	}
	few, many := quantile(took[0], 0.5), quantile(took[1], 0.5)
	ratio := float64(many) / float64(few)
	r.add(figure{
		name: fmt.Sprintf("GET %s, %d over %d", path, largeHistory, smallHistory), text: fmt.Sprintf("%.2f", ratio), value: ratio,
		bar:  atMost(1.5, "1.5"),
		note: fmt.Sprintf("p50 %s over %s, one connection; %d of each in turn", milliseconds(many), milliseconds(few), len(took[0])),
	})
	return nil
}

// financeRead is a call whose rate is compared with that of the original.
type financeRead struct {
	name, path string
	original   float64 // calls per second
}

// countFinance measures the rate of calls with a session over 64 connections.
func (b *bench) countFinance(ctx context.Context, s *server, read financeRead, token string, r *report) {
	call := func(c *client, _ int) error {
		_, err := c.get(read.path, token, 200)
		return err
	}
	closedLoop(ctx, s, barConnections, b.duration/10, call) // warms up
	l := closedLoop(ctx, s, barConnections, b.duration/2, call)
	r.generator(read.name, l)
	least := timesOriginal * read.original
	r.add(figure{
		name: read.name + ", calls per second", text: fmt.Sprintf("%.0f", l.perSecond()), value: l.perSecond(),
		bar: atLeast(least, fmt.Sprintf("%.0f", least)),
		note: fmt.Sprintf("%d connections, p50 %s, p99 %s; the original: %.0f",
			barConnections, milliseconds(quantile(l.took, 0.5)), milliseconds(quantile(l.took, 0.99)), read.original),
	}, l)
}

// addHistory gives the user transactions: mostly expenses of every category, with
// some income, spread over the period.
func addHistory(ctx context.Context, db *repo.Repo, email string, n int) error {
	user, err := db.UserByEmail(ctx, email)
	if err != nil {
		return err
	}
	accounts, err := db.Accounts(ctx, user.ID)
	if err != nil || len(accounts) == 0 {
		return errors.Join(err, errors.New("no account"))
	}
	expenses, _, err := db.Categories(ctx, user.ID, "EXPENSE", repo.Page{Limit: 100})
	if err != nil {
		return err
	}
	begin := time.Now().Add(-history)
	for from := 0; from < n; from += financeStep {
		err := db.InTx(ctx, func(tx *repo.Tx) error {
			w, err := tx.LockWorkspace(ctx, user.ID)
			for i := from; i < min(from+financeStep, n) && err == nil; i++ {
				tr := repo.Transaction{
					Type: repo.TypeExpense, Amount: int64(100 + i%9900), Currency: accounts[0].Currency, AccountID: &accounts[0].ID,
					Date: begin.Add(history / time.Duration(n) * time.Duration(i)),
				}
				if i%20 == 0 {
					tr.Type, tr.Amount = repo.TypeIncome, 250_000
				} else {
					category := expenses[i%len(expenses)].ID
					tr.CategoryID = &category
				}
				err = tx.AddTransaction(ctx, w, &tr)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
