package meter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/seldom"
	"example.com/alta/repo"
)

// Limits of the ledger's work.
const (
	maxBatch = 256  // entries per transaction
	maxQueue = 4096 // waiting entries; more are refused
	// defaultPatience is how long a call waits for a database that is away.
	defaultPatience = 5 * time.Second
	// retryPause is the pause between attempts to write.
	retryPause = 100 * time.Millisecond
	// minTry is the least time that one attempt gets, even if its calls have
	// used up their patience.
	minTry = 500 * time.Millisecond
)

// Debit is the charge for one call.
type Debit struct {
	UserID    uuid.UUID
	Cost      int64
	Endpoint  string // method and path of the operation
	RequestID string // made by the server; identifies the debit among the user's
	// MaybeCharged says that an earlier attempt may have charged this call. The
	// ledger then looks for an existing debit first.
	MaybeCharged bool
}

// ErrRefunded is the error for a debit that was made and refunded before: the
// call has to be charged under another request id.
var ErrRefunded = errors.New("the debit was given back")

// Insufficient is the error for a debit that the balance does not cover. No
// tokens were taken.
type Insufficient struct {
	Balance  int64
	Cost     int64
	Plan     string
	RefillAt time.Time
}

func (e *Insufficient) Error() string {
	return fmt.Sprintf("balance %d does not cover %d tokens", e.Balance, e.Cost)
}

// Ledger charges calls. Concurrent calls share a transaction: they hand their
// debits to one committer, which takes all that are waiting, decides on them in
// the order of arrival, commits, and then releases the calls. So no call
// proceeds before its debit is durable. Several processes may share a database;
// the database then decides.
type Ledger struct {
	// Patience is how long a call, and the end of Run, wait for a database that
	// is away. NewLedger sets it to five seconds. It must not be changed once
	// Run has started.
	Patience time.Duration

	repo    *repo.Repo
	now     func() time.Time
	log     *slog.Logger
	seldom  *seldom.Log // for what an outage repeats
	entries chan *entry
	refunds refunds
	stopped chan struct{} // closed when Run has ended and no entry is taken any more
	stop    sync.Once
}

// NewLedger returns a Ledger on the database. It charges nothing before Run.
func NewLedger(r *repo.Repo, now func() time.Time, log *slog.Logger) *Ledger {
	return &Ledger{
		Patience: defaultPatience, repo: r, now: now, log: log, seldom: seldom.New(log),
		entries: make(chan *entry, maxQueue), stopped: make(chan struct{}),
		refunds: refunds{wake: make(chan struct{}, 1)},
	}
}

// entry is a debit, a refund or a refill to be written, and its outcome.
type entry struct {
	Debit
	kind    string // repo.TokensDebit, TokensRefund, or TokensRefill for a refill if one is due
	since   time.Time
	done    chan struct{}
	left    atomic.Bool // whoever submitted it waits no longer, or it is done
	balance int64
	err     error
}

func newEntry(kind string, d Debit) *entry {
	return &entry{Debit: d, kind: kind, since: time.Now(), done: make(chan struct{})}
}

// Charge takes the call's tokens and returns the remaining balance. If it
// returns no error, the debit is durable. Its errors are *Insufficient,
// ErrRefunded, repo.ErrNotFound for a user without a ledger, and
// repo.ErrUnavailable. In the last case tokens that were taken nevertheless are
// given back, and so they are if the deadline of ctx passes. Charge does not end
// early when ctx is cancelled because the client goes away: the outcome is known
// within seconds.
func (l *Ledger) Charge(ctx context.Context, d Debit) (balance int64, err error) {
	return l.submit(ctx, newEntry(repo.TokensDebit, d))
}

// Refund gives the call's tokens back. It returns at once. The refund is
// retried until it is written or the process ends.
func (l *Ledger) Refund(d Debit) { l.refunds.add(d) }

// Refill brings the user's balance up to the quota if a new month has begun,
// and returns the balance. Its errors are those of Charge.
func (l *Ledger) Refill(ctx context.Context, userID uuid.UUID) (balance int64, err error) {
	return l.submit(ctx, newEntry(repo.TokensRefill, Debit{UserID: userID}))
}

// Run writes entries until ctx ends, and then those that are left. No calls may
// arrive after ctx has ended.
func (l *Ledger) Run(ctx context.Context) {
	defer l.stop.Do(func() { close(l.stopped) })
	writing := context.WithoutCancel(ctx) // a transaction that has begun is finished
	for {
		select {
		case e := <-l.entries:
			l.commitBatch(writing, l.drain(e))
		case <-l.refunds.wake:
			l.writeRefunds(writing)
		case <-ctx.Done():
			l.writeRemaining(writing)
			return
		}
	}
}

// drain returns the entry together with those that wait behind it. It uses no
// timer: an idle system commits each call at once, a busy one many together.
func (l *Ledger) drain(first *entry) []*entry {
	batch := append(make([]*entry, 0, maxBatch), first)
	for len(batch) < maxBatch {
		select {
		case e := <-l.entries:
			batch = append(batch, e)
		default:
			return batch
		}
	}
	return batch
}

// writeRemaining writes the remaining entries and refunds when the process ends.
func (l *Ledger) writeRemaining(ctx context.Context) {
	for {
		select {
		case e := <-l.entries:
			l.commitBatch(ctx, l.drain(e))
		default:
			deadline := time.Now().Add(l.Patience)
			for l.refunds.waiting() > 0 && time.Now().Before(deadline) {
				if !l.writeRefunds(ctx) {
					time.Sleep(retryPause)
				}
			}
			if n := l.refunds.waiting(); n > 0 {
				l.log.Error("ledger: refunds could not be written before the end", "refunds", n)
			}
			return
		}
	}
}

// commitBatch writes the batch and releases its calls. If the database is away,
// it tries again for a while, but not if the storage takes no writes. A COMMIT whose
// answer was lost may have succeeded, so every further attempt looks for existing
// debits first.
func (l *Ledger) commitBatch(ctx context.Context, batch []*entry) {
	batch = slices.DeleteFunc(batch, func(e *entry) bool { return e.left.Load() }) // nobody waits for them
	if len(batch) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, max(l.Patience-time.Since(batch[0].since), minTry))
	defer cancel()
	if err := l.tryBatch(ctx, batch); err != nil {
		l.failBatch(batch, err)
	}
	for _, e := range batch {
		if !e.left.CompareAndSwap(false, true) && e.kind == repo.TokensDebit && e.err == nil {
			l.refunds.add(e.Debit) // it was answered as not charged
		}
		close(e.done)
	}
}

// tryBatch writes the batch, again and again until ctx ends if need be. Its error is
// also repo.ErrInDoubt if any of the attempts may have succeeded.
func (l *Ledger) tryBatch(ctx context.Context, batch []*entry) error {
	doubt := false
	for try := 0; ; try++ {
		err := l.write(ctx, batch, try > 0)
		if err == nil {
			return nil
		}
		doubt = doubt || errors.Is(err, repo.ErrInDoubt)
		if !errors.Is(err, repo.ErrStorage) {
			select {
			case <-time.After(retryPause):
				continue
			case <-ctx.Done():
			}
		}
		if doubt {
			err = errors.Join(repo.ErrInDoubt, err)
		}
		return err
	}
}

// failBatch refuses the batch's calls. If their debits may have been written, they are
// refunded.
func (l *Ledger) failBatch(batch []*entry, err error) {
	l.seldom.Error("ledger: calls are refused: the database does not answer", "calls", len(batch), "error", err)
	doubt := errors.Is(err, repo.ErrInDoubt)
	for _, e := range batch {
		e.err = fmt.Errorf("%w: %w", repo.ErrUnavailable, err)
		if e.kind == repo.TokensDebit && doubt {
			l.refunds.add(e.Debit)
		}
	}
}
