package meter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// Bounds of the ledger's work.
const (
	maxBatch = 256  // entries in one transaction
	maxQueue = 4096 // entries that wait; more are refused
	// defaultPatience is how long a call waits for a database that is away.
	defaultPatience = 5 * time.Second
	// retryPause is between tries to write what must be written.
	retryPause = 100 * time.Millisecond
	// minTry is the least time that one attempt gets, even if its calls have used
	// up their patience.
	minTry = 500 * time.Millisecond
)

// Debit is a call that takes tokens.
type Debit struct {
	UserID    uuid.UUID
	Cost      int64
	Endpoint  string // method and path of the operation
	RequestID string // made by the server; a user's debits are told apart by it
	// MaybeCharged says that an earlier attempt may have charged this call. The
	// ledger then looks for an existing debit first.
	MaybeCharged bool
}

// ErrRefunded is the error of a debit that was made and given back before: the
// call has to be charged under another request id.
var ErrRefunded = errors.New("the debit was given back")

// Insufficient is the error of a debit that the balance does not cover. Nothing
// was taken.
type Insufficient struct {
	Balance  int64
	Cost     int64
	Plan     string
	RefillAt time.Time
}

func (e *Insufficient) Error() string {
	return fmt.Sprintf("balance %d does not cover %d tokens", e.Balance, e.Cost)
}

// Ledger takes tokens for calls. Calls that come at once share a transaction:
// they hand their debits to one committer, which takes what is waiting, decides
// in the order of arrival, commits, and then releases the calls. So no call goes
// on before its debit is durable. Several processes share a database: it is the
// database that decides.
type Ledger struct {
	// Patience is how long a call, and the end of Run, wait for a database that is
	// away. NewLedger sets it to five seconds; whoever changes it does so before Run.
	Patience time.Duration

	repo    *repo.Repo
	now     func() time.Time
	log     *slog.Logger
	entries chan *entry
	refunds refunds
	stopped chan struct{} // closed when nobody takes entries any more
	stop    sync.Once
}

// NewLedger returns a Ledger. Nothing is taken before Run.
func NewLedger(r *repo.Repo, now func() time.Time, log *slog.Logger) *Ledger {
	return &Ledger{
		Patience: defaultPatience, repo: r, now: now, log: log,
		entries: make(chan *entry, maxQueue), stopped: make(chan struct{}),
		refunds: refunds{wake: make(chan struct{}, 1)},
	}
}

// entry is something to be written, and how that went.
type entry struct {
	Debit
	kind    string // repo.TokensDebit, TokensRefund, or TokensRefill: see whether one is due
	since   time.Time
	done    chan struct{}
	balance int64
	err     error
}

func newEntry(kind string, d Debit) *entry {
	return &entry{Debit: d, kind: kind, since: time.Now(), done: make(chan struct{})}
}

// Charge takes the call's tokens and returns what is left. When it returns
// without an error, that is durable. Its errors are *Insufficient, ErrRefunded,
// repo.ErrNotFound for a user without a ledger, and repo.ErrUnavailable; in
// the last case tokens that were taken all the same are given back. A client
// that goes away does not cut it short: the answer is known within seconds.
func (l *Ledger) Charge(d Debit) (balance int64, err error) {
	return l.submit(newEntry(repo.TokensDebit, d))
}

// Refund gives the call's tokens back. It returns at once; that it is written
// is seen to as long as the process lives.
func (l *Ledger) Refund(d Debit) { l.refunds.add(d) }

// Refill brings the user's balance up to the quota if a new month has begun,
// and returns the balance. Its errors are those of Charge.
func (l *Ledger) Refill(userID uuid.UUID) (balance int64, err error) {
	return l.submit(newEntry(repo.TokensRefill, Debit{UserID: userID}))
}

// submit hands the entry to the committer and waits for the outcome.
func (l *Ledger) submit(e *entry) (balance int64, err error) {
	select {
	case <-l.stopped:
		return 0, errStopped
	case l.entries <- e:
	default:
		return 0, errFull
	}
	select {
	case <-e.done:
	case <-l.stopped:
		select {
		case <-e.done: // it was among the last
		default:
			return 0, errStopped
		}
	}
	return e.balance, e.err
}

var (
	errStopped = fmt.Errorf("%w: the ledger is closed", repo.ErrUnavailable)
	errFull    = fmt.Errorf("%w: too many calls wait to be charged", repo.ErrUnavailable)
)

// Run writes what is handed in until ctx ends, and then what is left. No calls
// may come any more by then.
func (l *Ledger) Run(ctx context.Context) {
	defer l.stop.Do(func() { close(l.stopped) })
	writing := context.WithoutCancel(ctx) // what has begun is brought to an end
	for {
		select {
		case e := <-l.entries:
			l.commitBatch(writing, l.drain(e))
		case <-l.refunds.wake:
			l.writeRefunds(writing)
		case <-ctx.Done():
			l.finish(writing)
			return
		}
	}
}

// drain returns the entry and what waits behind it. There is no timer: an
// idle system commits each call at once, a busy one many together.
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

// finish writes what is left when the process ends.
func (l *Ledger) finish(ctx context.Context) {
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

// commitBatch writes the batch and releases its calls. A database that is away is
// tried again for a while: of a COMMIT whose answer was lost, nobody knows
// whether it was made, so each further try looks first.
func (l *Ledger) commitBatch(ctx context.Context, batch []*entry) {
	ctx, cancel := context.WithTimeout(ctx, max(l.Patience-time.Since(batch[0].since), minTry))
	defer cancel()
	for try := 0; ; try++ {
		err := l.write(ctx, batch, try > 0)
		if err == nil {
			break
		}
		select {
		case <-time.After(retryPause):
			continue
		case <-ctx.Done():
		}
		l.failBatch(batch, err)
		break
	}
	for _, e := range batch {
		close(e.done)
	}
}

// failBatch refuses the batch's calls. Whether their debits were written is not
// known: they are given back if they were.
func (l *Ledger) failBatch(batch []*entry, err error) {
	l.log.Error("ledger: calls are refused: the database does not answer", "calls", len(batch), "error", err)
	for _, e := range batch {
		e.err = fmt.Errorf("%w: %w", repo.ErrUnavailable, err)
		if e.kind == repo.TokensDebit {
			l.refunds.add(e.Debit)
		}
	}
}
