package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"example.com/alta/repo"
)

const (
	rounds    = 5   // of each kind of call, in turn; the figures are medians
	tailShare = 0.7 // of the highest rate, at which p99 is measured
	floorName = "bare echo handler, the floor"
)

// kind is a kind of call whose cost is measured.
type kind struct {
	name string
	// floors is the most that the call may cost of the floor's processor time; 0: no bar.
	floors float64
	// allocations is the most that the call may make; 0: no bar.
	allocations float64
	on          *server
	run         task
	rounds      []sample
}

// sample is one round of a kind of call.
type sample struct{ processor, database, rate, allocations float64 }

// measureCalls measures what each kind of call costs the server: processor time, which
// other programs on the machine do not bend, the database's beside it, and allocations.
// Then it measures p99 at a rate that the server can keep.
func (b *bench) measureCalls(ctx context.Context, e *engine, r *report) (err error) {
	floor, err := b.startFloor(ctx, e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, floor.stop()) }()
	return b.withServer(ctx, e, b.cost, func(s *server) error {
		kinds, err := b.kinds(ctx, e, s, floor)
		if err != nil {
			return err
		}
		for range rounds {
			for i := range kinds {
				if err := b.round(ctx, e, &kinds[i]); err != nil {
					return err
				}
			}
		}
		for i := range kinds {
			b.reportKind(ctx, &kinds[i], &kinds[0], r)
		}
		return ctx.Err()
	})
}

// kinds prepares users and returns the kinds of calls, the floor first.
func (b *bench) kinds(ctx context.Context, e *engine, s, floor *server) ([]kind, error) {
	c := newClient(ctx, s.address)
	defer c.close()
	email := newAddress()
	token, err := signUp(c, email)
	if err != nil {
		return nil, err
	}
	var income string
	err = withRepo(ctx, e, func(db *repo.Repo) error {
		if err := addHistory(ctx, db, email, smallHistory); err != nil {
			return err
		}
		income, err = newIncome(ctx, db, email)
		return err
	})
	if err != nil {
		return nil, err
	}
	d, err := s.newDeveloper(ctx)
	if err != nil {
		return nil, err
	}
	get := func(path, token string) task {
		return func(c *client, _ int) error { _, err := c.get(path, token, 200); return err }
	}
	return []kind{
		{name: floorName, on: floor, run: get("/", "")},
		{name: "GET /api/accounts", on: s, run: get("/api/accounts", token), floors: 3},
		{name: "GET /api/transactions, 20 of 1,000", on: s, run: get("/api/transactions?limit=20", token), floors: 8, allocations: 500},
		{name: "GET /api/reports/dashboard", on: s, run: get("/api/reports/dashboard", token), allocations: 518},
		{name: "GET /api/budgets", on: s, run: get("/api/budgets", token), allocations: 679},
		{name: "GET /api/categories", on: s, run: get("/api/categories", token), allocations: 592},
		{name: "GET sandbox, by session", on: s, run: get(sandbox, d.session)},
		{name: "GET sandbox, by key and charged", on: s, run: func(c *client, _ int) error {
			_, err := c.getByKey(sandbox, d.key, 200)
			return err
		}},
		{name: "POST /api/transactions", on: s, run: func(c *client, _ int) error {
			_, err := c.postText("/api/transactions", token, income, 201)
			return err
		}},
	}, nil
}

// sandbox is the call whose prices by session and by key are compared.
const sandbox = "/api/v1/sandbox"

// round makes calls of the kind for a while and notes what they cost.
func (b *bench) round(ctx context.Context, e *engine, k *kind) error {
	allocated, err := k.on.allocations(ctx)
	if err != nil {
		return err
	}
	database := e.processorTime(ctx)
	l := closedLoop(ctx, k.on, barConnections, b.duration/10, k.run)
	if l.firstError != nil {
		return fmt.Errorf("%s: %w", k.name, l.firstError)
	}
	calls := float64(max(len(l.took), 1))
	after, err := k.on.allocations(ctx)
	if err != nil {
		return err
	}
	k.rounds = append(k.rounds, sample{
		processor: float64(l.server.Microseconds()) / calls, database: float64((e.processorTime(ctx) - database).Microseconds()) / calls,
		rate: l.perSecond(), allocations: (after - allocated) / calls,
	})
	return ctx.Err()
}

// middle returns the median of one figure over the rounds.
func (k *kind) middle(of func(sample) float64) float64 {
	values := make([]float64, len(k.rounds))
	for i, s := range k.rounds {
		values[i] = of(s)
	}
	return median(values)
}

// reportKind adds the figures of a kind of call.
func (b *bench) reportKind(ctx context.Context, k, floor *kind, r *report) {
	processor := func(s sample) float64 { return s.processor }
	cost, rate := k.middle(processor), k.middle(func(s sample) float64 { return s.rate })
	l := openLoop(ctx, k.on, offer{connections: barConnections, rate: tailShare * rate, duration: b.duration / 5}, k.run)
	r.generator(k.name, l)
	notes := []string{fmt.Sprintf("%.0f/s at %d connections, p99 %s at %.0f %% of that", rate, barConnections,
		milliseconds(quantile(l.took, 0.99)), 100*tailShare)}
	if database := k.middle(func(s sample) float64 { return s.database }); database > 0 {
		notes = append(notes, fmt.Sprintf("%.0f µs of PostgreSQL", database))
	}
	limit := bar{}
	if k.floors > 0 {
		limit = atMost(k.floors, fmt.Sprintf("%.1f floors", k.floors))
	}
	floors := cost / floor.middle(processor)
	r.add(figure{
		name: k.name + ", processor time", text: fmt.Sprintf("%.0f µs, %.2f floors", cost, floors), value: floors, bar: limit,
		note: strings.Join(notes, "; "),
	}, l)
	if k.name == floorName {
		return
	}
	limit = bar{}
	if k.allocations > 0 {
		limit = atMost(k.allocations, fmt.Sprintf("%.0f", k.allocations))
	}
	made := k.middle(func(s sample) float64 { return s.allocations })
	r.add(figure{name: "  allocations", text: fmt.Sprintf("%.0f", made), value: made, bar: limit})
}
