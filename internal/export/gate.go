package export

import (
	"context"
	"errors"
	"time"
)

// ErrBusy is the error of a report for which there was no room in time.
var ErrBusy = errors.New("too many reports are being made")

// Gate lets a few reports be made at once: each takes memory and all of a
// processor while it lasts.
type Gate struct {
	room chan struct{}
	wait time.Duration
}

// NewGate returns a gate with room for so many reports, where others wait so
// long.
func NewGate(room int, wait time.Duration) *Gate {
	return &Gate{make(chan struct{}, room), wait}
}

// Enter waits for room, which leave gives back. Its error is ErrBusy, or the
// context's.
func (g *Gate) Enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-g.room }
	select { // room that there is comes before a wait that is over
	case g.room <- struct{}{}:
		return leave, nil
	default:
	}
	timeout := time.NewTimer(g.wait)
	defer timeout.Stop()
	select {
	case g.room <- struct{}{}:
		return leave, nil
	case <-timeout.C:
		return nil, ErrBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
