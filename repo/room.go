package repo

import (
	"context"
	"fmt"
	"net/url"

	"github.com/google/uuid"
)

// Room is how many connections the database server has, and who wants them.
type Room struct {
	Limit  int // connections that this user may have; 0: there is no limit
	Conns  int // the most that this process opens
	Others int // other processes of Alta with connections to this database
}

// spareConns are the connections that are not for calls: two of a process that migrates,
// and one of an operator.
const spareConns = 3

// Missing returns how many connections the server lacks for so many processes, or 0.
func (r Room) Missing(processes int) int {
	if r.Limit == 0 {
		return 0
	}
	return max(0, processes*r.Conns+spareConns-r.Limit)
}

// String says it in words for operators.
func (r Room) String() string {
	if r.Limit == 0 {
		return "the database has no limit"
	}
	fit := max(0, (r.Limit-spareConns)/r.Conns)
	return fmt.Sprintf("up to %d for each process, of %d with %d to spare: %d fit, %d others run", r.Conns, r.Limit, spareConns, fit, r.Others)
}

// Room returns how many connections there are. Connections through a pooler count as the
// pooler's.
func (r *Repo) Room(ctx context.Context) (Room, error) { return r.engine.room(ctx, r.conn) }

func (sqliteEngine) room(context.Context, conn) (Room, error) { return Room{}, nil }

func (e postgresEngine) room(ctx context.Context, c conn) (Room, error) {
	room := Room{Conns: e.conns}
	err := c.get(ctx, &room.Limit, `
SELECT CAST(current_setting('max_connections') AS INTEGER) - CAST(current_setting('superuser_reserved_connections') AS INTEGER)
     - CAST(COALESCE(current_setting('reserved_connections', TRUE), '0') AS INTEGER)`)
	if err == nil {
		err = c.get(ctx, &room.Others, `
SELECT COUNT(DISTINCT application_name) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE '`+processPrefix+`%' AND application_name <> current_setting('application_name')`)
	}
	return room, err
}

// processPrefix begins the name by which the server knows the connections of a process.
const processPrefix = "alta-"

// withProcessName adds a name for the process to the URL, which counts unless the URL or
// PGAPPNAME has one.
func withProcessName(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	query := u.Query()
	if !query.Has("fallback_application_name") {
		query.Set("fallback_application_name", processPrefix+uuid.NewString()[:8])
	}
	u.RawQuery = query.Encode()
	return u.String()
}
