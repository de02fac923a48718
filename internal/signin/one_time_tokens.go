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
}

var (
	verificationMail = tokenMail{kind: mail.KindVerification, purpose: repo.VerifyEmail, life: 72 * time.Hour}
	resetMail        = tokenMail{kind: mail.KindReset, purpose: repo.ResetPassword, life: 24 * time.Hour}
	deletionMail     = tokenMail{kind: mail.KindDeletion, purpose: repo.DeleteAccount, life: 24 * time.Hour}
)

// addMail adds a mail with a new one-time token to the transaction, and returns the
// mail's id. The token replaces the older one with its purpose. leased says that
// the caller delivers the mail itself. While another mail of the kind is being sent
// to the user, addMail does nothing and returns a nil id.
func (t *oneTimeTokens) addMail(ctx context.Context, tx *repo.Tx, user repo.User, m tokenMail, leased bool) (mailID uuid.UUID, err error) {
	id, token := identity.NewOneTime()
	letter := mail.Letter{Kind: m.kind, Language: user.Language, Token: token, Hours: int(m.life.Hours())}
	if m.kind == mail.KindVerification {
		letter.Event = signUpEvent(user)
	}
	mailID, added, err := t.outbox.Add(ctx, tx, mail.Draft{UserID: user.ID, Letter: letter, TokenID: &id, Leased: leased})
	if err != nil || !added {
		return uuid.Nil, err
	}
	digest := t.keys.Digest(identity.PurposeOneTime, token)
	row := repo.OneTimeToken{ID: id, UserID: user.ID, Purpose: m.purpose, Digest: digest.Sum, SecretID: digest.KeyID}
	return mailID, tx.CreateOneTimeToken(ctx, row, m.life)
}

// addLink adds a mail with a link to the transaction, unless a mail with a valid
// token for the purpose was sent or is about to be. Its error is repo.ErrNotFound
// if there is no such user.
func (t *oneTimeTokens) addLink(ctx context.Context, tx *repo.Tx, userID uuid.UUID, m tokenMail) error {
	user, err := tx.LockUser(ctx, userID)
	if err != nil {
		return err
	}
	valid, err := tx.OneTimeTokenOf(ctx, user.ID, m.purpose)
	if err != nil && !errors.Is(err, repo.ErrNotFound) {
		return err
	}
	if err == nil {
		if lives, err := tx.MailLives(ctx, user.ID, valid.ID); err != nil || lives {
			return err
		}
	}
	_, err = t.addMail(ctx, tx, user, m, false)
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
		if !t.keys.Matches(identity.PurposeOneTime, identity.Digest{KeyID: row.SecretID, Sum: row.Digest}, r.token) {
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

// useToken uses the token up. A token that proves an address stays known: to follow
// the same link again changes nothing, while other links must not work twice.
func useToken(ctx context.Context, tx *repo.Tx, row repo.OneTimeToken) error {
	if row.Purpose == repo.VerifyEmail {
		return tx.UseOneTimeToken(ctx, row.ID)
	}
	return tx.EndOneTimeTokens(ctx, row.UserID, row.Purpose)
}
