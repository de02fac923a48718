package signin

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/openid"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// Reasons to reject an identity, beside problem.ErrSuspended.
var (
	ErrNoAddress     = errors.New("the issuer gave no address that can be used")
	ErrOtherIdentity = errors.New("the account is linked to another identity")
)

// RejectedIdentity is the error of an identity that the issuer confirmed and the
// server rejected.
type RejectedIdentity struct {
	Reason error      // ErrOtherIdentity or problem.ErrSuspended
	Email  string     // of the account
	UserID *uuid.UUID // nil: there is no such user
}

// Error returns the reason.
func (r *RejectedIdentity) Error() string { return r.Reason.Error() }

// Unwrap returns the reason.
func (r *RejectedIdentity) Unwrap() error { return r.Reason }

// Result is the outcome of a successful sign-in by an issuer.
type Result string

// The values of Result.
const (
	SignedUp Result = "signed_up"
	Linked   Result = "linked"
	SignedIn Result = "signed_in"
)

// ByGoogle is the detail of audit events of sign-ins without a password.
const ByGoogle = "by Google"

// signInTries bounds how often a sign-in retries because a concurrent call created
// or deleted the user.
const signInTries = 5

// issuerLogins signs in users whom an issuer has identified.
type issuerLogins struct {
	repo          *repo.Repo
	audit         auditLog
	notices       notices
	sessions      *sessions
	registrations *registrations
	verifications *verifications
}

// SignIn opens a session for the user with the external identity. If there is no
// such user yet, it creates the account or links an existing one. Its errors are
// ErrNoAddress, and *RejectedIdentity with ErrOtherIdentity or
// problem.ErrSuspended.
func (l *issuerLogins) SignIn(
	ctx context.Context, by By, external openid.Identity, device string,
) (session Session, result Result, err error) {
	if identity.CheckEmail(external.Email) != nil {
		return session, "", ErrNoAddress
	}
	for range signInTries {
		err = l.repo.InTx(ctx, func(tx *repo.Tx) error {
			var user repo.User
			if user, result, err = l.resolveUser(ctx, tx, by, external); err != nil {
				return err
			}
			event := l.audit.emailEvent(by, repo.AuditLogin, &user.ID, user.Email)
			event.Detail = ByGoogle
			if err := tx.Audit(ctx, event); err != nil {
				return err
			}
			session, err = l.sessions.OpenSession(ctx, tx, by, NewSession{
				User: user, Door: repo.DoorApp, Device: device, Told: result == Linked,
			})
			return err
		})
		if !errors.Is(err, repo.ErrEmailTaken) && !errors.Is(err, repo.ErrNotFound) {
			break // otherwise a concurrent call created or deleted the account
		}
	}
	if err != nil {
		return Session{}, "", err
	}
	return session, result, nil
}

// resolveUser returns the user with the external identity, locked, and whether the
// user is new, was linked by this call or was linked before.
func (l *issuerLogins) resolveUser(
	ctx context.Context, tx *repo.Tx, by By, external openid.Identity,
) (user repo.User, result Result, err error) {
	email := identity.CanonicalEmail(external.Email)
	user, err = tx.UserByProvider(ctx, identityOf(external))
	if errors.Is(err, repo.ErrNotFound) {
		user, err = tx.UserByEmail(ctx, email)
	}
	if errors.Is(err, repo.ErrNotFound) {
		user, err = l.registrations.addUser(ctx, tx, by, newIdentifiedUser(tx, external), ByGoogle)
		return user, SignedUp, err
	}
	if err == nil {
		user, err = tx.LockUser(ctx, user.ID)
	}
	switch {
	case err != nil:
		return user, "", err
	case user.AuthProviderID != nil && sameIssuer(user, external) && *user.AuthProviderID != external.Subject:
		return user, "", &RejectedIdentity{Reason: ErrOtherIdentity, Email: email, UserID: &user.ID}
	case !user.IsActive:
		return user, "", &RejectedIdentity{Reason: problem.ErrSuspended, Email: user.Email, UserID: &user.ID}
	case user.AuthProviderID == nil, !sameIssuer(user, external):
		return user, Linked, l.linkIdentity(ctx, tx, by, user, external)
	case external.Picture != nil && (user.AvatarURL == nil || *user.AvatarURL != *external.Picture):
		err = tx.LinkProvider(ctx, user.ID, identityOf(external), external.Picture)
	}
	return user, SignedIn, err
}

// identityOf returns how the issuer knows the person.
func identityOf(external openid.Identity) repo.ProviderIdentity {
	return repo.ProviderIdentity{Provider: repo.ProviderGoogle, Issuer: external.Issuer, ID: external.Subject}
}

// sameIssuer reports whether the issuer identified the user before. If the operator
// has chosen another one since, its first sign-in with the verified address replaces
// the identity of the old one, which nobody can use any more.
func sameIssuer(user repo.User, external openid.Identity) bool {
	return user.AuthIssuer != nil && *user.AuthIssuer == external.Issuer
}

func newIdentifiedUser(tx *repo.Tx, external openid.Identity) repo.NewUser {
	now := tx.Now()
	return repo.NewUser{
		Email: identity.CanonicalEmail(external.Email), DisplayEmail: identity.DisplayEmail(external.Email),
		Door: repo.DoorApp, FirstName: external.FirstName, LastName: external.LastName,
		Currency: repo.DefaultCurrency, EmailVerifiedAt: &now, AuthProvider: repo.ProviderGoogle, AuthProviderID: &external.Subject,
		AuthIssuer: &external.Issuer, AvatarURL: external.Picture,
	}
}

// linkIdentity links the external identity to a user with the same address, which
// the issuer has verified, and tells the user by mail. Whoever signed up may be an
// impostor, also if the address is verified: a click in a mail proves the address, not
// whose sign-up it was. So all sessions and device marks end, and the password goes,
// with the API keys that were made under it, unless it was chosen by a link in a mail
// to the address.
func (l *issuerLogins) linkIdentity(ctx context.Context, tx *repo.Tx, by By, user repo.User, external openid.Identity) error {
	if err := tx.LinkProvider(ctx, user.ID, identityOf(external), external.Picture); err != nil {
		return err
	}
	event := l.audit.emailEvent(by, repo.AuditLink, &user.ID, user.Email)
	event.Detail = ByGoogle
	if user.AuthIssuer != nil {
		event.Detail += ", in place of " + *user.AuthIssuer
	}
	if err := tx.Audit(ctx, event); err != nil {
		return err
	}
	if user.EmailVerifiedAt == nil {
		if err := l.verifications.markVerified(ctx, tx, by, user); err != nil {
			return err
		}
	}
	letter, err := l.lockOutImpostor(ctx, tx, user)
	if err != nil {
		return err
	}
	return l.notices.tell(ctx, tx, by, user, letter)
}

// lockOutImpostor ends what somebody else may have who signed up with the address, and
// returns the letter that says so.
func (l *issuerLogins) lockOutImpostor(ctx context.Context, tx *repo.Tx, user repo.User) (letter mail.Letter, err error) {
	letter.Kind = mail.KindLinked
	if user.PasswordResetAt == nil || user.EmailVerifiedAt == nil {
		letter.Removed = user.PasswordHash != nil
		if err := tx.RemovePassword(ctx, user.ID); err != nil {
			return letter, err
		}
		letter.Revoked, err = tx.RevokeAPIKeys(ctx, user.ID)
		return letter, err
	}
	if err := tx.ForgetBrowsers(ctx, user.ID); err != nil {
		return letter, err
	}
	keys, err := tx.APIKeys(ctx, user.ID, tx.Now())
	letter.Keys = int64(len(keys))
	return letter, err
}

// RecordRejection records a sign-in that failed with err. reason is for the audit
// event. It returns the error of the database, if any.
func (l *issuerLogins) RecordRejection(ctx context.Context, by By, err, reason error) error {
	event := by.Event(repo.AuditLoginFail, nil)
	if rejected, ok := errors.AsType[*RejectedIdentity](err); ok {
		event = l.audit.emailEvent(by, repo.AuditLoginFail, rejected.UserID, rejected.Email)
	}
	event.Detail = ByGoogle + ": " + reason.Error()
	return l.audit.Audit(ctx, event)
}
