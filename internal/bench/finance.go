package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/alta/repo"
)

// Sizes of the workspaces that are compared, in transactions.
const (
	smallHistory = 1_000
	largeHistory = 100_000
)

// What the original did on two cores, in calls a second, and how many times as
// many there have to be.
const (
	originalAccounts = 390
	originalPage     = 211
	timesOriginal    = 20
)

// history is how long the transactions go back, and financeStep how many of
// them one transaction of the database adds.
const (
	history     = 2 * 365 * 24 * time.Hour
	financeStep = 1_000
)

// financeReads must not take longer the more transactions there are.
var financeReads = []string{
	"/api/transactions?limit=20",
	"/api/transactions?month=%d&year=%d",
	"/api/reports/dashboard",
	"/api/budgets",
}

// measureFinance compares a workspace with a long history with one that has a
// short one, and then counts calls.
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
				fmt.Sprintf("%.0f/s, %d in a transaction of the database", float64(n)/took.Seconds(), financeStep))
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
		b.countFinance(ctx, s, "list of accounts", "/api/accounts", tokens[0], originalAccounts, r)
		b.countFinance(ctx, s, "page of 20 transactions among 1,000", "/api/transactions?limit=20", tokens[0], originalPage, r)
		return ctx.Err()
	})
}

// compareHistories asks for both workspaces in turn, over one connection.
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
	r.add(fmt.Sprintf("GET %s, %d over %d", path, largeHistory, smallHistory), fmt.Sprintf("%.2f", ratio), ratio, atMost(1.5, "1.5"),
		fmt.Sprintf("p50 %s over %s, one connection; %d of each in turn", milliseconds(many), milliseconds(few), len(took[0])))
	return nil
}

// countFinance counts calls by session over 64 connections.
func (b *bench) countFinance(ctx context.Context, s *server, name, path, token string, original float64, r *report) {
	list := func(c *client, _ int) error {
		_, err := c.get(path, token, 200)
		return err
	}
	closedLoop(ctx, s, barConnections, b.duration/10, list) // what is done once is done
	l := closedLoop(ctx, s, barConnections, b.duration/2, list)
	r.generator(name, l)
	least := timesOriginal * original
	r.add(name+", calls a second", fmt.Sprintf("%.0f", l.perSecond()), l.perSecond(), atLeast(least, fmt.Sprintf("%.0f", least)),
		fmt.Sprintf("%d connections, p50 %s, p99 %s; the original did %.0f",
			barConnections, milliseconds(quantile(l.took, 0.5)), milliseconds(quantile(l.took, 0.99)), original), l)
}

// addHistory gives the user transactions: income now and then, and expenses of
// every category, spread over the time.
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
