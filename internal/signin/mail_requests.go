package signin

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/repo"
)

// MailRequest is the kind of mail that somebody asks for by an address.
type MailRequest string

// The values of MailRequest.
const (
	RequestVerification = MailRequest(mail.KindVerification)
	RequestReset        = MailRequest(mail.KindReset)
)

const (
	// verificationPause is how long after one verification mail the next may
	// follow.
	verificationPause = time.Minute

	requestPoll  = time.Second // for requests that other processes took and left
	requestBatch = 32
	maxRequests  = 1 << 20 // looked at when an address is to be forgotten

	// requestPause is how long a request waits at most. The cost of a mail to a
	// known address is then not paid by the very next call, whose time would tell.
	requestPause = 500 * time.Millisecond
)

// RequestMail records that a mail was asked for. The address is looked up later,
// so that neither the time nor what is written here tells whether it has a user.
func (s *Service) RequestMail(ctx context.Context, by By, kind MailRequest, email string) error {
	email = identity.CanonicalEmail(email)
	m := repo.MailRequest{ID: uuid.New(), Kind: string(kind)}
	m.Email = s.keys.Seal(identity.PurposeOutbox, m.ID.String(), email)
	event := s.event(by, repo.AuditMailRequest, nil, email)
	event.Detail = string(kind)
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := tx.AddMailRequest(ctx, m); err != nil {
			return err
		}
		return tx.Audit(ctx, event)
	})
	if err != nil {
		return err
	}
	select {
	case s.requested <- struct{}{}:
	default: // the worker has been told already
	}
	return nil
}

// Run turns requests into mails until ctx ends.
func (s *Service) Run(ctx context.Context) {
	poll := time.NewTicker(requestPoll)
	defer poll.Stop()
	for {
		if err := s.AnswerRequests(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("could not answer requests for mails; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		case <-s.requested:
			pause(ctx, rand.N(requestPause))
		}
	}
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// AnswerRequests turns the requests that there are into mails. A request that
// fails does not keep the others waiting.
func (s *Service) AnswerRequests(ctx context.Context) error {
	for {
		requests, err := s.repo.MailRequests(ctx, requestBatch)
		if err != nil || len(requests) == 0 {
			return err
		}
		var failed []error
		for _, r := range requests {
			failed = append(failed, s.answerRequest(ctx, r))
		}
		s.outbox.Wake()
		if err := errors.Join(failed...); err != nil {
			return err
		}
	}
}

func (s *Service) answerRequest(ctx context.Context, r repo.MailRequest) error {
	email, err := s.keys.Open(identity.PurposeOutbox, r.ID.String(), r.Email)
	if err != nil { // it is taken all the same: no later try can read it either
		s.log.Error("a request for a mail cannot be read; dropped", "error", err)
	}
	return s.repo.InTx(ctx, func(tx *repo.Tx) error {
		taken, err := tx.TakeMailRequest(ctx, r.ID)
		if err != nil || !taken || email == "" {
			return err
		}
		user, err := tx.UserByEmail(ctx, email)
		if errors.Is(err, repo.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if MailRequest(r.Kind) == RequestReset {
			return s.addLink(ctx, tx, user.ID, resetMail)
		}
		return s.addVerification(ctx, tx, user.ID)
	})
}

// dropRequests drops the requests for mails to the address that have not been
// answered. Their addresses are encrypted, so that each has to be looked at.
func (s *Service) dropRequests(ctx context.Context, tx *repo.Tx, email string) error {
	requests, err := tx.MailRequests(ctx, maxRequests)
	if err != nil {
		return err
	}
	for _, r := range requests {
		to, err := s.keys.Open(identity.PurposeOutbox, r.ID.String(), r.Email)
		if err != nil || to != email { // one that cannot be read is dropped by answerRequest
			continue
		}
		if _, err := tx.TakeMailRequest(ctx, r.ID); err != nil {
			return err
		}
	}
	return nil
}
