package signin

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/seldom"
	"example.com/alta/repo"
)

// MailRequest is the kind of a mail that can be requested for an address.
type MailRequest string

// The values of MailRequest.
const (
	RequestVerification = MailRequest(mail.KindVerification)
	RequestReset        = MailRequest(mail.KindReset)

	requestLocked = MailRequest(mail.KindLocked)
)

const (
	requestPoll  = time.Second // for requests that another process took and did not finish
	requestBatch = 32

	// requestPause is the longest time before a request is answered. A known address
	// costs the work of a mail: the random pause keeps the time of the next call from
	// revealing that work.
	requestPause = 500 * time.Millisecond
)

// mailRequests stores requests for mails and answers them in the background.
type mailRequests struct {
	repo          *repo.Repo
	keys          *identity.Keyring
	outbox        *mail.Outbox
	log           *slog.Logger
	away          *seldom.Log // for what an outage of the database repeats
	audit         auditLog
	oneTime       *oneTimeTokens
	verifications *verifications
	wake          chan struct{} // has an element while Run has a new request to answer
}

// RequestMail records a request for a mail. The address is looked up later, so that
// neither the time of the call nor its writes reveal whether the address has a
// user. It returns the error of the database, if any.
func (m *mailRequests) RequestMail(ctx context.Context, by By, kind MailRequest, email string) error {
	email = identity.CanonicalEmail(email)
	request := newMailRequest(m.keys, by, kind, email)
	event := m.audit.emailEvent(by, repo.AuditMailRequest, nil, email)
	event.Detail = string(kind)
	err := m.repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := tx.AddMailRequest(ctx, request); err != nil {
			return err
		}
		return tx.Audit(ctx, event)
	})
	if err != nil {
		return err
	}
	select {
	case m.wake <- struct{}{}:
	default: // Run has been woken already
	}
	return nil
}

// newMailRequest returns a request for a mail to the canonical address.
func newMailRequest(keys *identity.Keyring, by By, kind MailRequest, email string) repo.MailRequest {
	request := repo.MailRequest{ID: uuid.New(), Kind: string(kind), Client: by.network()}
	request.Mailbox = keys.Digest(identity.PurposeMailbox, email).Sum
	request.Email = keys.Seal(identity.PurposeOutbox, request.ID.String(), email)
	return request
}

// Run turns requests into mails until ctx ends.
func (m *mailRequests) Run(ctx context.Context) {
	poll := time.NewTicker(requestPoll)
	defer poll.Stop()
	for {
		if err := m.AnswerRequests(ctx); err != nil && ctx.Err() == nil {
			m.away.Warn("could not answer requests for mails; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		case <-m.wake:
			sleep(ctx, rand.N(requestPause))
		}
	}
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// AnswerRequests turns the stored requests into mails. A request that fails does
// not delay the others. It returns the errors of the requests that failed.
func (m *mailRequests) AnswerRequests(ctx context.Context) error {
	for {
		requests, err := m.repo.MailRequests(ctx, requestBatch)
		if err != nil || len(requests) == 0 {
			return err
		}
		var failed []error
		for _, r := range requests {
			err := m.answer(ctx, r)
			failed = append(failed, err)
			if errors.Is(err, repo.ErrStorage) {
				break // the next fails, too
			}
		}
		m.outbox.Wake()
		if err := errors.Join(failed...); err != nil {
			return err
		}
	}
}

func (m *mailRequests) answer(ctx context.Context, r repo.MailRequest) error {
	email, err := m.keys.Open(identity.PurposeOutbox, r.ID.String(), r.Email)
	if err != nil { // it is deleted all the same: a later try could not read it either
		m.log.Error("a request for a mail cannot be read; dropped", "error", err)
	}
	return m.repo.InTx(ctx, func(tx *repo.Tx) error {
		taken, err := tx.TakeMailRequest(ctx, r.ID)
		if err != nil || !taken || email == "" {
			return err
		}
		user, err := tx.UserByEmail(ctx, identity.CanonicalEmail(email))      // an older release may have stored another spelling
		if errors.Is(err, repo.ErrNotFound) || err == nil && !user.IsActive { // the link would do nothing
			return nil
		}
		if err != nil {
			return err
		}
		switch MailRequest(r.Kind) {
		case RequestReset:
			_, err := m.oneTime.addLink(ctx, tx, user.ID, resetMail.by(r.Client))
			return err
		case requestLocked:
			return m.tellLocked(ctx, tx, user.ID, r)
		}
		return m.verifications.addMail(ctx, tx, user.ID, r.Client)
	})
}

// lockedPause is the least time between two mails to a user about locks. Strangers cause
// them.
const lockedPause = 24 * time.Hour

// tellLocked tells the user that failed log-ins of a network have caused a lock.
func (m *mailRequests) tellLocked(ctx context.Context, tx *repo.Tx, userID uuid.UUID, r repo.MailRequest) error {
	user, err := tx.LockUser(ctx, userID)
	if err != nil {
		return problem.IfNotFound(err, nil)
	}
	recent, err := m.outbox.SentSince(ctx, tx, user, mail.KindLocked, tx.Now().Add(-lockedPause))
	if err != nil || recent || !wants(user, mail.KindLocked) {
		return err
	}
	letter := mail.Letter{Kind: mail.KindLocked, Language: user.Language}
	letter.Event = &mail.Event{At: r.CreatedAt, Zone: user.Timezone, Address: r.Client}
	_, _, err = m.outbox.Add(ctx, tx, mail.Draft{UserID: user.ID, Letter: letter, Client: r.Client})
	return err
}

// drop deletes the unanswered requests of the address.
func (m *mailRequests) drop(ctx context.Context, tx *repo.Tx, email string) error {
	var mailboxes []string
	for _, digest := range m.keys.Digests(identity.PurposeMailbox, identity.CanonicalEmail(email)) {
		mailboxes = append(mailboxes, digest.Sum)
	}
	return tx.DropMailRequests(ctx, mailboxes...)
}
