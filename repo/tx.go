package repo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Tx is a transaction. Besides what Repo reads, it writes.
type Tx struct {
	reads
	now time.Time
}

// Now returns the transaction's time: one for all that it writes, as the
// database will give it back.
func (t *Tx) Now() time.Time { return t.now }

// Bounds of the retries of InTx.
const (
	maxTries   = 10
	firstPause = 5 * time.Millisecond
	maxPause   = 250 * time.Millisecond

	prepareTimeout = time.Second
)

// InTx runs fn in one transaction and commits what it wrote, or nothing of it
// when fn returns an error or panics. A transaction that lost against another
// (serialization failure, deadlock, SQLITE_BUSY) is run again from the start,
// so fn must have no effect outside the database. InTx answers fn's error as
// it is, and ErrUnavailable when the database is away.
func (r *Repo) InTx(ctx context.Context, fn func(*Tx) error) error {
	return r.retry(ctx, func() error { return r.tryTx(ctx, fn) })
}

// retry runs a transaction until it has not lost against another one.
func (r *Repo) retry(ctx context.Context, run func() error) error {
	pause := firstPause
	for try := 1; ; try++ {
		err := run()
		if err == nil || try == maxTries || !r.engine.isConflict(err) {
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

func (r *Repo) tryTx(ctx context.Context, fn func(*Tx) error) error {
	db, err := r.writer.BeginTxx(ctx, nil)
	c := conn{engine: r.engine, statements: r.writeStatements, tx: &transaction{Tx: db}}
	if err != nil {
		return fmt.Errorf("begin: %w", c.markUnavailable(err))
	}
	// After a commit this does nothing; after a panic in fn it is all there is.
	defer db.Rollback()
	if err := fn(&Tx{reads{c}, Truncate(r.now())}); err != nil {
		if rollback := db.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
			return errors.Join(err, rollback)
		}
		return err
	}
	if err := db.Commit(); err != nil {
		if errors.Is(err, sql.ErrTxDone) { // database/sql has ended it, since ctx has
			err = errors.Join(ctx.Err(), err)
		}
		return fmt.Errorf("commit: %w", c.markUnavailable(err))
	}
	prepareForNext(ctx, r.writeStatements, c.tx.unprepared)
	return nil
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
