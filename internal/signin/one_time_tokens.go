package signin

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// oneTimeTokens mails one-time tokens and redeems them.
type oneTimeTokens struct {
	repo   *repo.Repo
	keys   *identity.Keyring
	outbox *mail.Outbox
}

// tokenMail is a kind of mail with a one-time token.
type tokenMail struct {
	kind    mail.Kind
	purpose repo.TokenPurpose
	life    time.Duration // of the token
	client  string        // the network that caused the mail
}

// by returns the mail as the caller's network caused it.
func (m tokenMail) by(client string) tokenMail {
	m.client = client
	return m
}

var (
	verificationMail = tokenMail{kind: mail.KindVerification, purpose: repo.VerifyEmail, life: 72 * time.Hour}
	resetMail        = tokenMail{kind: mail.KindReset, purpose: repo.ResetPassword, life: 24 * time.Hour}
	deletionMail     = tokenMail{kind: mail.KindDeletion, purpose: repo.DeleteAccount, life: 24 * time.Hour}
)

// addMail adds a mail with a new one-time token to the transaction, and returns the
// mail's id. The token replaces the older one with its purpose. leased says that
// the caller delivers the mail itself. While another mail of the kind is being sent
// to the user, addMail does nothing and returns a nil id; so it does if the mail is
// held back, and then it returns for how long.
func (t *oneTimeTokens) addMail(
	ctx context.Context, tx *repo.Tx, user repo.User, m tokenMail, leased bool,
) (mailID uuid.UUID, held time.Duration, err error) {
	id, token := identity.NewOneTime()
	letter := mail.Letter{Kind: m.kind, Language: user.Language, Token: token, Hours: int(m.life.Hours())}
	if m.kind == mail.KindVerification {
		letter.Event = signUpEvent(user)
	}
	mailID, addition, err := t.outbox.Add(ctx, tx, mail.Draft{UserID: user.ID, Letter: letter, TokenID: &id, Client: m.client, Leased: leased})
	if err != nil || !addition.Added {
		return uuid.Nil, addition.Held, err
	}
	digest := t.keys.Digest(identity.PurposeOneTime, token)
	row := repo.OneTimeToken{ID: id, UserID: user.ID, Purpose: m.purpose, Digest: digest.Sum, SecretID: digest.KeyID}
	return mailID, 0, tx.CreateOneTimeToken(ctx, row, m.life)
}

// addLink adds a mail with a link to the transaction, unless a mail with a valid
// token for the purpose was sent or is about to be. It returns for how long the mail is
// held back; 0: it is not. Its error is repo.ErrNotFound if there is no such user.
func (t *oneTimeTokens) addLink(ctx context.Context, tx *repo.Tx, userID uuid.UUID, m tokenMail) (held time.Duration, err error) {
	user, err := tx.LockUser(ctx, userID)
	if err != nil {
		return 0, err
	}
	valid, err := tx.OneTimeTokenOf(ctx, user.ID, m.purpose)
	if err != nil && !errors.Is(err, repo.ErrNotFound) {
		return 0, err
	}
	if err == nil {
		if lives, err := tx.MailLives(ctx, user.ID, valid.ID); err != nil || lives {
			return 0, err
		}
	}
	_, held, err = t.addMail(ctx, tx, user, m, false)
	return held, err
}

// mailLink adds a link by addLink in a transaction of its own, and records the event.
// Its errors are repo.ErrNotFound, and problem.ErrMailLimited if the mail is held back:
// then there is no event but that of the outbox.
func (t *oneTimeTokens) mailLink(ctx context.Context, userID uuid.UUID, m tokenMail, event repo.AuditEvent) error {
	var held time.Duration
	err := t.repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		held, err = t.addLink(ctx, tx, userID, m)
		if err != nil || held > 0 {
			return err
		}
		return tx.Audit(ctx, event)
	})
	t.outbox.Wake()
	if err == nil && held > 0 {
		return problem.ErrMailLimited.After(held)
	}
	return err
}

// redeem uses the token up and runs then in the same transaction, with the user
// locked. Whoever sends the token that has proved an address once more is told the
// same as before, as long as the token would have lived, and then does not run. The
// tokens of a suspended user do nothing until the suspension is lifted. A wrong token
// with an existing id counts as a failure and is recorded. Its error is
// problem.ErrToken if the token is invalid.
func (t *oneTimeTokens) redeem(
	ctx context.Context, by By, purpose repo.TokenPurpose, token string, then func(*repo.Tx, repo.User) error,
) error {
	return t.redeemAs(ctx, by, redemption{purpose: purpose, token: token, again: true, then: then})
}

// redeemOnce is redeem, but a token that was used is invalid.
func (t *oneTimeTokens) redeemOnce(
	ctx context.Context, by By, purpose repo.TokenPurpose, token string, then func(*repo.Tx, repo.User) error,
) error {
	return t.redeemAs(ctx, by, redemption{purpose: purpose, token: token, then: then})
}

// redemption is the use of a token.
type redemption struct {
	purpose repo.TokenPurpose
	token   string
	again   bool // a token that was used is valid, and changes nothing
	then    func(*repo.Tx, repo.User) error
}

func (t *oneTimeTokens) redeemAs(ctx context.Context, by By, r redemption) error {
	id, err := identity.ParseOneTime(r.token)
	if err != nil {
		return problem.ErrToken
	}
	matches := false
	err = t.repo.InTx(ctx, func(tx *repo.Tx) error {
		matches = false
		row, err := tx.TryOneTimeToken(ctx, id, r.purpose)
		if errors.Is(err, repo.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if !t.matches(row, r.token) {
			return tx.Audit(ctx, by.Event(repo.AuditTokenFail, &row.UserID))
		}
		user, err := tx.LockUser(ctx, row.UserID)
		if err != nil || !user.IsActive {
			return err
		}
		matches = r.again || !row.Used
		if err := useToken(ctx, tx, row); err != nil || row.Used {
			return err
		}
		return r.then(tx, user)
	})
	if err == nil && !matches {
		return problem.ErrToken
	}
	return err
}

// matches reports whether the token is that of the row.
func (t *oneTimeTokens) matches(row repo.OneTimeToken, token string) bool {
	return t.keys.Matches(identity.PurposeOneTime, identity.Digest{KeyID: row.SecretID, Sum: row.Digest}, token)
}

// useToken uses the token up. A token that proves an address stays known: to follow
// the same link again changes nothing, while other links must not work twice.
func useToken(ctx context.Context, tx *repo.Tx, row repo.OneTimeToken) error {
	if row.Purpose == repo.VerifyEmail {
		return tx.UseOneTimeToken(ctx, row.ID)
	}
	return tx.EndOneTimeTokens(ctx, row.UserID, row.Purpose)
}
