// Package signin creates users, proves their identity and deletes them: by invite,
// by e-mail address and password, by an issuer of identities, and by links in
// mails. It does not depend on HTTP: handlers and the command line use the same
// service.
package signin

import (
	"log/slog"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/seldom"
	"example.com/alta/repo"
)

// Config has the dependencies of a Service. All fields are required.
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

// Service signs users up and in, by the groups of methods that it embeds: each has
// only the dependencies that its methods use. Its methods are safe for concurrent
// use.
type Service struct {
	auditLog
	*apiKeys
	*redemptions
	*registrations
	*verifications
	*passwordResets
	*mailRequests
	*sessions
	*passwordLogins
	*issuerLogins
	*deletions
	*rejections
	*Administration
}

// New returns a Service.
func New(c Config) *Service {
	audit := auditLog{repo: c.Repo, keys: c.Keys}
	oneTime := &oneTimeTokens{repo: c.Repo, keys: c.Keys, outbox: c.Outbox}
	notices := notices{c.Outbox}
	keys := &apiKeys{repo: c.Repo, keys: c.Keys, notices: notices}
	invites := NewInvites(c.Keys)
	marks := &deviceMarks{tokens: c.Tokens, now: c.Now}
	attempts := &attempts{
		repo: c.Repo, hasher: c.Hasher, keys: c.Keys, marks: marks, now: c.Now, gate: newLoginGate(), audit: audit,
	}
	sessions := &sessions{repo: c.Repo, marks: marks, tokens: c.Tokens, notices: notices, life: c.SessionTTL}
	verifications := &verifications{repo: c.Repo, outbox: c.Outbox, audit: audit, oneTime: oneTime}
	requests := &mailRequests{
		repo: c.Repo, keys: c.Keys, outbox: c.Outbox, log: c.Log, away: seldom.New(c.Log), audit: audit, oneTime: oneTime, verifications: verifications,
		wake: make(chan struct{}, 1),
	}
	registrations := &registrations{
		repo: c.Repo, hasher: c.Hasher, outbox: c.Outbox, audit: audit, invites: invites, apiKeys: keys, oneTime: oneTime,
	}
	deletions := &deletions{
		repo: c.Repo, keys: c.Keys, outbox: c.Outbox, attempts: attempts, notices: notices, oneTime: oneTime, requests: requests,
	}
	return &Service{
		auditLog:      audit,
		apiKeys:       keys,
		redemptions:   &redemptions{Invites: invites, repo: c.Repo, tokens: c.Tokens, now: c.Now, audit: audit},
		registrations: registrations,
		verifications: verifications,
		passwordResets: &passwordResets{
			repo: c.Repo, hasher: c.Hasher, keys: c.Keys, outbox: c.Outbox, now: c.Now, audit: audit, notices: notices,
			oneTime: oneTime, verifications: verifications, marks: marks,
		},
		mailRequests: requests,
		sessions:     sessions,
		passwordLogins: &passwordLogins{
			repo: c.Repo, hasher: c.Hasher, outbox: c.Outbox, log: c.Log, audit: audit, attempts: attempts, sessions: sessions,
			verifications: verifications,
		},
		issuerLogins: &issuerLogins{
			repo: c.Repo, audit: audit, notices: notices, sessions: sessions, registrations: registrations, verifications: verifications,
		},
		deletions:      deletions,
		rejections:     &rejections{repo: c.Repo, oneTime: oneTime, deletions: deletions, now: c.Now},
		Administration: NewAdministration(c.Outbox),
	}
}
