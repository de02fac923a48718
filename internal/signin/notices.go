package signin

import (
	"context"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/repo"
)

// notices tells users by mail what was done to their accounts.
type notices struct{ outbox *mail.Outbox }

// tell adds a notice to the transaction, unless the user has switched off those of its
// kind. Its error is that of the database, if any.
func (n notices) tell(ctx context.Context, tx *repo.Tx, by By, user repo.User, letter mail.Letter) error {
	return n.add(ctx, tx, by, user, mail.Draft{Letter: letter})
}

// devicePause is the least time between two notices of log-ins from one address with one
// program, which has no mark if it keeps no cookies.
const devicePause = time.Hour

// tellDevice adds a notice of a log-in from a browser that has no mark.
func (n notices) tellDevice(ctx context.Context, tx *repo.Tx, by By, user repo.User) error {
	draft := mail.Draft{Letter: mail.Letter{Kind: mail.KindNewDevice}}
	draft.About = n.outbox.Keys.Digest(identity.PurposeNotice, by.Address+" "+by.UserAgent).Sum
	told, err := tx.MailAbout(ctx, user.ID, string(mail.KindNewDevice), draft.About, tx.Now().Add(-devicePause))
	if err != nil || told {
		return err
	}
	return n.add(ctx, tx, by, user, draft)
}

// add adds the notice of the draft to the transaction, unless the user has switched off
// those of its kind.
func (n notices) add(ctx context.Context, tx *repo.Tx, by By, user repo.User, draft mail.Draft) error {
	if !wants(user, draft.Letter.Kind) {
		return nil
	}
	draft.UserID, draft.Verified, draft.Client = user.ID, user.EmailVerifiedAt, by.network()
	draft.Letter.Language, draft.Letter.Event = user.Language, eventOf(tx, by, user)
	_, _, err := n.outbox.Add(ctx, tx, draft)
	return err
}

// wants reports whether the user wants notices of the kind.
func wants(user repo.User, kind mail.Kind) bool {
	switch kind {
	case mail.KindKeyMade, mail.KindKeyRotated, mail.KindKeyRevoked, mail.KindKeysRevoked:
		return user.NotifyKeys
	case mail.KindNewDevice:
		return user.NotifyLogin
	case mail.KindLocked:
		return user.NotifyLock
	}
	return true
}

// eventOf returns when and from where something is done to the user. Where an
// administrator or the operator is, is not the user's business.
func eventOf(tx *repo.Tx, by By, user repo.User) *mail.Event {
	event := mail.Event{At: tx.Now(), Zone: user.Timezone}
	if by.isFromUser(user.ID) {
		event.Address, event.UserAgent = by.Address, by.UserAgent
	}
	return &event
}

// signUpEvent returns when and from where the user signed up.
func signUpEvent(user repo.User) *mail.Event {
	return &mail.Event{At: user.CreatedAt, Zone: user.Timezone, Address: user.SignUpAddress, UserAgent: user.SignUpAgent}
}
