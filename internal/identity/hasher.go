package identity

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"
)

// ErrBusy means that the queue of passwords is full, or that a password waited too
// long. It was not hashed.
var ErrBusy = errors.New("the password queue is full")

// HasherConfig has the settings of a Hasher.
type HasherConfig struct {
	Cost    int                   // bcrypt cost of new hashes
	Workers int                   // hashes at a time; 0: one per processor
	Queue   int                   // largest number of passwords that wait; see Caller
	Wait    time.Duration         // longest wait of a password
	Waited  func(d time.Duration) // called with the wait of each password, if not nil; by several goroutines at once
}

// Hasher hashes and verifies passwords on a fixed set of threads of low priority,
// behind a bounded queue. A flood of log-ins slows down log-ins, but no other
// request, and least of all the log-ins of others: networks take turns.
type Hasher struct {
	config HasherConfig
	queue  *hashQueue
	done   sync.WaitGroup
}

type job struct {
	ctx      context.Context
	caller   Caller
	work     func()
	enqueued time.Time
	finished chan struct{}
	skipped  bool // set before finished is closed
}

// NewHasher starts the workers. On Linux each has a thread of its own at nice 10.
// GOMAXPROCS should be the number of processors plus Workers, so that the kernel,
// and not the Go scheduler, divides the processors.
func NewHasher(config HasherConfig) *Hasher {
	if config.Workers == 0 {
		config.Workers = runtime.NumCPU()
	}
	if config.Waited == nil {
		config.Waited = func(time.Duration) {}
	}
	h := &Hasher{config: config, queue: newHashQueue(config.Queue)}
	for range config.Workers {
		h.done.Go(h.run)
	}
	return h
}

// Workers returns the number of hashes that are made at a time.
func (h *Hasher) Workers() int { return h.config.Workers }

// Waiting returns the number of passwords in the queue.
func (h *Hasher) Waiting() int { return h.queue.waiting() }

// Close finishes the queued passwords and stops the workers. Later calls return
// ErrBusy.
func (h *Hasher) Close() {
	h.queue.close()
	h.done.Wait()
}

// Hash returns the stored form of password. Its errors are ErrBusy and the
// context's.
func (h *Hasher) Hash(ctx context.Context, caller Caller, password string) (hash string, err error) {
	if queueErr := h.do(ctx, caller, func() { hash, err = hashPassword(password, h.config.Cost) }); queueErr != nil {
		return "", queueErr
	}
	return hash, err
}

// Verify reports whether password matches the stored hash, and whether the caller
// should replace the hash by a new one. An empty stored hash matches no password
// and takes as long as a wrong password. The errors are ErrBusy, the context's, and
// one for a stored text that is not a hash.
func (h *Hasher) Verify(ctx context.Context, caller Caller, stored, password string) (ok, renew bool, err error) {
	queueErr := h.do(ctx, caller, func() {
		if stored == "" {
			verifyWithoutHash(h.config.Cost)
			return
		}
		ok, renew, err = verifyPassword(stored, password, h.config.Cost)
	})
	if queueErr != nil {
		return false, false, queueErr
	}
	return ok, renew, err
}

// do runs work on a worker and waits for it. If do returns an error, work has not
// run and will not run.
func (h *Hasher) do(ctx context.Context, caller Caller, work func()) error {
	ctx, cancel := context.WithTimeout(ctx, h.config.Wait)
	defer cancel()
	j := &job{ctx: ctx, caller: caller, work: work, enqueued: time.Now(), finished: make(chan struct{})}
	if !h.queue.add(j) {
		return ErrBusy
	}
	select {
	case <-j.finished:
	case <-ctx.Done():
		if h.queue.remove(j) {
			h.config.Waited(time.Since(j.enqueued))
			j.skipped = true
		} else { // a worker has it; a hash that has begun is worth its result
			<-j.finished
		}
	}
	switch {
	case !j.skipped:
		return nil
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	}
	return ErrBusy
}

func (h *Hasher) run() {
	// The priority belongs to the thread. The thread is never unlocked, so that it
	// ends with the worker and runs no other goroutine.
	runtime.LockOSThread()
	lowerPriority()
	for j := h.queue.next(); j != nil; j = h.queue.next() {
		h.config.Waited(time.Since(j.enqueued))
		if j.ctx.Err() != nil {
			j.skipped = true
		} else {
			j.work()
		}
		close(j.finished)
	}
}
