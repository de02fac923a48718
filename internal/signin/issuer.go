package signin

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/openid"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// Reasons for which an identity is not signed in, beside problem.ErrSuspended.
var (
	ErrNoAddress     = errors.New("the issuer gave no address that can be used")
	ErrOtherIdentity = errors.New("the account is linked to another identity")
)

// RejectedIdentity is the rejection of somebody whom the issuer identified.
type RejectedIdentity struct {
	Reason error      // ErrOtherIdentity or problem.ErrSuspended
	Email  string     // of the account
	UserID *uuid.UUID // nil: not known here
}

// Error returns the reason.
func (r *RejectedIdentity) Error() string { return r.Reason.Error() }

// Unwrap returns the reason.
func (r *RejectedIdentity) Unwrap() error { return r.Reason }

// Result says what a sign-in by an issuer came to.
type Result string

// The values of Result.
const (
	SignedUp Result = "signed_up"
	Linked   Result = "linked"
	SignedIn Result = "signed_in"
)

// ByGoogle is how audit events say that a password was not asked for.
const ByGoogle = "by Google"

// signInTries bounds how often a sign-in looks again for the user whom another
// sign-in has just made.
const signInTries = 5

// SignIn opens a session for the user whom the issuer identified, and makes or
// links the account if there is none yet. Its errors are ErrNoAddress, and
// *RejectedIdentity with ErrOtherIdentity or problem.ErrSuspended.
func (s *Service) SignIn(ctx context.Context, by By, who openid.Identity) (session Session, result Result, err error) {
	if identity.CheckEmail(who.Email) != nil {
		return session, "", ErrNoAddress
	}
	who.Email = identity.CanonicalEmail(who.Email)
	for range signInTries {
		err = s.repo.InTx(ctx, func(tx *repo.Tx) error {
			var user repo.User
			if user, result, err = s.userBehind(ctx, tx, by, who); err != nil {
				return err
			}
			event := s.event(by, repo.AuditLogin, &user.ID, user.Email)
			event.Detail = ByGoogle
			if err := tx.Audit(ctx, event); err != nil {
				return err
			}
			session, err = s.OpenSession(ctx, tx, by, user, repo.DoorApp)
			return err
		})
		if !errors.Is(err, repo.ErrEmailTaken) && !errors.Is(err, repo.ErrNotFound) {
			break // else somebody has made or deleted the account meanwhile
		}
	}
	if err != nil {
		return Session{}, "", err
	}
	return session, result, nil
}

// userBehind returns the user, locked, and whether that is a new one, one that was
// linked now, or one that was linked before.
func (s *Service) userBehind(ctx context.Context, tx *repo.Tx, by By, who openid.Identity) (user repo.User, result Result, err error) {
	user, err = tx.UserByProvider(ctx, repo.ProviderGoogle, who.Subject)
	if errors.Is(err, repo.ErrNotFound) {
		user, err = tx.UserByEmail(ctx, who.Email)
	}
	if errors.Is(err, repo.ErrNotFound) {
		user, err = s.addUser(ctx, tx, by, newUserBehind(tx, who), ByGoogle)
		return user, SignedUp, err
	}
	if err == nil {
		user, err = tx.LockUser(ctx, user.ID)
	}
	switch {
	case err != nil:
		return user, "", err
	case user.AuthProviderID != nil && *user.AuthProviderID != who.Subject:
		return user, "", &RejectedIdentity{Reason: ErrOtherIdentity, Email: who.Email, UserID: &user.ID}
	case !user.IsActive:
		return user, "", &RejectedIdentity{Reason: problem.ErrSuspended, Email: user.Email, UserID: &user.ID}
	case user.AuthProviderID == nil:
		return user, Linked, s.link(ctx, tx, by, user, who)
	case who.Picture != nil && (user.AvatarURL == nil || *user.AvatarURL != *who.Picture):
		err = tx.LinkProvider(ctx, user.ID, repo.ProviderGoogle, who.Subject, who.Picture)
	}
	return user, SignedIn, err
}

func newUserBehind(tx *repo.Tx, who openid.Identity) repo.NewUser {
	now := tx.Now()
	return repo.NewUser{
		Email: who.Email, Door: repo.DoorApp, FirstName: who.FirstName, LastName: who.LastName, Currency: repo.DefaultCurrency,
		EmailVerifiedAt: &now, AuthProvider: repo.ProviderGoogle, AuthProviderID: &who.Subject, AvatarURL: who.Picture,
	}
}

// link lets the issuer identify a user whose address it has verified. If this is
// the first proof of the address, somebody else may have made the account: its
// password, sessions and keys go.
func (s *Service) link(ctx context.Context, tx *repo.Tx, by By, user repo.User, who openid.Identity) error {
	if err := tx.LinkProvider(ctx, user.ID, repo.ProviderGoogle, who.Subject, who.Picture); err != nil {
		return err
	}
	event := s.event(by, repo.AuditLink, &user.ID, user.Email)
	event.Detail = ByGoogle
	if err := tx.Audit(ctx, event); err != nil || user.EmailVerifiedAt != nil {
		return err
	}
	if err := tx.RemovePassword(ctx, user.ID); err != nil {
		return err
	}
	if err := tx.RevokeAPIKeys(ctx, user.ID); err != nil {
		return err
	}
	return s.markVerified(ctx, tx, by, user)
}

// RecordRejection records a sign-in that the reason ended.
func (s *Service) RecordRejection(ctx context.Context, by By, err, reason error) error {
	event := by.Event(repo.AuditLoginFail, nil)
	if rejected, ok := errors.AsType[*RejectedIdentity](err); ok {
		event = s.event(by, repo.AuditLoginFail, rejected.UserID, rejected.Email)
	}
	event.Detail = ByGoogle + ": " + reason.Error()
	return s.Audit(ctx, event)
}
