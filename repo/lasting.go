package repo

import (
	"context"
	"time"
)

// lasting is a context that does not end, but says when the time of its call is over.
// SQLite rolls back the whole transaction if one of its statements is interrupted, so in
// a group the context of a member ends only between two statements. The deadline is for
// sqliteWorker, which leaves a statement that hangs.
type lasting struct {
	context.Context
	call context.Context
}

func uninterrupted(ctx context.Context) context.Context {
	return lasting{Context: context.WithoutCancel(ctx), call: ctx}
}

// Deadline returns that of the call.
func (l lasting) Deadline() (deadline time.Time, ok bool) { return l.call.Deadline() }
