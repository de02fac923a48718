package repo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// groupCommit lets the transactions that wait for SQLite's one writer share a COMMIT,
// and so one write to the disk: it is most of what a small transaction waits for. A
// transaction for which nobody waits runs alone, and waits for nothing.
//
// Those who wait form a group. Its first member begins one transaction; the members
// take turns in it, each in its own goroutine and in a savepoint of its own; the last
// one commits, and all of them have their outcome after that.
type groupCommit struct {
	mu      sync.Mutex
	busy    bool
	waiting []*groupWaiter // in the order in which they came
}

// groupWaiter waits for its turn: in a group, or with a nil group alone.
type groupWaiter struct{ turn chan *group }

// Bounds of a group: a transaction that waits for its COMMIT waits this much longer.
const (
	maxGroup     = 128
	maxGroupTime = 25 * time.Millisecond

	// userGroupShare says which part of a group one user's transactions may be.
	userGroupShare = 4
)

// group is an open transaction that is shared.
type group struct {
	begun      time.Time
	conn       *sqlx.Conn
	db         *sqlx.Tx
	members    int
	kept       int // members whose work is to be committed
	unprepared []string
	err        error // why nothing of the group is kept
	done       chan struct{}
}

// errGroupLost means that SQLite has rolled back the transaction of a group because of
// one member. The others run again, as after a conflict.
var errGroupLost = errors.New("the shared transaction was rolled back")

// enter waits for the caller's turn, until ctx ends. The caller calls leave if it runs
// alone, and takes part in the group otherwise.
func (q *groupCommit) enter(ctx context.Context) (g *group, err error) {
	q.mu.Lock()
	if !q.busy {
		q.busy = true
		q.mu.Unlock()
		return nil, nil
	}
	w := &groupWaiter{turn: make(chan *group, 1)}
	q.waiting = append(q.waiting, w)
	q.mu.Unlock()
	select {
	case g := <-w.turn:
		return g, nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(q.waiting, w); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
		return nil, ctx.Err()
	}
	return <-w.turn, nil
}

// leave gives the writer to those who wait, or to nobody.
func (q *groupCommit) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch len(q.waiting) {
	case 0:
		q.busy = false
	case 1:
		q.next() <- nil
	default:
		q.next() <- &group{done: make(chan struct{})}
	}
}

// next takes the first of those who wait. The caller holds q.mu.
func (q *groupCommit) next() chan<- *group {
	w := q.waiting[0]
	q.waiting = slices.Delete(q.waiting, 0, 1)
	return w.turn
}

// pass gives the turn in an open group to the next of those who wait. It reports false
// if the group is complete.
func (q *groupCommit) pass(g *group) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if g.err != nil || len(q.waiting) == 0 || g.members >= maxGroup || time.Since(g.begun) > maxGroupTime {
		return false
	}
	q.next() <- g
	return true
}

// tryGrouped is tryTx on an engine with one writer.
func (r *Repo) tryGrouped(ctx context.Context, lockWait time.Duration, fn func(*Tx) error) error {
	var g *group
	err := r.wait(func() (err error) {
		g, err = r.groups.enter(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("begin: %w", r.markUnavailable(err))
	}
	if g == nil {
		defer r.groups.leave()
		return r.tryTx(ctx, lockWait, fn)
	}
	if g.db == nil {
		if err := r.beginGroup(ctx, g); err != nil {
			r.groups.leave()
			return fmt.Errorf("begin: %w", r.markUnavailable(err))
		}
	}
	err = r.takePart(ctx, g, lockWait, fn)
	switch lost := g.outcome(ctx); {
	case lost == nil, errors.Is(err, ErrUnavailable):
		return err
	case err != nil && errors.Is(lost, errCommitting): // nothing of this member is kept, but why may not be true
		return fmt.Errorf("commit: %w", r.markUnavailable(context.DeadlineExceeded))
	default:
		return lost
	}
}

// beginGroup begins the group's transaction, which lives longer than the context of its
// first member.
func (r *Repo) beginGroup(ctx context.Context, g *group) (err error) {
	if g.conn, err = r.writer.Connx(ctx); err != nil {
		return err
	}
	if g.db, err = g.conn.BeginTxx(uninterrupted(ctx), nil); err != nil {
		return errors.Join(err, g.conn.Close())
	}
	g.begun = time.Now()
	return nil
}

// takePart runs fn in a savepoint of the group's transaction, and passes the turn on,
// also if fn panics.
func (r *Repo) takePart(ctx context.Context, g *group, lockWait time.Duration, fn func(*Tx) error) (err error) {
	c := conn{engine: r.engine, statements: r.writeStatements, tx: &transaction{Tx: g.db, shared: true}}
	begun, kept := false, false
	defer func() {
		switch {
		case kept:
			g.kept++
		case begun:
			g.undo(c, err)
		}
		g.members++
		g.unprepared = append(g.unprepared, c.tx.unprepared...)
		if !r.groups.pass(g) {
			go r.finish(g)
		}
	}()
	if _, err := c.exec(ctx, `SAVEPOINT member`); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	begun = true
	if err := fn(newTx(c, Truncate(r.now()), lockWait)); err != nil {
		return err
	}
	if _, err := c.exec(ctx, `RELEASE member`); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	kept = true
	return nil
}

// undo takes back what a member has written, after its error. If SQLite has rolled back
// the whole transaction, or its disk hangs, nothing of the group is kept; if the storage
// fails, the others need not try.
func (g *group) undo(c conn, cause error) {
	_, err := c.exec(context.Background(), `ROLLBACK TO member`)
	if err == nil {
		_, err = c.exec(context.Background(), `RELEASE member`)
	}
	if err == nil {
		return
	}
	g.err = errGroupLost
	if errors.Is(cause, ErrStorage) {
		g.err = cause
	}
}

// finish ends the group's transaction, and lets those begin who wait.
func (r *Repo) finish(g *group) {
	if g.err == nil && g.kept > 0 {
		if err := g.db.Commit(); err != nil {
			g.err = fmt.Errorf("commit: %w", r.commitError(context.Background(), err))
		}
	} else if err := g.db.Rollback(); err != nil && g.err == nil {
		g.err = fmt.Errorf("rollback: %w", r.markUnavailable(err))
	}
	_ = g.conn.Close() // it goes back to the pool
	close(g.done)
	r.groups.leave()
	prepareForNext(context.Background(), r.writeStatements, g.unprepared)
}

// outcome waits for the end of the group's transaction, which decides on each member:
// what one of them has read may have been written by another. The COMMIT goes on
// without a member whose deadline ends first.
func (g *group) outcome(ctx context.Context) error {
	var timeout <-chan time.Time
	if deadline, limited := ctx.Deadline(); limited {
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		timeout = timer.C
	}
	select {
	case <-g.done:
		return g.err
	case <-timeout:
		return errCommitting
	}
}
