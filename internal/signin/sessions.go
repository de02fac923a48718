package signin

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/bounds"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// sessions opens and ends sessions.
type sessions struct {
	repo    *repo.Repo
	marks   *deviceMarks
	tokens  *identity.Tokens
	notices notices
	life    time.Duration
}

// Session is a session that has just been opened.
type Session struct {
	User   repo.User
	Token  string // JWT, valid for the service's SessionTTL
	Device string // mark of the browser, valid for DeviceLife
}

// NewSession describes a session to be opened.
type NewSession struct {
	User   repo.User // must be locked
	Door   repo.Door
	Device string // mark of an earlier log-in by the same browser; "" without one
	Told   bool   // another mail tells the user of it
}

// OpenSession adds a session to the transaction. It ends the session that the caller's
// browser had, and the oldest sessions beyond the bounds. If the browser is not known, it
// tells the user by mail, but for the first log-in of all.
func (s *sessions) OpenSession(ctx context.Context, tx *repo.Tx, by By, n NewSession) (opened Session, err error) {
	user, door := n.User, n.Door
	if err := s.endReplaced(ctx, tx, by); err != nil {
		return opened, err
	}
	session := repo.Session{ID: uuid.New(), UserID: user.ID, Door: door, UserAgent: by.UserAgent, Address: by.Address}
	if err := tx.CreateSession(ctx, session, s.life); err != nil {
		return opened, err
	}
	if err := endOldSessions(ctx, tx, session); err != nil {
		return opened, err
	}
	claims := identity.Claims{UserID: user.ID.String(), Email: user.DisplayEmail, Role: user.Role, ID: session.ID.String()}
	opened.User = user
	if opened.Token, err = s.tokens.Sign(identity.PurposeSession, claims, s.life); err != nil {
		return opened, err
	}
	var known bool
	if opened.Device, known, err = s.marks.renew(ctx, tx, user, n.Device); err != nil {
		return opened, err
	}
	first, err := tx.NoteFirstLogin(ctx, user.ID)
	if err != nil || known || first || n.Told {
		return opened, err
	}
	return opened, s.notices.tellDevice(ctx, tx, by, user)
}

// endOldSessions ends the oldest sessions of the user beyond the bounds. The new one
// stays.
func endOldSessions(ctx context.Context, tx *repo.Tx, opened repo.Session) error {
	if opened.Door == repo.DoorAPI {
		if err := tx.EndOldSessions(ctx, opened, repo.DoorAPI, bounds.SessionsAtAPI); err != nil {
			return err
		}
	}
	return tx.EndOldSessions(ctx, opened, "", bounds.Sessions)
}

// endReplaced ends the session whose cookie the caller's browser is about to lose.
func (s *sessions) endReplaced(ctx context.Context, tx *repo.Tx, by By) error {
	replaced := by.Replaces
	if replaced.ID == uuid.Nil {
		return nil
	}
	err := tx.EndSession(ctx, replaced.UserID, replaced.ID)
	if errors.Is(err, repo.ErrNotFound) { // it has ended already
		return nil
	}
	if err != nil {
		return err
	}
	event := by.Event(repo.AuditSessionEnd, &replaced.UserID)
	event.Detail = "session " + replaced.ID.String() + ", replaced by a login"
	return tx.Audit(ctx, event)
}

// EndSession ends one of the owner's sessions; kind is that of the audit event. Its
// error is problem.ErrSessionNotFound.
func (s *sessions) EndSession(ctx context.Context, by By, owner, id uuid.UUID, kind string) error {
	event := by.Event(kind, &owner)
	event.Detail = "session " + id.String()
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := tx.EndSession(ctx, owner, id); err != nil {
			return err
		}
		return tx.Audit(ctx, event)
	})
	return problem.IfNotFound(err, problem.ErrSessionNotFound)
}
