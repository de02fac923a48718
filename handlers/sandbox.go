package handlers

import (
	"context"
	"errors"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
)

// GetSandbox answers always the same, for its price.
func (s *Server) GetSandbox(ctx context.Context, _ gen.GetSandboxRequestObject) (gen.GetSandboxResponseObject, error) {
	call := stage.From(ctx)
	body := gen.Sandbox{
		Message: "sandbox response", RequestID: call.ID, AuthMethod: gen.SandboxAuthMethodAPIKey,
		AsOf: wireTime(s.Now()), RemainingBalance: call.Balance,
	}
	if !call.Principal.ByKey() {
		body.AuthMethod = gen.SandboxAuthMethodSession
		ledger, err := s.ledger(ctx)
		if err != nil && !errors.Is(err, problem.ErrNotActive) {
			return nil, err
		}
		body.RemainingBalance = ledger.Balance
	}
	return gen.GetSandbox200JSONResponse{Body: body}, nil
}
