// Package mail writes the mails that Alta sends, and hands them to an SMTP
// server or to a directory.
package mail

import (
	"context"
	"errors"
	"time"
)

// Kind says what a letter is about.
type Kind string

// What letters are about.
const (
	KindVerification    Kind = "verification"     // an address has to be verified
	KindWelcome         Kind = "welcome"          // an account has been made
	KindReset           Kind = "reset"            // a new password was asked for
	KindPasswordChanged Kind = "password_changed" // the password is another one now
	KindDeletion        Kind = "deletion"         // an account without a password is to be deleted
)

// Kinds has every kind there is.
var Kinds = []Kind{KindVerification, KindWelcome, KindReset, KindPasswordChanged, KindDeletion}

// Letter is what a mail has to say, before it is put into words.
type Letter struct {
	Kind     Kind   `json:"kind"`
	Language string `json:"language"`         // es or en; anything else: en
	Token    string `json:"token,omitempty"`  // of the link: verification, reset, deletion
	Hours    int    `json:"hours,omitempty"`  // that the link works for: verification, reset, deletion
	Key      string `json:"key,omitempty"`    // API key: welcome
	Tokens   int64  `json:"tokens,omitempty"` // monthly tokens of the plan: welcome
}

// Message is a mail that is ready to be sent.
type Message struct {
	// ID is the left side of the Message-ID: 1 to 64 letters, digits, dots,
	// hyphens and underscores, such as a UUID. It is the same each time that one
	// mail is tried.
	ID      string
	To      string    // address, as it is typed
	Date    time.Time // of the Date header
	Subject string
	Text    string
	HTML    string
}

// ErrRefused says that a mail will never be accepted, however often it is
// tried.
var ErrRefused = errors.New("the mail is refused for good")

// Sender hands mails over.
type Sender interface {
	// Send returns when the mail has been accepted. Its error wraps ErrRefused
	// when it will never be; after any other it can be tried again.
	Send(ctx context.Context, m Message) error
}
