package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Kinds of audit events.
const (
	AuditSignUp     = "sign_up"
	AuditLogin      = "login"
	AuditLoginFail  = "login_failed"
	AuditLoginLock  = "login_locked"
	AuditLogout     = "logout"
	AuditSessionEnd = "session_ended"
	AuditSuspend    = "user_suspended"
	AuditResume     = "user_resumed"
	AuditPromote    = "user_promoted"
	AuditImport     = "user_imported"

	AuditInviteCreate = "invite_created"
	AuditInviteRevoke = "invite_revoked"
	AuditInviteRedeem = "invite_redeemed"
	AuditInviteUse    = "invite_used"
	AuditVerify       = "email_verified"
	AuditMailRequest  = "mail_requested" // of a verification or reset link; the address may belong to nobody
	AuditMailHold     = "mail_held"      // too many mails to the mailbox; one event an hour
	AuditTokenFail    = "token_refused"  // an existing one-time token that was refused
	AuditReset        = "password_reset"
	AuditLink         = "provider_linked"        // a provider identifies the user from now on
	AuditResetStart   = "password_reset_started" // by an administrator

	AuditExport     = "data_exported"
	AuditDeleteMail = "deletion_requested" // the user has to confirm by a mail first
	AuditDelete     = "user_deleted"

	AuditKeyCreate = "api_key_created"
	AuditKeyRevoke = "api_key_revoked"
	AuditKeyRotate = "api_key_rotated"
	AuditActivate  = "api_activated"
	AuditGrant     = "tokens_granted"
	AuditPlan      = "plan_changed"   // of one user
	AuditPlanSet   = "plan_redefined" // for all users of the plan
)

// Actors that are not users.
const (
	ActorOperator  = "operator"
	ActorAnonymous = "anonymous"
)

// AuditEvent is a row of audit_events. It never contains a secret. An address
// that belongs to nobody appears as its pseudonym only.
type AuditEvent struct {
	ID        uuid.UUID  `db:"id"`
	CreatedAt time.Time  `db:"created_at"`
	Kind      string     `db:"kind"`
	Actor     string     `db:"actor"`
	UserID    *uuid.UUID `db:"user_id"`
	Subject   string     `db:"subject"`
	Address   string     `db:"address"`
	RequestID string     `db:"request_id"`
	Detail    string     `db:"detail"`
}

// Audit records an event, if the transaction commits. It sets the id and the
// time. Too many events that strangers cause are summed up: see MaxStrangerEvents.
func (t *writes) Audit(ctx context.Context, e AuditEvent) error {
	summedUp, err := t.sumUp(ctx, e)
	if err != nil || summedUp {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return t.addEvent(ctx, id, e)
}

func (t *writes) addEvent(ctx context.Context, id uuid.UUID, e AuditEvent) error {
	var userID *string
	if e.UserID != nil {
		text := e.UserID.String()
		userID = &text
	}
	_, err := t.exec(ctx, `
INSERT INTO audit_events (id, created_at, kind, actor, user_id, subject, address, request_id, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		id.String(), t.now, e.Kind, e.Actor, userID, e.Subject, e.Address, e.RequestID, e.Detail)
	return err
}

const sqlSelectEvent = `
SELECT id, created_at, kind, actor, user_id, subject, address, request_id, detail FROM audit_events`

// AuditEventsBefore returns up to limit events that are older than the one with
// the id, the newest first. The ids of events sort by time.
func (r reads) AuditEventsBefore(ctx context.Context, id uuid.UUID, limit int) (events []AuditEvent, err error) {
	err = r.list(ctx, &events, sqlSelectEvent+` WHERE id`+r.engine.byCodePoint()+` < $1 ORDER BY id`+r.engine.byCodePoint()+` DESC LIMIT $2`, id.String(), limit)
	return events, err
}

// NewestAuditEvent returns the time of the newest event before the given time, or
// zero if there is none.
func (r reads) NewestAuditEvent(ctx context.Context, before time.Time) (newest time.Time, err error) {
	var times []time.Time
	err = r.list(ctx, &times, `SELECT created_at FROM audit_events WHERE created_at < $1 ORDER BY created_at DESC LIMIT 1`, before)
	if err != nil || len(times) == 0 {
		return time.Time{}, err
	}
	return times[0], nil
}

// AuditEvents returns up to limit events, the newest first.
func (r reads) AuditEvents(ctx context.Context, limit int) (events []AuditEvent, err error) {
	err = r.list(ctx, &events, sqlSelectEvent+` ORDER BY created_at DESC, id DESC LIMIT $1`, limit)
	return events, err
}
