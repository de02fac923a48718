package repo

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Largest numbers of events of one kind and hour that anybody can cause, over all
// processes. One more event says how many there were beyond them. Those about users
// have a number of their own, which a flood of addresses of nobody does not use up.
const (
	MaxStrangerEvents = 1_000
	MaxUserEvents     = 10_000
)

// strangerEvents are the kinds of events that anybody can cause without an account.
var strangerEvents = []string{AuditLoginFail, AuditLoginLock, AuditMailRequest, AuditMailHold, AuditTokenFail, AuditInviteRedeem}

const (
	sumUpPeriod = time.Hour
	tallyMemory = 24 * sumUpPeriod
)

// sumUp counts an event that anybody can cause, and reports whether it is summed up
// with others instead of being recorded. The row of the tally stays locked until the
// transaction ends.
func (t *writes) sumUp(ctx context.Context, e AuditEvent) (summedUp bool, err error) {
	if e.Actor != ActorAnonymous || !slices.Contains(strangerEvents, e.Kind) {
		return false, nil
	}
	most, about := MaxStrangerEvents, "nobody's addresses"
	if e.UserID != nil {
		most, about = MaxUserEvents, "users"
	}
	hour := t.now.Truncate(sumUpPeriod)
	var tally struct {
		Events  int            `db:"events"`
		EventID sql.NullString `db:"event_id"`
	}
	err = t.get(ctx, &tally, `
INSERT INTO audit_tallies (kind, about_user, hour, events) VALUES ($1, $2, $3, 1)
ON CONFLICT (kind, about_user, hour) DO UPDATE SET events = audit_tallies.events + 1
RETURNING events, event_id`, e.Kind, e.UserID != nil, hour)
	if err != nil || tally.Events <= most {
		return false, err
	}
	detail := fmt.Sprintf("and %d more about %s in the hour from %s", tally.Events-most, about, hour.Format("2006-01-02 15:04 MST"))
	if tally.EventID.Valid {
		_, err = t.exec(ctx, `UPDATE audit_events SET detail = $2 WHERE id = $1`, tally.EventID.String, detail)
		return true, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return false, err
	}
	if err := t.addEvent(ctx, id, AuditEvent{Kind: e.Kind, Actor: ActorAnonymous, Detail: detail}); err != nil {
		return false, err
	}
	_, err = t.exec(ctx, `UPDATE audit_tallies SET event_id = $4 WHERE kind = $1 AND about_user = $2 AND hour = $3`,
		e.Kind, e.UserID != nil, hour, id.String())
	return true, err
}
