package stage

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// lastSeen collects when sessions or keys were last used, so that no call waits for
// the database. A crash loses at most the times of the last seconds.
type lastSeen struct {
	repo  *repo.Repo
	write func(tx *repo.Tx, ctx context.Context, id uuid.UUID, at time.Time) error
	mu    sync.Mutex
	times map[uuid.UUID]time.Time
}

func newLastSeen(r *repo.Repo, write func(*repo.Tx, context.Context, uuid.UUID, time.Time) error) *lastSeen {
	return &lastSeen{repo: r, write: write, times: map[uuid.UUID]time.Time{}}
}

// record notes that the session or key was used.
func (l *lastSeen) record(id uuid.UUID, at time.Time) {
	l.mu.Lock()
	l.times[id] = at
	l.mu.Unlock()
}

// flush writes the collected times in one transaction. If that fails, it keeps them
// for the next flush, unless there are newer ones.
func (l *lastSeen) flush(ctx context.Context) error {
	l.mu.Lock()
	times := l.times
	l.times = map[uuid.UUID]time.Time{}
	l.mu.Unlock()
	if len(times) == 0 {
		return nil
	}
	err := l.repo.InTx(ctx, func(tx *repo.Tx) error {
		for id, at := range times {
			if err := l.write(tx, ctx, id, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		l.mu.Lock()
		for id, at := range times {
			if _, newer := l.times[id]; !newer {
				l.times[id] = at
			}
		}
		l.mu.Unlock()
	}
	return err
}
