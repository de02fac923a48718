package stage

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// lastSeen gathers when sessions or keys were used, so that no call waits for that
// to be written. What a crash loses is at most the last seconds' notes.
type lastSeen struct {
	repo  *repo.Repo
	write func(tx *repo.Tx, ctx context.Context, id uuid.UUID, at time.Time) error
	mu    sync.Mutex
	notes map[uuid.UUID]time.Time
}

func newLastSeen(r *repo.Repo, write func(*repo.Tx, context.Context, uuid.UUID, time.Time) error) *lastSeen {
	return &lastSeen{repo: r, write: write, notes: map[uuid.UUID]time.Time{}}
}

func (l *lastSeen) note(id uuid.UUID, at time.Time) {
	l.mu.Lock()
	l.notes[id] = at
	l.mu.Unlock()
}

// flush writes what has been noted, in one transaction. What could not be
// written is kept for the next time, unless a newer note has come.
func (l *lastSeen) flush(ctx context.Context) error {
	l.mu.Lock()
	notes := l.notes
	l.notes = map[uuid.UUID]time.Time{}
	l.mu.Unlock()
	if len(notes) == 0 {
		return nil
	}
	err := l.repo.InTx(ctx, func(tx *repo.Tx) error {
		for id, at := range notes {
			if err := l.write(tx, ctx, id, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		l.mu.Lock()
		for id, at := range notes {
			if _, newer := l.notes[id]; !newer {
				l.notes[id] = at
			}
		}
		l.mu.Unlock()
	}
	return err
}
