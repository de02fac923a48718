package mail

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

// Caps are the largest numbers of mails that a mailbox gets, over all kinds of mails,
// accounts and clients. 0: there is none.
type Caps struct {
	Hour int // within any hour
	Day  int // within any 24 hours
}

// heldPause is the least time between two audit events about mails to a mailbox that
// were held back.
const heldPause = time.Hour

// requested are the kinds of mails that anybody can cause who knows an address. The
// others are notices.
var requested = []Kind{KindVerification, KindWelcome, KindReset, KindDeletion}

// optional are the notices that a user can switch off. Whoever has a stolen password or
// session can cause many of them.
var optional = []Kind{KindKeyMade, KindKeyRotated, KindKeyRevoked, KindKeysRevoked, KindNewDevice, KindLocked}

// keptForRequests is how many of the mails that a cap allows are kept for the requested
// kinds: notices must not keep the owner from getting a link for a new password.
const keptForRequests = 2

// isNotice reports whether mails of the kind report an event. None replaces another.
func (k Kind) isNotice() bool { return !slices.Contains(requested, k) && k != KindLocked }

// left returns what the caps leave for the kind. The notices that nobody can switch off
// count, too, but are never held back: they report what has been done to an account, and
// whoever does that has proved more. An address that nobody has proved to be his gets no
// more of them than of the others, because whoever signed up with it may be a stranger.
func (c Caps) left(kind Kind, proved bool) Caps {
	switch {
	case slices.Contains(requested, kind):
		return c
	case slices.Contains(optional, kind) || !proved:
		return Caps{Hour: notices(c.Hour), Day: notices(c.Day)}
	}
	return Caps{}
}

// notices returns how many notices a cap leaves; 0: there is no cap.
func notices(most int) int {
	if most == 0 {
		return 0
	}
	return max(1, most-keptForRequests)
}

// mailboxes returns the digests of the address under each secret, the current one
// first.
func (o *Outbox) mailboxes(email string) (digests []string) {
	for _, digest := range o.Keys.Digests(identity.PurposeMailbox, email) {
		digests = append(digests, digest.Sum)
	}
	return digests
}

// hold returns how long the mail is held back, because the mailbox of the user has got
// so many, and then records that once an hour; 0: it is not. hold also returns the
// current digest of the mailbox, whose counts stay locked until the transaction ends.
func (o *Outbox) hold(ctx context.Context, tx *repo.Tx, d Draft) (mailbox string, held time.Duration, err error) {
	user, err := o.addressee(ctx, tx, d)
	if err != nil {
		return "", 0, err
	}
	digests := o.mailboxes(user.Email)
	if err := tx.LockMailbox(ctx, digests[0]); err != nil {
		return "", 0, err
	}
	caps := o.Caps.left(d.Letter.Kind, user.EmailVerifiedAt != nil)
	if caps == (Caps{}) {
		return digests[0], 0, nil
	}
	var got []time.Time
	for _, digest := range digests {
		counted, err := tx.MailsTo(ctx, digest, tx.Now().Add(-repo.MailboxMemory), user.ID, string(d.Letter.Kind))
		if err != nil {
			return "", 0, err
		}
		got = append(got, counted...)
	}
	if held = caps.wait(got, tx.Now()); held > 0 {
		err = o.recordHeld(ctx, tx, user, digests[0], d.Letter.Kind)
	}
	return digests[0], held, err
}

// wait returns how long a mailbox gets no mail at the time now, if it got mails at the
// given times.
func (c Caps) wait(got []time.Time, now time.Time) (wait time.Duration) {
	slices.SortFunc(got, func(a, b time.Time) int { return b.Compare(a) })
	for _, limit := range []struct {
		most   int
		window time.Duration
	}{{c.Hour, time.Hour}, {c.Day, repo.MailboxMemory}} {
		if limit.most > 0 && len(got) >= limit.most {
			wait = max(wait, got[limit.most-1].Add(limit.window).Sub(now))
		}
	}
	return wait
}

// addressee returns the user who gets the mail. Of one who was deleted it knows the
// address.
func (o *Outbox) addressee(ctx context.Context, tx *repo.Tx, d Draft) (repo.User, error) {
	if to := d.Letter.To; to != "" {
		return repo.User{Email: to, EmailVerifiedAt: d.Verified}, nil
	}
	return tx.UserByID(ctx, d.UserID)
}

// recordHeld records that a mail was held back, unless that was recorded within the
// hour. Nothing is recorded about a user who was deleted.
func (o *Outbox) recordHeld(ctx context.Context, tx *repo.Tx, user repo.User, mailbox string, kind Kind) error {
	if user.ID == uuid.Nil {
		return nil
	}
	first, err := tx.NoteHeldMail(ctx, mailbox, heldPause)
	if err != nil || !first {
		return err
	}
	return tx.Audit(ctx, repo.AuditEvent{
		Kind: repo.AuditMailHold, Actor: repo.ActorAnonymous, UserID: &user.ID, Subject: o.Keys.Pseudonym(user.Email),
		Detail: fmt.Sprintf("%s; the mailbox gets %d mails an hour and %d a day", kind, o.Caps.Hour, o.Caps.Day),
	})
}

// SentSince reports whether a mail of the kind has been sent to the user, or to an
// earlier user of the mailbox, since the given time, or is being sent.
func (o *Outbox) SentSince(ctx context.Context, tx *repo.Tx, user repo.User, kind Kind, since time.Time) (bool, error) {
	sent, err := tx.MailSince(ctx, user.ID, string(kind), since)
	for _, digest := range o.mailboxes(user.Email) {
		if err != nil || sent {
			break
		}
		sent, err = tx.MailboxGot(ctx, digest, string(kind), since)
	}
	return sent, err
}
