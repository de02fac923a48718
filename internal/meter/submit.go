package meter

import (
	"context"
	"fmt"
	"time"

	"example.com/alta/repo"
)

// submit hands the entry to the committer and waits for the outcome, until the
// deadline of ctx.
func (l *Ledger) submit(ctx context.Context, e *entry) (balance int64, err error) {
	select {
	case <-l.stopped:
		return 0, errStopped
	case l.entries <- e:
	default:
		return 0, errFull
	}
	late, stop := timeUp(ctx)
	defer stop()
	select {
	case <-e.done:
	case <-late:
		if e.left.CompareAndSwap(false, true) {
			return 0, errLate
		}
		<-e.done
	case <-l.stopped:
		select {
		case <-e.done: // it was in the last batch
		default:
			return 0, errStopped
		}
	}
	return e.balance, e.err
}

// timeUp returns a channel that receives at the deadline of ctx, if it has one.
func timeUp(ctx context.Context) (late <-chan time.Time, stop func() bool) {
	deadline, limited := ctx.Deadline()
	if !limited {
		return nil, func() bool { return false }
	}
	timer := time.NewTimer(time.Until(deadline))
	return timer.C, timer.Stop
}

var (
	errLate    = fmt.Errorf("%w: the call had to wait too long to be charged", repo.ErrUnavailable)
	errStopped = fmt.Errorf("%w: the ledger is closed", repo.ErrUnavailable)
	errFull    = fmt.Errorf("%w: too many calls wait to be charged", repo.ErrUnavailable)
)
