package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/alta/repo"
)

// checkWrites writes a row. It cannot if migrations are pending, since the table may
// be missing.
func checkWrites(ctx context.Context, r *repo.Repo) (string, error) {
	pending, err := countPending(ctx, r)
	if err != nil {
		return "", err
	}
	if pending > 0 {
		return "not tried: migrations are pending", nil
	}
	start := time.Now()
	err = r.ProbeWrite(ctx)
	switch {
	case errors.Is(err, repo.ErrStorage):
		return "", fmt.Errorf("the storage takes no writes: is it full, read-only, or a standby? %w", err)
	case err != nil:
		return "", err
	}
	return "a row was written in " + time.Since(start).Round(10*time.Microsecond).String(), nil
}

// countPending returns the number of migrations that the next start applies.
func countPending(ctx context.Context, r *repo.Repo) (pending int, err error) {
	migrations, err := r.Migrations(ctx)
	for _, m := range migrations {
		if m.AppliedAt.IsZero() {
			pending++
		}
	}
	return pending, err
}
