package handlers

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// Lives of the tokens in mails.
const (
	verificationLife = 72 * time.Hour
	resetLife        = 24 * time.Hour
	deletionLife     = 24 * time.Hour
)

// addTokenMail adds a letter with a fresh one-time token to the transaction.
// The token ends the older one of its purpose. While a mail of the kind is
// being sent to the user nothing happens, and added is false.
func (s *Server) addTokenMail(
	ctx context.Context, tx *repo.Tx, user repo.User, kind mail.Kind, purpose repo.TokenPurpose, life time.Duration, lease bool,
) (mailID uuid.UUID, added bool, err error) {
	id, token := identity.NewOneTime()
	l := mail.Letter{Kind: kind, Language: user.Language, Token: token, Hours: int(life.Hours())}
	mailID, added, err = s.Outbox.Add(ctx, tx, mail.Draft{UserID: user.ID, Letter: l, TokenID: &id, Leased: lease})
	if err != nil || !added {
		return mailID, added, err
	}
	digest := s.Keys.Digest(identity.PurposeOneTime, token)
	row := repo.OneTimeToken{ID: id, UserID: user.ID, Purpose: purpose, Digest: digest.Sum, SecretID: digest.KeyID}
	return mailID, true, tx.CreateOneTimeToken(ctx, row, life)
}

// spend uses the token once: what it is good for, then does in the same
// transaction, with the user locked. A try with a token that exists and is
// not quite this one is counted, and recorded. Its error is problem.ErrToken where the
// token is not good.
func (s *Server) spend(ctx context.Context, purpose repo.TokenPurpose, token string, then func(*repo.Tx, repo.User) error) error {
	id, err := identity.ParseOneTime(token)
	if err != nil {
		return problem.ErrToken
	}
	right := false
	err = s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		right = false
		row, err := tx.TryOneTimeToken(ctx, id, purpose)
		if errors.Is(err, repo.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if !s.Keys.Matches(identity.PurposeOneTime, identity.Digest{KeyID: row.SecretID, Sum: row.Digest}, token) {
			return tx.Audit(ctx, s.event(ctx, repo.AuditTokenFail, &row.UserID, ""))
		}
		right = true
		user, err := tx.LockUser(ctx, row.UserID)
		if err != nil {
			return err
		}
		if err := tx.EndOneTimeTokens(ctx, user.ID, purpose); err != nil {
			return err
		}
		return then(tx, user)
	})
	if err == nil && !right {
		return problem.ErrToken
	}
	return err
}

// prove records that the user's address was proved, and drops what was under
// way to prove it.
func (s *Server) prove(ctx context.Context, tx *repo.Tx, user repo.User) error {
	if err := tx.SetVerified(ctx, user.ID); err != nil {
		return err
	}
	if err := tx.EndOneTimeTokens(ctx, user.ID, repo.VerifyEmail); err != nil {
		return err
	}
	if err := tx.CancelMail(ctx, user.ID, string(mail.KindVerification)); err != nil {
		return err
	}
	return tx.Audit(ctx, s.event(ctx, repo.AuditVerify, &user.ID, user.Email))
}

// pageURL returns the address of a page that a mail's link leads to.
func (s *Server) pageURL(path, token string) string { return s.frontendURL(path, "token", token) }

// frontendURL returns the address of a page of the frontend, with a parameter.
func (s *Server) frontendURL(path, name, value string) string {
	return s.FrontendURL.JoinPath(path).String() + "?" + url.Values{name: {value}}.Encode()
}
