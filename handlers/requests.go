package handlers

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

// Kinds of mail requests.
const (
	requestVerification = string(mail.KindVerification)
	requestReset        = string(mail.KindReset)
)

const (
	// verificationPause is how long after one verification mail the next may
	// follow.
	verificationPause = time.Minute

	requestPoll  = time.Second // for requests that other processes took and left
	requestBatch = 32
	maxRequests  = 1 << 20 // that are looked at when an address is to be forgotten

	// requestPause is how long a request waits at most. What a mail to a known
	// address costs is then not paid by the very next call, whose time would tell.
	requestPause = 500 * time.Millisecond
)

// requestMail records that a mail was asked for. Whether the address belongs to
// anybody is looked up later, so that neither the time nor what is written here
// tells.
func (s *Server) requestMail(ctx context.Context, kind, email string) error {
	email = identity.CanonicalEmail(email)
	m := repo.MailRequest{ID: uuid.New(), Kind: kind}
	m.Email = s.Keys.Seal(identity.PurposeOutbox, m.ID.String(), email)
	event := s.event(ctx, repo.AuditMailRequest, nil, email)
	event.Detail = kind
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error {
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

// answerRequests turns requests into mails until ctx ends.
func (s *Server) answerRequests(ctx context.Context) {
	poll := time.NewTicker(requestPoll)
	defer poll.Stop()
	for {
		if err := s.answerPending(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("could not answer requests for mails; trying again", "error", err)
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

// answerPending turns the requests that there are into mails. One that cannot be
// answered does not keep the others waiting.
func (s *Server) answerPending(ctx context.Context) error {
	for {
		requests, err := s.Repo.MailRequests(ctx, requestBatch)
		if err != nil || len(requests) == 0 {
			return err
		}
		var failed []error
		for _, r := range requests {
			failed = append(failed, s.answerRequest(ctx, r))
		}
		s.Outbox.Wake()
		if err := errors.Join(failed...); err != nil {
			return err
		}
	}
}

func (s *Server) answerRequest(ctx context.Context, r repo.MailRequest) error {
	email, err := s.Keys.Open(identity.PurposeOutbox, r.ID.String(), r.Email)
	if err != nil { // it is taken all the same: no later try can read it either
		s.Log.Error("a request for a mail cannot be read; dropped", "error", err)
	}
	return s.Repo.InTx(ctx, func(tx *repo.Tx) error {
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
		if r.Kind == requestReset {
			return s.addReset(ctx, tx, user.ID)
		}
		return s.addVerification(ctx, tx, user.ID)
	})
}

// addVerification adds a verification mail to the transaction, unless the
// address is proved already or such a mail went to it within the last minute.
func (s *Server) addVerification(ctx context.Context, tx *repo.Tx, userID uuid.UUID) error {
	user, err := tx.LockUser(ctx, userID)
	if err != nil || user.EmailVerifiedAt != nil {
		return err
	}
	recent, err := tx.MailSince(ctx, user.ID, string(mail.KindVerification), tx.Now().Add(-verificationPause))
	if err != nil || recent {
		return err
	}
	_, _, err = s.addVerificationMail(ctx, tx, user, false)
	return err
}

// mailVerification sends a fresh verification mail as addVerification does.
func (s *Server) mailVerification(ctx context.Context, userID uuid.UUID) error {
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error { return s.addVerification(ctx, tx, userID) })
	s.Outbox.Wake()
	return err
}

func (s *Server) addVerificationMail(ctx context.Context, tx *repo.Tx, user repo.User, lease bool) (uuid.UUID, bool, error) {
	return s.addTokenMail(ctx, tx, user, mail.KindVerification, repo.VerifyEmail, verificationLife, lease)
}

// addReset adds a reset mail to the transaction, unless the user has a live
// link or will get one.
func (s *Server) addReset(ctx context.Context, tx *repo.Tx, userID uuid.UUID) error {
	return s.addLink(ctx, tx, userID, mail.KindReset, repo.ResetPassword, resetLife)
}

// addLink adds a mail with a link to the transaction, unless the user has a live
// one for the purpose or will get one.
func (s *Server) addLink(
	ctx context.Context, tx *repo.Tx, userID uuid.UUID, kind mail.Kind, purpose repo.TokenPurpose, life time.Duration,
) error {
	user, err := tx.LockUser(ctx, userID)
	if err != nil {
		return err
	}
	live, err := tx.OneTimeTokenOf(ctx, user.ID, purpose)
	if err != nil && !errors.Is(err, repo.ErrNotFound) {
		return err
	}
	if err == nil {
		if lives, err := tx.MailLives(ctx, user.ID, live.ID); err != nil || lives {
			return err
		}
	}
	_, _, err = s.addTokenMail(ctx, tx, user, kind, purpose, life, false)
	return err
}
