package handlers

import (
	"context"
	"errors"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/openid"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// What comes of a sign-in, for the metrics.
const (
	signedUp = "signed_up"
	linked   = "linked"
	signedIn = "signed_in"
)

// signInTries bounds how often a sign-in looks again for the user whom another
// one has just made.
const signInTries = 5

// signIn opens a session for whom the issuer vouches for, and makes or links the
// account where that is called for. Its errors are errNoAddress,
// errOtherIdentity and problem.ErrSuspended.
func (s *Server) signIn(ctx context.Context, who openid.Identity) (user repo.User, token string, err error) {
	if identity.CheckEmail(who.Email) != nil {
		return user, "", errNoAddress
	}
	who.Email = identity.CanonicalEmail(who.Email)
	var result string
	for range signInTries {
		err = s.Repo.InTx(ctx, func(tx *repo.Tx) (err error) {
			if user, result, err = s.userBehind(ctx, tx, who); err != nil {
				return err
			}
			event := s.event(ctx, repo.AuditLogin, &user.ID, user.Email)
			event.Detail = byGoogle
			if err := tx.Audit(ctx, event); err != nil {
				return err
			}
			token, err = s.openSession(ctx, tx, user, repo.DoorApp)
			return err
		})
		if !errors.Is(err, repo.ErrEmailTaken) && !errors.Is(err, repo.ErrNotFound) {
			break // else somebody has made or deleted the account meanwhile
		}
	}
	if err != nil {
		return user, "", err
	}
	s.Metrics.SignedIn(result)
	return user, token, nil
}

// userBehind returns the user, locked, and whether that is a new one, one that
// was linked now, or one that was linked before.
func (s *Server) userBehind(ctx context.Context, tx *repo.Tx, who openid.Identity) (user repo.User, result string, err error) {
	user, err = tx.UserByProvider(ctx, repo.ProviderGoogle, who.Subject)
	if errors.Is(err, repo.ErrNotFound) {
		user, err = tx.UserByEmail(ctx, who.Email)
	}
	if errors.Is(err, repo.ErrNotFound) {
		user, err = s.addUser(ctx, tx, newUserBehind(tx, who), byGoogle)
		return user, signedUp, err
	}
	if err == nil {
		user, err = tx.LockUser(ctx, user.ID)
	}
	switch {
	case err != nil:
		return user, "", err
	case user.AuthProviderID != nil && *user.AuthProviderID != who.Subject:
		return user, "", &refusedIdentity{errOtherIdentity, who.Email, &user.ID}
	case !user.IsActive:
		return user, "", &refusedIdentity{problem.ErrSuspended, user.Email, &user.ID}
	case user.AuthProviderID == nil:
		return user, linked, s.link(ctx, tx, user, who)
	case who.Picture != nil && (user.AvatarURL == nil || *user.AvatarURL != *who.Picture):
		err = tx.LinkProvider(ctx, user.ID, repo.ProviderGoogle, who.Subject, who.Picture)
	}
	return user, signedIn, err
}

func newUserBehind(tx *repo.Tx, who openid.Identity) repo.NewUser {
	now := tx.Now()
	return repo.NewUser{
		Email: who.Email, Door: repo.DoorApp, FirstName: who.FirstName, LastName: who.LastName, Currency: repo.DefaultCurrency,
		EmailVerifiedAt: &now, AuthProvider: repo.ProviderGoogle, AuthProviderID: &who.Subject, AvatarURL: who.Picture,
	}
}

// link lets the issuer vouch for a user whose address it has verified. Where
// this is the first proof of the address, whoever made the account may be
// somebody else: the password, the sessions and the keys go.
func (s *Server) link(ctx context.Context, tx *repo.Tx, user repo.User, who openid.Identity) error {
	if err := tx.LinkProvider(ctx, user.ID, repo.ProviderGoogle, who.Subject, who.Picture); err != nil {
		return err
	}
	event := s.event(ctx, repo.AuditLink, &user.ID, user.Email)
	event.Detail = byGoogle
	if err := tx.Audit(ctx, event); err != nil || user.EmailVerifiedAt != nil {
		return err
	}
	if err := tx.RemovePassword(ctx, user.ID); err != nil {
		return err
	}
	if err := tx.RevokeAPIKeys(ctx, user.ID); err != nil {
		return err
	}
	return s.prove(ctx, tx, user)
}
