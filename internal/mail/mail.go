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
)

// Kinds lists every kind.
var Kinds = []Kind{KindVerification, KindWelcome, KindReset, KindPasswordChanged, KindDeletion}

// Letter is the content of a mail before Compose puts it into words.
type Letter struct {
	Kind     Kind   `json:"kind"`
	Language string `json:"language"`         // es or en; anything else means en
	Token    string `json:"token,omitempty"`  // token in the link: verification, reset, deletion
	Hours    int    `json:"hours,omitempty"`  // life of the link: verification, reset, deletion
	Key      string `json:"key,omitempty"`    // API key: welcome
	Tokens   int64  `json:"tokens,omitempty"` // monthly tokens of the plan: welcome
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
