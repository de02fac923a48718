package export

import (
	"context"
	"errors"
	"time"
)

// ErrBusy is returned if a report had to wait too long.
var ErrBusy = errors.New("too many reports are being made")

// Gate bounds the number of reports that are made at once: each takes memory and
// a whole processor.
type Gate struct {
	slots chan struct{}
	wait  time.Duration
}

// NewGate returns a gate for that many reports at once. Further reports wait, at
// most as long as wait.
func NewGate(slots int, wait time.Duration) *Gate {
	return &Gate{slots: make(chan struct{}, slots), wait: wait}
}

// Enter waits for a free slot. The caller calls leave to free it. If the wait was
// too long, the error is ErrBusy; if the context ended, it is the context's.
func (g *Gate) Enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-g.slots }
	select { // a free slot counts even if the wait is 0
	case g.slots <- struct{}{}:
		return leave, nil
	default:
	}
	timeout := time.NewTimer(g.wait)
	defer timeout.Stop()
	select {
	case g.slots <- struct{}{}:
		return leave, nil
	case <-timeout.C:
		return nil, ErrBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
