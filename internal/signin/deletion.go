package signin

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// deletions deletes users.
type deletions struct {
	repo     *repo.Repo
	keys     *identity.Keyring
	outbox   *mail.Outbox
	attempts *attempts
	notices  notices
	oneTime  *oneTimeTokens
	requests *mailRequests
}

// MailDeletion sends the user a link that deletes the account. Its errors are
// problem.ErrUnauthorized if the user was deleted, and problem.ErrMailLimited.
func (d *deletions) MailDeletion(ctx context.Context, by By, userID uuid.UUID) error {
	return callerDeleted(d.oneTime.mailLink(ctx, userID, deletionMail.by(by.network()), by.Event(repo.AuditDeleteMail, &userID)))
}

// ConfirmDeletion redeems the token of a deletion mail and deletes the user. Its
// error is problem.ErrToken.
func (d *deletions) ConfirmDeletion(ctx context.Context, by By, token string) error {
	return d.oneTime.redeem(ctx, by, repo.DeleteAccount, token, func(tx *repo.Tx, user repo.User) error {
		return d.eraseByOwner(ctx, tx, by, user)
	})
}

// DeleteByPassword deletes the user if the password is right. A wrong password
// counts as a failed log-in. device is the mark of the caller's browser, or "". Its
// errors are those of LogIn, and problem.ErrUnauthorized if the user was deleted
// during the call.
func (d *deletions) DeleteByPassword(ctx context.Context, by By, user repo.User, password, device string) error {
	a := attempt{by: by, email: user.Email, device: device, owner: user.ID}
	return d.attempts.try(ctx, a, func(a *attempt) error {
		return untilHashStays(func() error { return d.deleteOnce(ctx, a, password) })
	})
}

// deleteOnce deletes the attempt's owner if the password is right. Its error is
// errHashChanged if the password's hash has changed since the check.
func (d *deletions) deleteOnce(ctx context.Context, a *attempt, password string) error {
	user, err := d.repo.UserByID(ctx, a.owner)
	if err != nil {
		return callerDeleted(err)
	}
	stored, _, err := d.attempts.verify(ctx, a, user, password)
	if err != nil {
		return err
	}
	err = d.repo.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.LockUser(ctx, a.owner)
		if err != nil {
			return callerDeleted(err)
		}
		if !hasHash(user, stored) {
			return errHashChanged
		}
		return d.eraseByOwner(ctx, tx, a.by, user)
	})
	a.settled = err == nil
	return err
}

// Delete deletes another user on behalf of an administrator. Its error is
// problem.ErrUserNotFound.
func (d *deletions) Delete(ctx context.Context, by By, userID uuid.UUID) error {
	err := d.repo.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.LockUser(ctx, userID)
		if err != nil {
			return err
		}
		if err := d.erase(ctx, tx, user, by.Event(repo.AuditDelete, &user.ID)); err != nil {
			return err
		}
		return d.tell(ctx, tx, by, user)
	})
	return problem.IfNotFound(err, problem.ErrUserNotFound)
}

// eraseAtOnce is the largest number of users that DeleteUnproved deletes.
const eraseAtOnce = 1000

// DeleteUnproved deletes users of the API door who signed up before the given time and
// have not verified their address, each in a transaction of its own, and returns how
// many. It returns the error of the database, if any.
func (d *deletions) DeleteUnproved(ctx context.Context, before time.Time) (deleted int, err error) {
	users, err := d.repo.UnprovedUsers(ctx, before, eraseAtOnce)
	for i := 0; i < len(users) && err == nil; i++ {
		done := 0
		err = d.repo.InTx(ctx, func(tx *repo.Tx) error {
			done = 0
			user, err := tx.LockUser(ctx, users[i].ID)
			if err != nil || !user.MustVerify() { // somebody was faster
				return problem.IfNotFound(err, nil)
			}
			done = 1
			event := Operator().Event(repo.AuditDelete, &user.ID)
			event.Detail = "the address was not verified"
			return d.erase(ctx, tx, user, event)
		})
		if err == nil {
			deleted += done
		}
	}
	return deleted, err
}

// eraseByOwner erases a user on the user's own behalf. The audit event has the id
// of the user, but not the address of the client.
func (d *deletions) eraseByOwner(ctx context.Context, tx *repo.Tx, by By, user repo.User) error {
	event := by.Event(repo.AuditDelete, &user.ID)
	event.Actor, event.Address = user.ID.String(), ""
	if err := d.erase(ctx, tx, user, event); err != nil {
		return err
	}
	return d.tell(ctx, tx, by, user)
}

// tell tells a user who has just been erased. The mail keeps the address, encrypted,
// until it is sent or given up.
func (d *deletions) tell(ctx context.Context, tx *repo.Tx, by By, user repo.User) error {
	return d.notices.tell(ctx, tx, by, user, mail.Letter{Kind: mail.KindDeleted, To: user.Email, ByOther: !by.isFromUser(user.ID)})
}

// erase deletes the user, who must be locked, with all data about the e-mail
// address, and records the event.
func (d *deletions) erase(ctx context.Context, tx *repo.Tx, user repo.User, event repo.AuditEvent) error {
	if err := d.requests.drop(ctx, tx, user.Email); err != nil {
		return err
	}
	var pseudonyms []string
	for _, spelling := range identity.EmailSpellings(user.Email) {
		pseudonyms = append(pseudonyms, d.keys.Pseudonyms(spelling)...)
	}
	if err := tx.EraseUser(ctx, user.ID, pseudonyms); err != nil {
		return fmt.Errorf("erase user: %w", err)
	}
	return tx.Audit(ctx, event)
}
