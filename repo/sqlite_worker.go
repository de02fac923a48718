package repo

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// hangGrace is how long a call of SQLite may take to end once its context has.
	// SQLite ignores the context while it waits for another process's lock, which it
	// does for a second at most.
	hangGrace = 2 * time.Second
	// commitTime is how long a COMMIT may take until the disk counts as hanging.
	commitTime = 10 * time.Second
	// callTime is how long a call without a deadline may take until then.
	callTime = time.Minute
	// closeTime is how long closing a connection may take, which writes the log back.
	closeTime = 30 * time.Second
)

// errHanging is the error of a call that the disk does not answer, and of those that
// come after it until it does. If it is that of a statement, its transaction is
// rolled back whatever becomes of the disk.
var errHanging = fmt.Errorf("%w: the disk of the database does not answer", ErrStorage)

// sqliteWorker runs the calls of one connection one after another, in a goroutine of
// its own: the program can leave a call that hangs, although SQLite cannot.
type sqliteWorker struct {
	store *sqliteStore
	calls chan func()
	state atomic.Int32 // workerLive, workerLeft, workerEnded

	mu   sync.Mutex
	ends []func() // what is still to be closed when the call that was left has ended
}

// States of a worker.
const (
	workerLive  = iota
	workerLeft  // a call hangs, and nobody waits for it
	workerEnded // it runs no more calls
)

func newSQLiteWorker(store *sqliteStore) *sqliteWorker {
	w := &sqliteWorker{store: store, calls: make(chan func())}
	go func() {
		for call := range w.calls {
			call()
		}
	}()
	return w
}

func (w *sqliteWorker) isLeft() bool { return w.state.Load() != workerLive }

// leave gives up the call that is running, and with it the connection.
func (w *sqliteWorker) leave() {
	if w.state.CompareAndSwap(workerLive, workerLeft) {
		w.store.hanging.Add(1)
	}
}

// later closes something when the connection is closed: now, it may be in use by the
// call that was left.
func (w *sqliteWorker) later(end func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ends = append(w.ends, end)
}

// end runs last as the last call of the worker, and waits for it for limit. If a call
// hangs, it does not wait.
func (w *sqliteWorker) end(limit time.Duration, last func() error) error {
	ended := make(chan error, 1)
	go func() {
		w.calls <- func() {
			w.mu.Lock()
			ends := w.ends
			w.mu.Unlock()
			for _, end := range ends {
				end()
			}
			err := last()
			if w.state.Swap(workerEnded) == workerLeft {
				w.store.hanging.Add(-1)
			}
			ended <- err
		}
		close(w.calls)
	}()
	if w.isLeft() {
		return nil
	}
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	select {
	case err := <-ended:
		return err
	case <-timeout.C:
		w.leave()
		return errHanging
	}
}

// outcome is what a call of the driver returned, or the value that it panicked with.
type outcome[T any] struct {
	value    T
	err      error
	panicked any
}

func outcomeOf[T any](call func() (T, error)) (o outcome[T]) {
	defer func() { o.panicked = recover() }()
	o.value, o.err = call()
	return o
}

// within runs call on the worker. If it has not ended hangGrace after ctx, within
// leaves it and returns errHanging; what the call returns then is given to discard,
// which may be nil, before the connection is closed.
func within[T any](ctx context.Context, w *sqliteWorker, call func() (T, error), discard func(T)) (value T, err error) {
	if w.isLeft() {
		return value, errHanging
	}
	if _, limited := ctx.Deadline(); !limited {
		defer w.store.watch(callTime)()
	}
	done := make(chan outcome[T], 1)
	w.calls <- func() { done <- outcomeOf(call) }
	over, release := endOf(ctx)
	defer release()
	select {
	case o := <-done:
		return o.unpack()
	case <-over:
	}
	grace := time.NewTimer(hangGrace)
	defer grace.Stop()
	select {
	case o := <-done:
		return o.unpack()
	case <-grace.C:
	}
	w.leave()
	w.later(func() {
		if o := <-done; discard != nil && o.err == nil && o.panicked == nil {
			discard(o.value)
		}
	})
	return value, errHanging
}

// endOf returns a channel that is closed when ctx ends, or when the deadline has passed
// of one that does not end. The caller calls release.
func endOf(ctx context.Context) (over <-chan struct{}, release func()) {
	deadline, limited := ctx.Deadline()
	if ctx.Done() != nil || !limited {
		return ctx.Done(), func() {}
	}
	passed := make(chan struct{})
	timer := time.AfterFunc(time.Until(deadline), func() { close(passed) })
	return passed, func() { timer.Stop() }
}

func (o outcome[T]) unpack() (T, error) {
	if o.panicked != nil {
		panic(o.panicked)
	}
	return o.value, o.err
}
