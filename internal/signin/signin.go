// Package signin is how people become users, prove who they are and end it: by
// invite, by e-mail address and password, by an issuer of identities, by links in
// mails. It knows no HTTP: handlers and the command line use the same service.
package signin

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/repo"
)

// Config is what a Service is made of. All fields are required.
type Config struct {
	Repo       *repo.Repo
	Hasher     *identity.Hasher
	Keys       *identity.Keyring
	Tokens     *identity.Tokens
	Outbox     *mail.Outbox
	SessionTTL time.Duration // life of a session and its JWT
	Now        func() time.Time
	Log        *slog.Logger
}

// Service signs people up and in. Its methods may be called at once.
type Service struct {
	repo       *repo.Repo
	hasher     *identity.Hasher
	keys       *identity.Keyring
	tokens     *identity.Tokens
	outbox     *mail.Outbox
	sessionTTL time.Duration
	now        func() time.Time
	log        *slog.Logger
	gate       *loginGate
	requested  chan struct{} // wakes Run
}

// New returns a Service.
func New(c Config) *Service {
	return &Service{
		repo: c.Repo, hasher: c.Hasher, keys: c.Keys, tokens: c.Tokens, outbox: c.Outbox, sessionTTL: c.SessionTTL,
		now: c.Now, log: c.Log, gate: newLoginGate(), requested: make(chan struct{}, 1),
	}
}

// By says by whom and by which call something is done, for the audit log and the
// ledger.
type By struct {
	Actor     string // the id of a user, repo.ActorAnonymous or repo.ActorOperator
	Address   string // the client's; empty for the command line
	UserAgent string
	Language  string // that the client likes best
	RequestID string
	Endpoint  string // as rows of the ledger name it
}

// commandEndpoint is what rows of the ledger name instead of a call.
const commandEndpoint = "alta"

// Operator returns the By of the command line.
func Operator() By {
	return By{Actor: repo.ActorOperator, Endpoint: commandEndpoint}
}

// Cause returns what the ledger's rows name. The command line has no request, so
// that each of its changes gets an id of its own.
func (b By) Cause() repo.TokenCause {
	if b.RequestID == "" {
		return repo.TokenCause{Endpoint: b.Endpoint, RequestID: uuid.NewString()}
	}
	return repo.TokenCause{Endpoint: b.Endpoint, RequestID: b.RequestID}
}

// Event returns an audit event of what is done; userID is nil if no user is
// concerned.
func (b By) Event(kind string, userID *uuid.UUID) repo.AuditEvent {
	return repo.AuditEvent{Kind: kind, Actor: b.Actor, UserID: userID, Address: b.Address, RequestID: b.RequestID}
}

// event returns an audit event about the e-mail address, which is kept as a
// pseudonym.
func (s *Service) event(by By, kind string, userID *uuid.UUID, email string) repo.AuditEvent {
	e := by.Event(kind, userID)
	if email != "" {
		e.Subject = s.keys.Pseudonym(email)
	}
	return e
}

// Audit records the event in a transaction of its own.
func (s *Service) Audit(ctx context.Context, event repo.AuditEvent) error {
	return s.repo.InTx(ctx, func(tx *repo.Tx) error { return tx.Audit(ctx, event) })
}
