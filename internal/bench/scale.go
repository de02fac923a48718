package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/meter"
	"example.com/alta/repo"
)

// smallUsers is the number of users of the small database.
const smallUsers = 1000

// filledDatabase is a database with users.
type filledDatabase struct {
	*repo.Repo
	ledger *meter.Ledger
	users  int
}

// measureScale compares queries on a small database with the same queries on a
// large one. It alternates between the databases, so that other programs affect
// both alike, and uses another user each time.
func (b *bench) measureScale(ctx context.Context, large *engine, r *report) (err error) {
	small, err := openEngine(ctx, large.name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, small.close()) }()
	return b.withFilled(ctx, small, smallUsers, r, func(few filledDatabase) error {
		return b.withFilled(ctx, large, b.users, r, func(many filledDatabase) error {
			for _, q := range queries {
				if err := b.compareScale(ctx, q, few, many, r); err != nil {
					return err
				}
			}
			return verifyScale(ctx, many, r)
		})
	})
}

// withFilled fills the database and runs fn with it.
func (b *bench) withFilled(ctx context.Context, e *engine, users int, r *report, fn func(filledDatabase) error) error {
	if err := withRepo(ctx, e, func(*repo.Repo) error { return nil }); err != nil { // migrates
		return err
	}
	rowsEach, start := b.rows/b.users, time.Now()
	if err := fill(ctx, e, users, rowsEach); err != nil {
		return fmt.Errorf("filling: %w", err)
	}
	took := time.Since(start)
	return withRepo(ctx, e, func(db *repo.Repo) error {
		text, err := db.Describe(ctx)
		if err != nil {
			return err
		}
		r.note(append(e.facts, text)...)
		r.info(fmt.Sprintf("filling with %d users", users), took.Round(10*time.Millisecond).String(),
			fmt.Sprintf("%d rows of the ledger, %d of usage", users*rowsEach, users*usageRows))
		withLedger(ctx, db, func(l *meter.Ledger) { err = fn(filledDatabase{Repo: db, ledger: l, users: users}) })
		return err
	})
}

// query is a query whose time must not grow with the number of users.
type query struct {
	name string
	run  func(ctx context.Context, f filledDatabase, n int) error // for user n
}

var queries = []query{
	{"log-in: the user by address", func(ctx context.Context, f filledDatabase, n int) error {
		_, err := f.UserByEmail(ctx, fillEmail(n))
		return err
	}},
	{"log-in: count the attempt", func(ctx context.Context, f filledDatabase, n int) error {
		return f.InTx(ctx, func(tx *repo.Tx) error {
			_, _, err := tx.CountFailure(ctx, fillDigest(n)[:32], tx.Now().Add(-time.Hour))
			return err
		})
	}},
	{"log-in: open the session", openSession},
	{"key look-up", func(ctx context.Context, f filledDatabase, n int) error {
		_, err := f.KeyOwner(ctx, fillDigest(n), time.Now())
		return err
	}},
	{"debit, one caller", func(_ context.Context, f filledDatabase, n int) error {
		_, err := f.ledger.Charge(context.Background(), meter.Debit{
			UserID: userOf(n), Cost: 1, Endpoint: chargedEndpoint, RequestID: uuid.Must(uuid.NewV7()).String(),
		})
		return err
	}},
	{"usage of 30 days", func(ctx context.Context, f filledDatabase, n int) error {
		since := repo.UsageDay(time.Now().AddDate(0, 0, -29))
		if _, err := f.DailyUsage(ctx, userOf(n), since); err != nil {
			return err
		}
		top, err := f.TopUsage(ctx, userOf(n), since, 10)
		return orNotFound(len(top), err)
	}},
	{"list of accounts", func(ctx context.Context, f filledDatabase, n int) error {
		accounts, err := f.Accounts(ctx, userOf(n))
		return orNotFound(len(accounts), err)
	}},
}

// orNotFound returns err, or an error if nothing was found: the queries have to
// match the data that fill adds.
func orNotFound(found int, err error) error {
	if err == nil && found == 0 {
		return errors.New("found nothing")
	}
	return err
}

// userOf returns the id of user n.
func userOf(n int) uuid.UUID { return uuid.MustParse(fillUserID(n)) }

// openSession writes the same rows as a successful log-in at the API door.
func openSession(ctx context.Context, f filledDatabase, n int) error {
	return f.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.LockUser(ctx, userOf(n))
		if err != nil {
			return err
		}
		if err := tx.ForgetFailures(ctx, fillDigest(n)[:32]); err != nil {
			return err
		}
		s := repo.Session{ID: uuid.New(), UserID: user.ID, Door: repo.DoorAPI, UserAgent: "curl/8", Address: "192.0.2.1"}
		if err := tx.CreateSession(ctx, s, 168*time.Hour); err != nil {
			return err
		}
		return tx.EndOldSessions(ctx, s, s.Door, 2)
	})
}

// compareScale runs the query on both databases in turn, for random users.
func (b *bench) compareScale(ctx context.Context, q query, few, many filledDatabase, r *report) error {
	var took [2][]time.Duration
	for start := time.Now(); time.Since(start) < b.duration/2; {
		for i, f := range []filledDatabase{few, many} {
			n := 1 + rand.IntN(f.users)
			sent := time.Now()
			if err := q.run(ctx, f, n); err != nil {
				return fmt.Errorf("%s: %w", q.name, err)
			}
			took[i] = append(took[i], time.Since(sent))
		}
	}
	before, after := quantile(took[0], 0.5), quantile(took[1], 0.5)
	ratio := float64(after) / float64(before)
	r.add(figure{
		name: fmt.Sprintf("%s, %d users over %d", q.name, many.users, few.users), text: fmt.Sprintf("%.3f", ratio), value: ratio,
		bar: atMost(1.2, "1.200"),
		note: fmt.Sprintf("p50 %s over %s; p99 %s, %s; %d of each in turn", microseconds(after), microseconds(before),
			microseconds(quantile(took[1], 0.99)), microseconds(quantile(took[0], 0.99)), len(took[0])),
	})
	return nil
}

// verifyScale checks that every balance is the sum of its rows.
func verifyScale(ctx context.Context, f filledDatabase, r *report) error {
	start := time.Now()
	bad, total, err := f.VerifyLedgers(ctx)
	if err != nil {
		return err
	}
	r.info("ledgers that do not add up", fmt.Sprint(len(bad)),
		fmt.Sprintf("of %d; checked in %s", total, time.Since(start).Round(time.Millisecond)))
	return nil
}
