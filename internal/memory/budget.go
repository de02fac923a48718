package memory

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// ErrBusy is the error of an answer that had to wait too long for its memory.
var ErrBusy = errors.New("too many large answers are being made")

// Budget is the memory for answers that take much of it. There is one for all users
// together, and each user may have only a part of it. An answer that is larger than
// either waits until it is the only one.
type Budget struct {
	total, each int64
	wait        time.Duration

	mu      sync.Mutex
	used    int64
	usedBy  map[string]int64
	waiting []*request // the oldest first
}

// request waits for its memory.
type request struct {
	owner string
	size  int64
	ready chan struct{} // closed when it has its memory
}

// NewBudget returns a budget of that many bytes for all users together, of which one
// user may have the given number. An answer waits for its memory at most as long as
// wait.
func NewBudget(total, each int64, wait time.Duration) *Budget {
	return &Budget{total: total, each: each, wait: wait, usedBy: map[string]int64{}}
}

// Take takes size bytes for an answer to the owner, and waits for them if necessary.
// The caller gives them back by Free. If the wait was too long, the error is ErrBusy;
// if the context ended, it is the context's.
func (b *Budget) Take(ctx context.Context, owner string, size int64) (*Share, error) {
	share := &Share{budget: b, owner: owner, size: size}
	b.mu.Lock()
	r := &request{owner: owner, size: size, ready: make(chan struct{})}
	b.waiting = append(b.waiting, r)
	b.serve()
	b.mu.Unlock()
	timeout := time.NewTimer(b.wait)
	defer timeout.Stop()
	err := ErrBusy
	select {
	case <-r.ready:
		return share, nil
	case <-timeout.C:
	case <-ctx.Done():
		err = ctx.Err()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-r.ready: // in the meantime
		return share, nil
	default:
	}
	b.waiting = slices.DeleteFunc(b.waiting, func(other *request) bool { return other == r })
	b.serve() // it may have been in the way of others
	return nil, err
}

// serve gives memory to those that wait, in their order. A user with too much does
// not keep others waiting, but an answer that is large does: it would never get its
// turn otherwise.
func (b *Budget) serve() {
	for i := 0; i < len(b.waiting); {
		r := b.waiting[i]
		if b.usedBy[r.owner] > 0 && b.usedBy[r.owner]+r.size > b.each {
			i++
			continue
		}
		if b.used > 0 && b.used+r.size > b.total {
			return
		}
		b.used += r.size
		b.usedBy[r.owner] += r.size
		b.waiting = slices.Delete(b.waiting, i, i+1)
		close(r.ready)
	}
}

// Share is memory of a budget.
type Share struct {
	budget *Budget
	owner  string
	size   int64
}

// Shrink gives back all but size bytes.
func (s *Share) Shrink(size int64) {
	s.budget.mu.Lock()
	defer s.budget.mu.Unlock()
	freed := s.size - min(max(size, 0), s.size)
	s.size -= freed
	s.budget.used -= freed
	if s.budget.usedBy[s.owner] -= freed; s.budget.usedBy[s.owner] == 0 {
		delete(s.budget.usedBy, s.owner)
	}
	s.budget.serve()
}

// Free gives back all. It may be called more than once.
func (s *Share) Free() { s.Shrink(0) }
