package signin

import (
	"context"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/netaddr"
	"example.com/alta/repo"
)

// By identifies the actor and the call of a change, for the audit log and the
// ledger.
type By struct {
	Actor     string // the id of a user, repo.ActorAnonymous or repo.ActorOperator
	Address   string // of the client; empty for the command line
	UserAgent string
	Language  string // preferred by the client
	RequestID string
	Endpoint  string // as rows of the ledger name it
	Replaces  BrowserSession
}

// BrowserSession is the session whose cookie a log-in replaces. Nobody could log out
// of it any more, so the log-in ends it. Zero: the caller has no such cookie.
type BrowserSession struct{ UserID, ID uuid.UUID }

// commandEndpoint is the endpoint in rows of the ledger that the command line
// causes.
const commandEndpoint = "alta"

// Operator returns the By of the command line.
func Operator() By {
	return By{Actor: repo.ActorOperator, Endpoint: commandEndpoint}
}

// isFromUser reports whether the user did it, or somebody who need not log in for it:
// no administrator and not the operator.
func (b By) isFromUser(id uuid.UUID) bool {
	return b.Actor == repo.ActorAnonymous || b.Actor == id.String()
}

// Cause returns the cause that rows of the ledger name. The command line has no
// request id, so each of its changes gets a new one.
func (b By) Cause() repo.TokenCause {
	if b.RequestID == "" {
		return repo.TokenCause{Endpoint: b.Endpoint, RequestID: uuid.NewString()}
	}
	return repo.TokenCause{Endpoint: b.Endpoint, RequestID: b.RequestID}
}

// Event returns an audit event of the kind. userID is nil if the event concerns no
// user.
func (b By) Event(kind string, userID *uuid.UUID) repo.AuditEvent {
	return repo.AuditEvent{Kind: kind, Actor: b.Actor, UserID: userID, Address: b.Address, RequestID: b.RequestID}
}

// stranger returns the caller of a hash who has proved nothing.
func (b By) stranger() identity.Caller { return identity.Caller{Network: b.network()} }

// network returns the network of the client, as large as one client may have it, or ""
// for the command line.
func (b By) network() string { return netaddr.Site(b.Address) }

// auditLog records audit events.
type auditLog struct {
	repo *repo.Repo
	keys *identity.Keyring
}

// Audit records the event in a transaction of its own. It returns the error of the
// database, if any.
func (a auditLog) Audit(ctx context.Context, event repo.AuditEvent) error {
	return a.repo.InTx(ctx, func(tx *repo.Tx) error { return tx.Audit(ctx, event) })
}

// emailEvent returns an audit event about the e-mail address, which is stored as a
// pseudonym.
func (a auditLog) emailEvent(by By, kind string, userID *uuid.UUID, email string) repo.AuditEvent {
	e := by.Event(kind, userID)
	if email != "" {
		e.Subject = a.keys.Pseudonym(email)
	}
	return e
}
