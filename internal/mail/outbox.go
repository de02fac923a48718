package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

// Bounds of the outbox.
const (
	firstPause = 5 * time.Second  // after a failure, before the second try
	maxPause   = 15 * time.Minute // between later tries, the pause having doubled with each
	giveUp     = 24 * time.Hour   // after a mail was made

	// leaseMargin is added to a sender's time-out: who holds a lease has either
	// recorded an outcome by its end or is no more.
	leaseMargin = 15 * time.Second

	idlePoll = time.Second // for mails that other processes have added
	batch    = 32          // mails looked up at once
	senders  = 8           // mails that the worker sends at once
)

// Results of a try, as metrics know them.
const (
	ResultSent   = "sent"
	ResultFailed = "failed" // and will be tried again
	ResultDead   = "dead"   // refused for good, or given up
)

// OutboxConfig is what an Outbox is made of.
type OutboxConfig struct {
	Repo      *repo.Repo
	Keys      *identity.Keyring
	Sender    Sender
	PublicURL *url.URL      // links lead there
	Timeout   time.Duration // of one try
	Now       func() time.Time
	Log       *slog.Logger
	Tried     func(kind Kind, result string, took time.Duration) // nil: nobody counts
}

// Outbox sends the mails that transactions have added. Each is sent until the
// mail server has accepted it, is refused for good or is a day old; never again
// once the acceptance is recorded, and always under one Message-ID.
type Outbox struct {
	OutboxConfig
	added chan struct{}
	slots chan struct{}
	unrecorded
}

// NewOutbox returns an Outbox. Nothing is sent before Run or Deliver.
func NewOutbox(config OutboxConfig) *Outbox {
	return &Outbox{
		OutboxConfig: config, added: make(chan struct{}, 1), slots: make(chan struct{}, senders),
		unrecorded: unrecorded{outcomes: map[uuid.UUID]outcome{}},
	}
}

// Draft is a letter that is to be sent to a user.
type Draft struct {
	UserID  uuid.UUID // the mail goes to the address that the user has when it is sent
	Letter  Letter
	TokenID *string // of the one-time token in the letter; nil: it has none
	Leased  bool    // the caller will Deliver the mail, and the worker leaves it alone until the lease ends
}

// Add adds a mail to the transaction and returns its ID for Deliver. The mail
// replaces an unsent mail of its kind to the same user. While a mail of its
// kind is being sent, Add does nothing and reports false. Its errors are those
// of the database.
func (o *Outbox) Add(ctx context.Context, tx *repo.Tx, d Draft) (id uuid.UUID, added bool, err error) {
	text, err := json.Marshal(d.Letter)
	if err != nil {
		return uuid.Nil, false, err
	}
	m := repo.Mail{ID: uuid.New(), UserID: d.UserID, Kind: string(d.Letter.Kind), TokenID: d.TokenID}
	m.Payload = o.Keys.Seal(identity.PurposeOutbox, m.ID.String(), string(text))
	var lease time.Duration
	if d.Leased {
		lease = o.lease()
	}
	added, err = tx.AddMail(ctx, m, lease)
	return m.ID, added, err
}

func (o *Outbox) lease() time.Duration { return o.Timeout + leaseMargin }

// Wake has the worker look for mails now. It is called when a transaction that
// added one is committed.
func (o *Outbox) Wake() {
	select {
	case o.added <- struct{}{}:
	default: // it has been told already
	}
}

// Run sends what is due until ctx ends, and returns when what is being sent is
// sent.
func (o *Outbox) Run(ctx context.Context) {
	var sending sync.WaitGroup
	poll := time.NewTicker(idlePoll)
	defer poll.Stop()
	for {
		o.recordAll(ctx)
		if _, err := o.dispatch(ctx, &sending); err != nil && ctx.Err() == nil {
			o.Log.Warn("outbox: could not look for mails; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			sending.Wait()
			o.recordAll(context.WithoutCancel(ctx)) // the next process knows only what is recorded
			return
		case <-poll.C:
		case <-o.added:
		}
	}
}

// Flush sends what is due now, once, and returns when that is done.
func (o *Outbox) Flush(ctx context.Context) error {
	var sending sync.WaitGroup
	defer sending.Wait()
	for {
		n, err := o.dispatch(ctx, &sending)
		if n == 0 || err != nil {
			return err
		}
		sending.Wait()
	}
}

// dispatch starts to send what is due, as senders become free, and returns how
// many mails that were.
func (o *Outbox) dispatch(ctx context.Context, sending *sync.WaitGroup) (started int, err error) {
	ids, err := o.Repo.DueMails(ctx, o.Now(), batch)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if o.holds(id) {
			continue
		}
		select {
		case o.slots <- struct{}{}:
		case <-ctx.Done():
			return started, ctx.Err()
		}
		taken := false
		err := o.Repo.InTx(ctx, func(tx *repo.Tx) (err error) {
			taken, err = tx.LeaseMail(ctx, id, o.lease())
			return err
		})
		if err != nil || !taken {
			<-o.slots
			if err != nil {
				return started, err
			}
			continue
		}
		started++
		sending.Go(func() {
			defer func() { <-o.slots }()
			// What has begun is brought to an end: half a conversation may be a whole mail.
			if err := o.Deliver(context.WithoutCancel(ctx), id); err != nil {
				o.Log.Warn("outbox: mail not sent", "mail", id, "error", err)
			}
		})
	}
	return started, nil
}

// Deliver sends a mail that the caller has leased and records what became of
// it. Its error says why the mail has not been sent; where there is hope, it is
// tried again later.
func (o *Outbox) Deliver(ctx context.Context, id uuid.UUID) error {
	mail, err := o.Repo.Mail(ctx, id)
	if err != nil {
		return fmt.Errorf("outbox: look up mail: %w", err)
	}
	start := time.Now()
	err = o.send(ctx, mail)
	took := time.Since(start)
	result := o.judge(mail, err)
	if o.Tried != nil {
		o.Tried(Kind(mail.Kind), result.name, took)
	}
	// Whoever waits for the answer may have gone; the outcome is recorded all the same.
	o.record(context.WithoutCancel(ctx), id, result)
	return err
}

func (o *Outbox) send(ctx context.Context, mail repo.Mail) (err error) {
	defer func() { // one mail that cannot be written must not stop all the others
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	text, err := o.Keys.Open(identity.PurposeOutbox, mail.ID.String(), mail.Payload)
	if err != nil { // no later try can read it either
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	var l Letter
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	m := Message{ID: mail.ID.String(), To: mail.To, Date: mail.CreatedAt}
	if m.Subject, m.Text, m.HTML, err = Compose(l, o.PublicURL); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	return o.Sender.Send(ctx, m)
}

// judge says what becomes of a mail after a try that ended with err.
func (o *Outbox) judge(mail repo.Mail, err error) outcome {
	now := o.Now()
	switch {
	case err == nil:
		return outcome{name: ResultSent, state: repo.MailSent}
	case errors.Is(err, ErrRefused), !now.Before(mail.CreatedAt.Add(giveUp)):
		return outcome{name: ResultDead, state: repo.MailDead, text: err.Error()}
	}
	return outcome{name: ResultFailed, state: repo.MailPending, due: now.Add(pause(mail.Attempts)), text: err.Error()}
}

// pause returns how long to wait after a mail has failed once more than
// failures times.
func pause(failures int) time.Duration {
	if failures > 10 { // long past the maximum
		return maxPause
	}
	return min(firstPause<<failures, maxPause)
}
