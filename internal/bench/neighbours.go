package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// busyUsers are the numbers of users who write while another user's calls are counted.
var busyUsers = []int{0, 1, 20}

// writer is a user who writes transactions.
type writer struct{ token, account string }

// measureNeighbours counts one user's calls: alone, while one other user writes
// transactions over as many connections as there are bars for, and while twenty share
// those connections.
func (b *bench) measureNeighbours(ctx context.Context, e *engine, r *report) error {
	return b.withServer(ctx, e, b.cost, func(s *server) error {
		writers := make([]writer, 1+busyUsers[len(busyUsers)-1])
		for i := range writers {
			var err error
			if writers[i], err = s.newWriter(ctx); err != nil {
				return err
			}
		}
		user, others := writers[0], writers[1:]
		for _, call := range []struct {
			name  string
			least bar // of the rate, relative to that without others
			run   task
		}{
			{"another user's lists of accounts", atLeast(0.5, "0.50"), func(c *client, _ int) error {
				_, err := c.get("/api/accounts", user.token, 200)
				return err
			}},
			{"another user's new transactions", bar{}, func(c *client, _ int) error { return user.write(c) }},
		} {
			loads, busy := b.besideWriters(ctx, s, others, call.run)
			if err := ctx.Err(); err != nil {
				return err
			}
			for i, l := range loads {
				b.addNeighbour(r, call.name, call.least, i, l, busy[i], loads[0])
			}
		}
		return nil
	})
}

// besideWriters makes the call while each of the numbers of users write, twice in turn.
// It returns the loads of the calls and of the writers.
func (b *bench) besideWriters(ctx context.Context, s *server, others []writer, run task) (loads, busy []*load) {
	loads, busy = make([]*load, len(busyUsers)), make([]*load, len(busyUsers))
	for round := range 2 {
		for i, users := range busyUsers {
			stop := writeTransactions(ctx, s, others[:users])
			closedLoop(ctx, s, b.connections, b.duration/20, run) // warms up
			l := closedLoop(ctx, s, b.connections, b.duration/4, run)
			writes := stop()
			if round == 0 {
				loads[i], busy[i] = l, writes
				continue
			}
			loads[i].append(l)
			busy[i].append(writes)
		}
	}
	return loads, busy
}

// writeTransactions has the users write until stop is called. Without users, nobody
// writes.
func writeTransactions(ctx context.Context, s *server, users []writer) (stop func() *load) {
	if len(users) == 0 {
		return func() *load { return &load{} }
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	var l *load
	running.Go(func() {
		l = closedLoop(ctx, s, barConnections, forever, func(c *client, number int) error { return users[number%len(users)].write(c) })
	})
	return func() *load {
		cancel()
		running.Wait()
		return l
	}
}

func (b *bench) addNeighbour(r *report, call string, least bar, i int, l, writes, quiet *load) {
	name := fmt.Sprintf("%s, %d users writing", call, busyUsers[i])
	note := fmt.Sprintf("%.0f/s, p50 %s, p99 %s; %d connections",
		l.perSecond(), milliseconds(quantile(l.took, 0.5)), milliseconds(quantile(l.took, 0.99)), b.connections)
	r.generator(name, l)
	if busyUsers[i] == 0 {
		r.info(name+", a second", fmt.Sprintf("%.0f", l.perSecond()), note, l)
		return
	}
	r.generator(fmt.Sprintf("%d users writing", busyUsers[i]), writes)
	ratio := l.perSecond() / quiet.perSecond()
	r.add(figure{
		name: name + ", over alone", text: fmt.Sprintf("%.2f", ratio), value: ratio, bar: least,
		note: fmt.Sprintf("%s; they write %.0f/s over %d", note, writes.perSecond(), barConnections),
	}, l, writes)
}

// newWriter signs a user up.
func (s *server) newWriter(ctx context.Context) (w writer, err error) {
	c := newClient(ctx, s.address)
	defer c.close()
	if w.token, err = signUp(c, newAddress()); err != nil {
		return w, err
	}
	body, err := c.get("/api/accounts", w.token, 200)
	if err != nil {
		return w, err
	}
	var accounts []struct{ ID string }
	if err := json.Unmarshal(body, &accounts); err != nil || len(accounts) == 0 {
		return w, errors.Join(err, fmt.Errorf("no account: %.100s", body))
	}
	w.account = accounts[0].ID
	return w, nil
}

// write makes a transaction.
func (w writer) write(c *client) error {
	body := `{"type":"INCOME","amount":12.5,"currency":"USD","date":"2026-03-04","accountId":"` + w.account + `"}`
	_, err := c.postText("/api/transactions", w.token, body, 201)
	return err
}
