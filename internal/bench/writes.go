package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"example.com/alta/repo"
)

// writers is the number of users who write at once.
const writers = 20

// measureWrites measures how many transactions one user and many users create per
// second, over 64 connections.
func (b *bench) measureWrites(ctx context.Context, e *engine, r *report) error {
	return b.withServer(ctx, e, b.cost, func(s *server) error {
		c := newClient(ctx, s.address)
		defer c.close()
		tokens, bodies := make([]string, writers), make([]string, writers)
		for i := range writers {
			email := newAddress()
			var err error
			if tokens[i], err = signUp(c, email); err != nil {
				return err
			}
			err = withRepo(ctx, e, func(db *repo.Repo) error {
				bodies[i], err = newIncome(ctx, db, email)
				return err
			})
			if err != nil {
				return err
			}
		}
		for _, users := range []int{1, writers} {
			b.countCreated(ctx, s, tokens[:users], bodies, r)
		}
		return ctx.Err()
	})
}

// newIncome returns the body of a call that creates a transaction.
func newIncome(ctx context.Context, db *repo.Repo, email string) (string, error) {
	user, err := db.UserByEmail(ctx, email)
	if err != nil {
		return "", err
	}
	accounts, err := db.Accounts(ctx, user.ID)
	if err != nil || len(accounts) == 0 {
		return "", errors.Join(err, errors.New("no account"))
	}
	incomes, _, err := db.Categories(ctx, user.ID, "INCOME", repo.Page{Limit: 1})
	if err != nil || len(incomes) == 0 {
		return "", errors.Join(err, errors.New("no category"))
	}
	body, err := json.Marshal(map[string]any{
		"type": "INCOME", "amount": 12.34, "accountId": accounts[0].ID, "categoryId": incomes[0].ID,
		"description": "Refund", "date": "2026-01-15",
	})
	return string(body), err
}

func (b *bench) countCreated(ctx context.Context, s *server, tokens, bodies []string, r *report) {
	create := func(c *client, number int) error {
		i := number % len(tokens)
		_, err := c.postText("/api/transactions", tokens[i], bodies[i], 201)
		return err
	}
	closedLoop(ctx, s, barConnections, b.duration/10, create) // warms up
	l := closedLoop(ctx, s, barConnections, b.duration/2, create)
	name := fmt.Sprintf("creating transactions by %d of the users", len(tokens))
	r.generator(name, l)
	r.add(figure{
		name: name + ", calls per second", text: fmt.Sprintf("%.0f", l.perSecond()), value: l.perSecond(),
		note: fmt.Sprintf("%d connections, p50 %s, p99 %s", barConnections,
			milliseconds(quantile(l.took, 0.5)), milliseconds(quantile(l.took, 0.99))),
	}, l)
}
