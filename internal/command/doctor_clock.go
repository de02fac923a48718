package command

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

// joinIDs lists the ids in a line.
func joinIDs(ids []uuid.UUID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return strings.Join(texts, ", ")
}

func checkClock(ctx context.Context, r *repo.Repo) (string, error) {
	before := time.Now()
	there, err := r.Clock(ctx)
	if err != nil {
		return "", err
	}
	skew := there.Sub(before)
	detail := fmt.Sprintf("%s, %s from the database's", before.UTC().Format(time.RFC3339), skew.Abs().Round(time.Millisecond))
	if skew.Abs() > identity.MaxClockSkew {
		return "", fmt.Errorf("%s (at most %s wanted)", detail, identity.MaxClockSkew)
	}
	if far, err := r.FarRefills(ctx, before, maxNamed); err == nil && len(far) > 0 {
		return "", fmt.Errorf("%s, and a clock was ahead: the next refill of these users is further away than a month, until a server runs: %s", detail, joinIDs(far))
	}
	// If the clock has been set back, sessions live longer than they should.
	events, err := r.AuditEvents(ctx, 1)
	if err != nil || len(events) == 0 {
		return detail, nil // no schema or no events yet; checkMigrations reports a missing schema
	}
	if ahead := events[0].CreatedAt.Sub(before); ahead > identity.MaxClockSkew {
		return "", fmt.Errorf("%s, and %s behind the newest audit event", detail, ahead.Round(time.Second))
	}
	return detail, nil
}
