package repo

import (
	"context"
	"sync"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"
)

// UserKey is the key under which a context has the id of the user, a uuid.UUID, on
// whose behalf a transaction writes. See ForUser.
type UserKey struct{}

// ForUser returns a context whose transactions wait in the queue of the user, or in none
// if the id is uuid.Nil. The context of a call says who its caller is, so ForUser is for
// other writes: those to what belongs to a user who is not known as the caller yet, and
// those that record an outcome in little time and lock no user.
func ForUser(ctx context.Context, id uuid.UUID) context.Context {
	return context.WithValue(ctx, UserKey{}, id)
}

// userOf returns the user of the context, or uuid.Nil.
func userOf(ctx context.Context) uuid.UUID {
	id, _ := ctx.Value(UserKey{}).(uuid.UUID)
	return id
}

// turnstile bounds the transactions that write at the same time, so that connections
// are left for queries, and keeps one user's from standing in the way of others'.
//
// A transaction first waits in the queue of its user, until at most perUser of that
// user's are ahead of it, and then in one queue of all. Both are in order of arrival.
// So each user has no more than perUser places in the queue of all, which is fair to
// users without being told to. Neither wait takes a connection.
type turnstile struct {
	all     *semaphore.Weighted
	perUser int64

	mu    sync.Mutex
	users map[uuid.UUID]*userQueue // of those who have a transaction that runs or waits
}

// userQueue is the queue of one user.
type userQueue struct {
	places *semaphore.Weighted
	inside int // transactions that run or wait; guarded by turnstile.mu
}

// newTurnstile lets the numbers of transactions run at the same time: of all and of one
// user.
func newTurnstile(all, perUser int) *turnstile {
	return &turnstile{all: semaphore.NewWeighted(int64(all)), perUser: int64(perUser), users: map[uuid.UUID]*userQueue{}}
}

// enter waits in the queue of the context's user until the context ends, which its
// error says. Transactions without a user do not wait here. The caller calls leave when
// the transaction has ended, with all of its tries.
func (t *turnstile) enter(ctx context.Context) (leave func(), err error) {
	id := userOf(ctx)
	if id == uuid.Nil {
		return func() {}, nil
	}
	t.mu.Lock()
	q := t.users[id]
	if q == nil {
		q = &userQueue{places: semaphore.NewWeighted(t.perUser)}
		t.users[id] = q
	}
	q.inside++
	t.mu.Unlock()
	if err := q.places.Acquire(ctx, 1); err != nil {
		t.forget(id, q)
		return nil, err
	}
	return func() {
		q.places.Release(1)
		t.forget(id, q)
	}, nil
}

// forget removes one transaction from the queue, and the queue with its last one.
func (t *turnstile) forget(id uuid.UUID, q *userQueue) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if q.inside--; q.inside == 0 {
		delete(t.users, id)
	}
}

// pass waits in the queue of all until the context ends, which its error says. The
// caller calls done when it has given its connection back.
func (t *turnstile) pass(ctx context.Context) (done func(), err error) {
	if err := t.all.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { t.all.Release(1) }, nil
}

// queued returns how many transactions of users run or wait, and of how many users.
func (t *turnstile) queued() (transactions, users int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, q := range t.users {
		transactions += q.inside
	}
	return transactions, len(t.users)
}
