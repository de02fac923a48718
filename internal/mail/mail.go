// Package mail writes the mails that Alta sends. It hands them to an SMTP server
// or keeps them in a directory.
package mail

import (
	"context"
	"errors"
	"time"
)

// Kind says what a letter is about.
type Kind string

// Kinds of letters.
const (
	KindVerification    Kind = "verification"     // asks the user to verify an address
	KindWelcome         Kind = "welcome"          // tells a new user the API key
	KindReset           Kind = "reset"            // lets the user choose a new password
	KindPasswordChanged Kind = "password_changed" // reports that the password was changed
	KindDeletion        Kind = "deletion"         // asks to confirm the deletion of an account without a password

	// Notices report what was done to an account.
	KindKeyMade     Kind = "key_made"        // an API key was made
	KindKeyRotated  Kind = "key_rotated"     // an API key was replaced by a new one
	KindKeyRevoked  Kind = "key_revoked"     // an API key was revoked
	KindKeysRevoked Kind = "keys_revoked"    // all API keys were revoked at once
	KindNewDevice   Kind = "new_device"      // a log-in from a browser that had not logged in before
	KindLocked      Kind = "login_locked"    // a lock after failed log-ins
	KindRole        Kind = "role_changed"    // the user is an administrator now
	KindSuspended   Kind = "user_suspended"  // the account was suspended
	KindResumed     Kind = "user_resumed"    // the suspension was lifted
	KindDeleted     Kind = "user_deleted"    // the account was deleted
	KindLinked      Kind = "provider_linked" // a provider signs the user in from now on
)

// Kinds lists every kind.
var Kinds = []Kind{
	KindVerification, KindWelcome, KindReset, KindPasswordChanged, KindDeletion, KindKeyMade, KindKeyRotated, KindKeyRevoked,
	KindKeysRevoked, KindNewDevice, KindLocked, KindRole, KindSuspended, KindResumed, KindDeleted, KindLinked,
}

// Letter is the content of a mail before Compose puts it into words.
type Letter struct {
	Kind     Kind   `json:"kind"`
	Language string `json:"language"`         // es or en; anything else means en
	Token    string `json:"token,omitempty"`  // token in the link: verification, reset, deletion
	Hours    int    `json:"hours,omitempty"`  // life of the link: verification, reset, deletion
	Key      string `json:"key,omitempty"`    // API key: welcome
	Tokens   int64  `json:"tokens,omitempty"` // monthly tokens of the plan: welcome

	Event   *Event `json:"event,omitempty"`    // the sign-up: verification; what a notice reports
	KeyName string `json:"key_name,omitempty"` // of the API key: key_made, key_rotated, key_revoked
	Keys    int64  `json:"keys,omitempty"`     // API keys that still work: password_changed, provider_linked
	Revoked int64  `json:"revoked,omitempty"`  // API keys that were revoked: keys_revoked, provider_linked
	Removed bool   `json:"removed,omitempty"`  // the password was: provider_linked
	ByOther bool   `json:"by_other,omitempty"` // an administrator did it: user_deleted
	To      string `json:"to,omitempty"`       // the address of a user who was deleted
}

// Event says when and from where something was done.
type Event struct {
	At        time.Time `json:"at"`
	Zone      string    `json:"zone"`              // the reader's: an IANA name; UTC in place of an unknown one
	Address   string    `json:"address,omitempty"` // of the client, or its network; "": not known, or not the reader's business
	UserAgent string    `json:"agent,omitempty"`   // likewise
}

// Content is a letter in words.
type Content struct {
	Subject string
	Text    string
	HTML    string
}

// Message is a mail that is ready to be sent.
type Message struct {
	// ID is the left side of the Message-ID: 1 to 64 letters, digits, dots,
	// hyphens and underscores, such as a UUID. Every attempt to send the mail uses
	// the same ID.
	ID   string
	To   string    // address, as it is typed
	Date time.Time // for the Date header
	Content
}

// ErrRefused means that the mail will never be accepted. Another attempt would
// fail, too.
var ErrRefused = errors.New("the mail is refused for good")

// ErrMisconfigured means that the mail server will accept no mail, or none of this
// kind, before the operator corrects the settings or the server. Another attempt may
// succeed then.
var ErrMisconfigured = errors.New("the mail server and the settings do not fit")

// Sender sends mails.
type Sender interface {
	// Send returns nil once the mail has been accepted. If the mail will never be
	// accepted, the error wraps ErrRefused. After any other error the caller can
	// try again; ErrMisconfigured is for the operator to correct.
	Send(ctx context.Context, m Message) error
}
