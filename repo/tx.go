package repo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jmoiron/sqlx"
)

// Tx is a transaction. It has the methods of Repo that read, and methods that
// write, which are grouped by the part of the data that they write.
type Tx struct {
	*writes
	userWrites
	credentialWrites
	tokenWrites
	financeWrites
	mailWrites
	callWrites
}

// writes is what all writes of a transaction share: its statements, which also
// read, and its time.
type writes struct {
	reads
	now      time.Time
	lockWait time.Duration // for the row of a user
}

type (
	// userWrites writes users, with the invites and the providers that they have
	// signed up with.
	userWrites struct{ *writes }
	// credentialWrites writes everything that identifies a user: sessions, API
	// keys and one-time tokens, and failed log-ins.
	credentialWrites struct{ *writes }
	// tokenWrites writes plans, ledgers and the usage of tokens.
	tokenWrites struct{ *writes }
	// financeWrites writes a user's workspace: accounts, transactions,
	// categories, budgets and totals.
	financeWrites struct{ *writes }
	// mailWrites writes the outbox and the requests for mails.
	mailWrites struct{ *writes }
	// callWrites writes calls with an Idempotency-Key, and their answers.
	callWrites struct{ *writes }
)

func newTx(c conn, now time.Time, lockWait time.Duration) *Tx {
	w := &writes{reads: reads{c}, now: now, lockWait: lockWait}
	return &Tx{
		writes: w, userWrites: userWrites{w}, credentialWrites: credentialWrites{w}, tokenWrites: tokenWrites{w},
		financeWrites: financeWrites{w}, mailWrites: mailWrites{w}, callWrites: callWrites{w},
	}
}

// Now returns the transaction's time, truncated as the database stores it.
// Everything that a transaction writes has the same time.
func (t *writes) Now() time.Time { return t.now }

// Limits of the retries of InTx.
const (
	maxTries   = 10
	firstPause = 5 * time.Millisecond
	maxPause   = 250 * time.Millisecond

	// lockWait is how long a transaction waits, with its connection, for the row of a
	// user that another one has locked. It is longer than most transactions take. If it
	// was not long enough, further tries wait for lockGlance.
	lockWait   = 100 * time.Millisecond
	lockGlance = 10 * time.Millisecond

	prepareTimeout = time.Second
)

// InTx runs fn in one transaction and commits it. If fn returns an error or
// panics, nothing is written. If the transaction loses against a concurrent one
// (a serialization failure, a deadlock, SQLITE_BUSY), fn runs again from the
// start, so it must have no effect outside the database. InTx returns fn's
// error unchanged. It returns ErrUnavailable if the database is away: as ErrStorage if
// it takes no writes, and as ErrInDoubt if the outcome is unknown.
//
// Transactions of one user wait for each other, in order, and all of them leave
// connections for queries: see turnstile. A transaction whose user's row stays locked,
// by another process, waits for it without a connection, until ctx ends or stallTimeout
// is over.
func (r *Repo) InTx(ctx context.Context, fn func(*Tx) error) error {
	leave, err := r.turnstile.enter(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", r.markUnavailable(err))
	}
	defer leave()
	wait := lockWait
	err = r.retry(ctx, func() error {
		err := r.try(ctx, wait, fn)
		if r.engine.isLocked(err) {
			wait = lockGlance
		}
		return err
	})
	r.health.note(err)
	return err
}

// retry runs a transaction again until it does not lose against another one, at
// most maxTries times. Tries that waited for a row in vain do not count, for as long as
// the server might be silent.
func (r *Repo) retry(ctx context.Context, run func() error) error {
	pause, begin := firstPause, time.Now()
	for lost := 0; ; {
		err := run()
		switch {
		case err == nil:
			return nil
		case r.engine.isLocked(err) && time.Since(begin) < stallTimeout:
			pause = maxPause
		case (r.engine.isConflict(err) || errors.Is(err, errGroupLost)) && lost < maxTries-1:
			lost++
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause/2 + rand.N(pause)):
		}
		pause = min(2*pause, maxPause)
	}
}

// try runs a transaction once, which waits for the row of a user as long as lockWait.
func (r *Repo) try(ctx context.Context, lockWait time.Duration, fn func(*Tx) error) error {
	if r.groups != nil {
		return r.tryGrouped(ctx, lockWait, fn)
	}
	return r.tryTx(ctx, lockWait, fn)
}

func (r *Repo) tryTx(ctx context.Context, lockWait time.Duration, fn func(*Tx) error) error {
	var db *sqlx.Tx
	var done func()
	err := r.wait(func() (err error) {
		if done, err = r.turnstile.pass(ctx); err != nil {
			return err
		}
		if db, err = r.writer.BeginTxx(ctx, nil); err != nil {
			done()
		}
		return err
	})
	c := conn{engine: r.engine, statements: r.writeStatements, tx: &transaction{Tx: db}}
	if err != nil {
		return fmt.Errorf("begin: %w", c.markUnavailable(err))
	}
	defer func() { done() }()
	// This has no effect after a commit. After a panic in fn it is the only
	// rollback.
	defer db.Rollback()
	if err := fn(newTx(c, Truncate(r.now()), lockWait)); err != nil {
		if rollback := db.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
			return errors.Join(err, rollback)
		}
		return err
	}
	committed := done
	done = func() {} // because the connection may stay with COMMIT for longer than this call
	if err := commit(ctx, db, committed); err != nil {
		return fmt.Errorf("commit: %w", c.commitError(ctx, err))
	}
	prepareForNext(ctx, r.writeStatements, c.tx.unprepared)
	return nil
}

// maxWaiting is how many transactions may wait for a connection. While the database
// stands still, they would pile up.
const maxWaiting = 1024

// errQueue is the error of a transaction that does not get a place to wait.
var errQueue = fmt.Errorf("%w: too many transactions wait", ErrUnavailable)

// wait waits by turn for a connection that writes, unless that would be in vain.
func (r *Repo) wait(turn func() error) error {
	if err := r.engine.ready(); err != nil {
		return err
	}
	defer r.waiting.Add(-1)
	if r.waiting.Add(1) > maxWaiting {
		return errQueue
	}
	return turn()
}

// commitError returns the error of a COMMIT that failed with err.
func (c conn) commitError(ctx context.Context, err error) error {
	if errors.Is(err, sql.ErrTxDone) { // ctx has ended, so database/sql has rolled it back
		return c.markUnavailable(errors.Join(ctx.Err(), err))
	}
	if !c.engine.isRefusal(err) {
		err = errors.Join(ErrInDoubt, err)
	}
	return c.markUnavailable(err)
}

// errCommitting is the error of a COMMIT that takes longer than its caller has time.
var errCommitting = fmt.Errorf("%w: it is not known yet", ErrInDoubt)

// commit commits the transaction. A COMMIT is never cancelled: if the server has not
// answered it at the deadline of ctx, the connection waits on without the caller,
// for whom the outcome is unknown. committed is called when the connection is free.
func commit(ctx context.Context, db *sqlx.Tx, committed func()) error {
	deadline, limited := ctx.Deadline()
	if !limited {
		defer committed()
		return db.Commit()
	}
	done := make(chan error, 1)
	go func() {
		err := db.Commit()
		committed()
		done <- err
	}()
	timeout := time.NewTimer(time.Until(deadline))
	defer timeout.Stop()
	select {
	case err := <-done:
		return err
	case <-timeout.C:
		return errCommitting
	}
}

// prepareForNext prepares the texts that a transaction ran unprepared. It stops
// after prepareTimeout or at the first failure: they are prepared another time.
func prepareForNext(ctx context.Context, pool *statements, texts []string) {
	if len(texts) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, prepareTimeout)
	defer cancel()
	for _, text := range texts {
		if _, err := pool.prepare(ctx, text); err != nil {
			return
		}
	}
}
