package mail

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/seldom"
	"example.com/alta/repo"
)

// Bounds of the outbox.
const (
	firstPause = 5 * time.Second  // between the first and the second attempt; it doubles with each attempt
	maxPause   = 15 * time.Minute // between later attempts
	maxAge     = 24 * time.Hour   // after which a mail that fails is given up

	// leaseMargin is added to the time-out of a sender. When a lease ends, its
	// holder has recorded an outcome or has died.
	leaseMargin = 15 * time.Second

	idlePoll = time.Second // looks for mails that other processes have added
	batch    = 32          // mails looked up at once
	senders  = 8           // mails that the worker sends at once
)

// Results of an attempt, as metrics label them.
const (
	ResultSent   = "sent"
	ResultFailed = "failed" // the worker will try again
	ResultDead   = "dead"   // refused for good, or given up

	// ResultMisconfigured: the operator has to correct something, and the worker
	// will try again.
	ResultMisconfigured = "misconfigured"
)

// OutboxConfig has the dependencies and settings of an Outbox.
type OutboxConfig struct {
	Repo      *repo.Repo
	Keys      *identity.Keyring
	Sender    Sender
	Name      string        // of the product; "": product.DefaultName
	PublicURL *url.URL      // base of the links in mails
	Timeout   time.Duration // of one attempt
	Caps      Caps          // on the mails to one mailbox
	Now       func() time.Time
	Log       *slog.Logger
	Tried     func(kind Kind, result string, took time.Duration) // called after each attempt, if not nil
}

// Outbox sends the mails that transactions have added. It tries each mail until
// the mail server accepts it or refuses it for good, or the mail is a day old. A
// mail whose acceptance is recorded is never sent again. All attempts use one
// Message-ID.
type Outbox struct {
	OutboxConfig
	added chan struct{}
	slots chan struct{}
	away  *seldom.Log // for what an outage of the database repeats
	unrecorded
}

// NewOutbox returns an Outbox. Nothing is sent before Run or Deliver.
func NewOutbox(config OutboxConfig) *Outbox {
	return &Outbox{
		OutboxConfig: config, added: make(chan struct{}, 1), slots: make(chan struct{}, senders),
		away:       seldom.New(config.Log),
		unrecorded: unrecorded{outcomes: map[uuid.UUID]outcome{}},
	}
}

// Draft is a letter that is to be sent to a user.
type Draft struct {
	UserID  uuid.UUID // the mail goes to the address that the user has when it is sent, or to Letter.To
	Letter  Letter
	TokenID *string // of the one-time token in the letter; nil: it has none
	Client  string  // the network that caused the mail, which takes turns with others; "": the user alone did

	About string // names the event of a notice; "": another one than those of all other notices

	// Verified is when the address was verified, if Letter.To names it.
	Verified *time.Time

	Leased bool // the caller will Deliver the mail, and the worker leaves it alone until the lease ends
}

// Addition says whether a mail was added.
type Addition struct {
	Added bool
	Held  time.Duration // the mailbox has got as many mails as the caps allow, and gets the next one then; 0: it has not
}

// Add adds a mail to the transaction and returns its ID for Deliver. Unless it is a
// notice, the mail replaces an unsent mail of its kind to the same user. Add adds none
// while a mail of its kind is being sent, while a notice of the same event has not been
// sent, and while the mailbox has got as many mails as the caps allow. Its errors are
// those of the database.
func (o *Outbox) Add(ctx context.Context, tx *repo.Tx, d Draft) (id uuid.UUID, addition Addition, err error) {
	text, err := json.Marshal(d.Letter)
	if err != nil {
		return uuid.Nil, Addition{}, err
	}
	mailbox, held, err := o.hold(ctx, tx, d)
	if err != nil || held > 0 {
		return uuid.Nil, Addition{Held: held}, err
	}
	m := repo.Mail{ID: uuid.New(), UserID: d.UserID, Kind: string(d.Letter.Kind), TokenID: d.TokenID, Client: d.Client}
	if d.Letter.Kind.isNotice() {
		m.About = cmp.Or(d.About, m.ID.String())
	}
	m.Payload = o.Keys.Seal(identity.PurposeOutbox, m.ID.String(), string(text))
	var lease time.Duration
	if d.Leased {
		lease = o.lease()
	}
	if addition.Added, err = tx.AddMail(ctx, m, lease); err != nil || !addition.Added {
		return m.ID, addition, err
	}
	return m.ID, addition, tx.CountMail(ctx, m.ID, mailbox, m.Kind)
}

func (o *Outbox) lease() time.Duration { return o.Timeout + leaseMargin }

// Wake makes the worker look for mails now. Call it after the transaction that
// added a mail has been committed.
func (o *Outbox) Wake() {
	select {
	case o.added <- struct{}{}:
	default: // a signal is pending already
	}
}

// Run sends mails that are due until ctx ends. It returns after the mails that
// are being sent have been sent.
func (o *Outbox) Run(ctx context.Context) {
	var sending sync.WaitGroup
	poll := time.NewTicker(idlePoll)
	defer poll.Stop()
	for {
		o.recordAll(ctx)
		if _, err := o.dispatch(ctx, &sending); err != nil && ctx.Err() == nil {
			o.away.Warn("outbox: could not look for mails; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			sending.Wait()
			o.recordAll(context.WithoutCancel(ctx)) // the next process reads the outcomes from the database
			return
		case <-poll.C:
		case <-o.added:
		}
	}
}

// Flush tries to send each mail that is due now, once. It returns after the last
// attempt, with an error if the database cannot be read.
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

// dispatch starts to send the mails that are due, as senders become free. It
// returns the number of mails that it started.
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
			// An attempt is never cut off: the server may have accepted the mail already.
			if err := o.Deliver(context.WithoutCancel(ctx), id); err != nil {
				o.logFailure(id, err)
			}
		})
	}
	return started, nil
}
