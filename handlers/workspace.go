package handlers

import (
	"context"
	"net/http"
	"time"

	"example.com/alta/internal/export"
	"example.com/alta/internal/memory"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// financeOperations are the operations of the personal-finance workspace.
type financeOperations struct {
	repo       *repo.Repo
	calls      *stage.Stages
	exportGate *export.Gate
	product    string // its name
	answers    *memory.Budget
	now        func() time.Time
}

// inWorkspace is stage.Write with the caller's workspace, locked.
func inWorkspace[R any](
	ctx context.Context, o *financeOperations, visit func(R, http.ResponseWriter) error, do func(*repo.Tx, repo.Workspace) (R, error),
) (R, error) {
	return stage.Write(ctx, o.calls, visit, func(tx *repo.Tx) (response R, err error) {
		w, err := tx.LockWorkspace(ctx, stage.From(ctx).Principal.UserID)
		if err != nil {
			return response, callerDeleted(err)
		}
		return do(tx, w)
	})
}
