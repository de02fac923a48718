package handlers

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"alta/repo"
)

// lastSeen gathers when sessions were used, so that no call waits for that to
// be written. What a crash loses is at most the last seconds' notes.
type lastSeen struct {
	repo  *repo.Repo
	mu    sync.Mutex
	notes map[uuid.UUID]time.Time
}

func newLastSeen(r *repo.Repo) *lastSeen {
	return &lastSeen{repo: r, notes: map[uuid.UUID]time.Time{}}
}

func (l *lastSeen) note(session uuid.UUID, at time.Time) {
	l.mu.Lock()
	l.notes[session] = at
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
		for session, at := range notes {
			if err := tx.SeeSession(ctx, session, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		l.mu.Lock()
		for session, at := range notes {
			if _, newer := l.notes[session]; !newer {
				l.notes[session] = at
			}
		}
		l.mu.Unlock()
	}
	return err
}
