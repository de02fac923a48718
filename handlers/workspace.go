package handlers

import (
	"context"
	"net/http"

	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// inWorkspace is stage.Write in the caller's workspace, which it locks.
func inWorkspace[R any](
	ctx context.Context, s *Server, visit func(R, http.ResponseWriter) error, do func(*repo.Tx, repo.Workspace) (R, error),
) (R, error) {
	return stage.Write(ctx, s.calls, visit, func(tx *repo.Tx) (response R, err error) {
		w, err := tx.LockWorkspace(ctx, stage.From(ctx).Principal.UserID)
		if err != nil {
			return response, gone(err)
		}
		return do(tx, w)
	})
}
