package signin

import (
	"context"

	"example.com/alta/internal/mail"
	"example.com/alta/repo"
)

// notices tells users by mail what was done to their accounts.
type notices struct{ outbox *mail.Outbox }

// tell adds a notice to the transaction, unless the user has switched off those of its
// kind. Its error is that of the database, if any.
func (n notices) tell(ctx context.Context, tx *repo.Tx, by By, user repo.User, letter mail.Letter) error {
	if !wants(user, letter.Kind) {
		return nil
	}
	draft := mail.Draft{UserID: user.ID, Letter: letter, Verified: user.EmailVerifiedAt}
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
	if by.Actor == repo.ActorAnonymous || by.Actor == user.ID.String() {
		event.Address, event.UserAgent = by.Address, by.UserAgent
	}
	return &event
}

// signUpEvent returns when and from where the user signed up.
func signUpEvent(user repo.User) *mail.Event {
	return &mail.Event{At: user.CreatedAt, Zone: user.Timezone, Address: user.SignUpAddress, UserAgent: user.SignUpAgent}
}
