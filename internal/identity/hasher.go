package identity

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"
)

// ErrBusy says that more passwords wait to be hashed than the server is set
// to queue, or that one waited longer than it is set to wait. No work was
// done for it.
var ErrBusy = errors.New("the password queue is full")

// HasherConfig sizes a Hasher.
type HasherConfig struct {
	Cost    int                   // bcrypt cost of new hashes
	Workers int                   // hashes at a time; 0: one a processor
	Queue   int                   // passwords that may wait
	Wait    time.Duration         // how long each may wait
	Waited  func(d time.Duration) // told how long each has waited; may be nil
}

// Hasher hashes and verifies passwords on a fixed set of threads of low
// priority, behind a bounded queue: a flood of log-ins is slow for those who
// log in, and not for everybody else.
type Hasher struct {
	config HasherConfig
	jobs   chan *job
	done   sync.WaitGroup
	mu     sync.RWMutex // guards closed against sends on a closed channel
	closed bool
}

type job struct {
	ctx      context.Context
	work     func()
	enqueued time.Time
	finished chan struct{}
	skipped  bool // set before finished is closed
}

// NewHasher starts the workers. On Linux each is a thread of its own at nice
// 10; for the kernel, rather than the Go scheduler, to share the processors
// out, GOMAXPROCS should be the number of processors plus Workers.
func NewHasher(config HasherConfig) *Hasher {
	if config.Workers == 0 {
		config.Workers = runtime.NumCPU()
	}
	if config.Waited == nil {
		config.Waited = func(time.Duration) {}
	}
	h := &Hasher{config: config, jobs: make(chan *job, config.Queue)}
	for range config.Workers {
		h.done.Go(h.run)
	}
	return h
}

// Workers returns how many hashes are made at a time.
func (h *Hasher) Workers() int { return h.config.Workers }

// Waiting returns how many passwords are in the queue.
func (h *Hasher) Waiting() int { return len(h.jobs) }

// Close lets what is queued finish and stops the workers. Calls that come
// later get ErrBusy.
func (h *Hasher) Close() {
	h.mu.Lock()
	if !h.closed {
		h.closed = true
		close(h.jobs)
	}
	h.mu.Unlock()
	h.done.Wait()
}

// Hash returns the form in which password is stored. Its errors are ErrBusy
// and the context's.
func (h *Hasher) Hash(ctx context.Context, password string) (hash string, err error) {
	if queueErr := h.do(ctx, func() { hash, err = hashPassword(password, h.config.Cost) }); queueErr != nil {
		return "", queueErr
	}
	return hash, err
}

// Verify reports whether password belongs to the stored hash, and whether the
// hash should be replaced by a new one (Hash). An empty stored hash belongs to
// nobody and takes as long as a wrong password does. Its errors are ErrBusy,
// the context's, and a stored hash that is none.
func (h *Hasher) Verify(ctx context.Context, stored, password string) (ok, renew bool, err error) {
	queueErr := h.do(ctx, func() {
		if stored == "" {
			verifyNobody(h.config.Cost)
			return
		}
		ok, renew, err = verifyPassword(stored, password, h.config.Cost)
	})
	if queueErr != nil {
		return false, false, queueErr
	}
	return ok, renew, err
}

// do runs work on a worker and waits for it. When do returns an error, work
// has not run and will not.
func (h *Hasher) do(ctx context.Context, work func()) error {
	ctx, cancel := context.WithTimeout(ctx, h.config.Wait)
	defer cancel()
	j := &job{ctx: ctx, work: work, enqueued: time.Now(), finished: make(chan struct{})}
	if !h.enqueue(j) {
		return ErrBusy
	}
	// The worker answers for a job whose time is up, too: only it knows whether
	// the work has begun, and a hash that has begun is worth its result.
	<-j.finished
	if !j.skipped {
		return nil
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrBusy
	}
	return ctx.Err()
}

func (h *Hasher) enqueue(j *job) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if h.closed {
		return false
	}
	select {
	case h.jobs <- j:
		return true
	default:
		return false
	}
}

func (h *Hasher) run() {
	// The priority belongs to the thread. It is never unlocked, so the thread
	// ends with the worker and does not return to other goroutines.
	runtime.LockOSThread()
	lowerPriority()
	for j := range h.jobs {
		h.config.Waited(time.Since(j.enqueued))
		if j.ctx.Err() != nil {
			j.skipped = true
		} else {
			j.work()
		}
		close(j.finished)
	}
}
