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

// smallUsers is how many users the database has that the large one is compared
// with.
const smallUsers = 1000

// filled is a database with users, to be measured.
type filled struct {
	*repo.Repo
	ledger *meter.Ledger
	users  int
}

// measureScale compares queries on a small database with the same on a large
// one. Both are asked in turn, so that whatever else the machine does falls on
// both alike; each time for another user.
func (b *bench) measureScale(ctx context.Context, large *engine, r *report) (err error) {
	small, err := openEngine(ctx, large.name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, small.close()) }()
	return b.withFilled(ctx, small, smallUsers, r, func(few filled) error {
		return b.withFilled(ctx, large, b.users, r, func(many filled) error {
			for _, q := range queries {
				if err := b.compareScale(ctx, q, few, many, r); err != nil {
					return err
				}
			}
			return verifyScale(ctx, many, r)
		})
	})
}

// withFilled fills the database and opens it.
func (b *bench) withFilled(ctx context.Context, e *engine, users int, r *report, fn func(filled) error) error {
	if err := withRepo(ctx, e, func(*repo.Repo) error { return nil }); err != nil { // migrated
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
		withLedger(ctx, db, func(l *meter.Ledger) { err = fn(filled{db, l, users}) })
		return err
	})
}

// query is one of those that must not get slower when there are more users.
type query struct {
	name string
	run  func(ctx context.Context, f filled, n int) error // for user n
}

var queries = []query{
	{"log-in: the user by address", func(ctx context.Context, f filled, n int) error {
		_, err := f.UserByEmail(ctx, fillEmail(n))
		return err
	}},
	{"log-in: count the attempt", func(ctx context.Context, f filled, n int) error {
		return f.InTx(ctx, func(tx *repo.Tx) error {
			_, _, err := tx.CountFailure(ctx, fillDigest(n)[:32], tx.Now().Add(-time.Hour))
			return err
		})
	}},
	{"log-in: open the session", openSession},
	{"key look-up", func(ctx context.Context, f filled, n int) error {
		_, err := f.KeyOwner(ctx, fillDigest(n), time.Now())
		return err
	}},
	{"debit, one caller", func(_ context.Context, f filled, n int) error {
		_, err := f.ledger.Charge(meter.Debit{
			UserID: userOf(n), Cost: 1, Endpoint: chargedEndpoint, RequestID: uuid.Must(uuid.NewV7()).String(),
		})
		return err
	}},
	{"usage of 30 days", func(ctx context.Context, f filled, n int) error {
		since := repo.UsageDay(time.Now().AddDate(0, 0, -29))
		if _, err := f.DailyUsage(ctx, userOf(n), since); err != nil {
			return err
		}
		top, err := f.TopUsage(ctx, userOf(n), since, 10)
		return orNothing(len(top), err)
	}},
	{"list of accounts", func(ctx context.Context, f filled, n int) error {
		accounts, err := f.Accounts(ctx, userOf(n))
		return orNothing(len(accounts), err)
	}},
}

// orNothing returns err, or an error where nothing was found: what was filled in
// has to be what is asked for.
func orNothing(found int, err error) error {
	if err == nil && found == 0 {
		return errors.New("found nothing")
	}
	return err
}

// userOf is the id of user n.
func userOf(n int) uuid.UUID { return uuid.MustParse(fillUserID(n)) }

// openSession writes what a log-in at the API door writes when the password was
// right.
func openSession(ctx context.Context, f filled, n int) error {
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
		return tx.EndOldSessions(ctx, s, 2)
	})
}

// compareScale asks both databases in turn, for users taken at random.
func (b *bench) compareScale(ctx context.Context, q query, few, many filled, r *report) error {
	var took [2][]time.Duration
	for start := time.Now(); time.Since(start) < b.duration/2; {
		for i, f := range []filled{few, many} {
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
	r.add(fmt.Sprintf("%s, %d users over %d", q.name, many.users, few.users), fmt.Sprintf("%.3f", ratio), ratio, atMost(1.2, "1.200"),
		fmt.Sprintf("p50 %s over %s; p99 %s, %s; %d of each in turn", microseconds(after), microseconds(before),
			microseconds(quantile(took[1], 0.99)), microseconds(quantile(took[0], 0.99)), len(took[0])))
	return nil
}

// verifyScale checks that every balance is the sum of its rows.
func verifyScale(ctx context.Context, f filled, r *report) error {
	start := time.Now()
	bad, total, err := f.VerifyLedgers(ctx)
	if err != nil {
		return err
	}
	r.info("ledgers that do not add up", fmt.Sprint(len(bad)),
		fmt.Sprintf("of %d; looked at in %s", total, time.Since(start).Round(time.Millisecond)))
	return nil
}
