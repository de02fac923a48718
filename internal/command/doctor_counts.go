package command

import (
	"context"
	"errors"
	"fmt"

	"example.com/alta/repo"
)

// checkCounts compares how many transactions users have with what is kept of it for the
// bound. It gives up if the database has so many that this takes long.
func checkCounts(ctx context.Context, r *repo.Repo) (string, error) {
	limited, cancel := context.WithTimeout(ctx, countTimeout)
	defer cancel()
	wrong, err := r.Miscounted(limited, maxNamed)
	switch {
	case limited.Err() != nil && ctx.Err() == nil:
		return fmt.Sprintf("not checked: counting all transactions takes more than %s", countTimeout), nil
	case errors.Is(err, repo.ErrUnavailable):
		return "", err
	case err != nil:
		return "no schema of this version yet", nil // checkMigrations reports it
	case len(wrong) > 0:
		return "", fmt.Errorf("the number of transactions that is kept of these users is wrong: %s", joinIDs(wrong))
	}
	return "each user has the number of transactions that is kept", nil
}
