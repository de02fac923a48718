package repo

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/jmoiron/sqlx"
)

// statements are the prepared statements of one connection pool, by their text.
// The package comment explains what they are for.
type statements struct {
	db     *sqlx.DB
	byText sync.Map // string -> *statement
}

// statement is one text, which may have been prepared.
type statement struct {
	// preparing holds a token while a goroutine prepares the text. It is a channel
	// rather than a mutex so that waiting for it can end with a context.
	preparing chan struct{}
	prepared  atomic.Pointer[sqlx.Stmt]
}

// find returns the prepared statement, or nil if it has not been prepared. It
// never waits.
func (s *statements) find(text string) *sqlx.Stmt {
	if entry, ok := s.byText.Load(text); ok {
		return entry.(*statement).prepared.Load()
	}
	return nil
}

// prepare returns the prepared statement, and prepares it if that has not been
// done. It takes a connection from the pool, so the caller must not hold one.
func (s *statements) prepare(ctx context.Context, text string) (*sqlx.Stmt, error) {
	if stmt := s.find(text); stmt != nil {
		return stmt, nil
	}
	value, _ := s.byText.LoadOrStore(text, &statement{preparing: make(chan struct{}, 1)})
	entry := value.(*statement)
	select {
	case entry.preparing <- struct{}{}:
		defer func() { <-entry.preparing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if stmt := entry.prepared.Load(); stmt != nil {
		return stmt, nil
	}
	stmt, err := s.db.PreparexContext(ctx, text)
	if err == nil {
		entry.prepared.Store(stmt)
	}
	return stmt, err
}

func (s *statements) close() error {
	var problems []error
	s.byText.Range(func(_, entry any) bool {
		if stmt := entry.(*statement).prepared.Load(); stmt != nil {
			problems = append(problems, stmt.Close())
		}
		return true
	})
	return errors.Join(problems...)
}
