package handlers

import (
	"context"
	"errors"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
)

// GetSandbox answers always the same, for its price.
func (s *Server) GetSandbox(ctx context.Context, _ gen.GetSandboxRequestObject) (gen.GetSandboxResponseObject, error) {
	one := callFrom(ctx)
	body := gen.Sandbox{
		Message: "sandbox response", RequestID: one.id, AuthMethod: gen.SandboxAuthMethodAPIKey,
		AsOf: wireTime(s.Now()), RemainingBalance: one.balance,
	}
	if !one.principal.ByKey() {
		body.AuthMethod = gen.SandboxAuthMethodSession
		ledger, err := s.ledger(ctx)
		if err != nil && !errors.Is(err, problem.ErrNotActive) {
			return nil, err
		}
		body.RemainingBalance = ledger.Balance
	}
	return gen.GetSandbox200JSONResponse{Body: body}, nil
}
