package handlers

import (
	"context"
	"errors"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
)

// GetSandbox answers a fixed text, at the price of a real call.
func (o *tokenOperations) GetSandbox(ctx context.Context, _ gen.GetSandboxRequestObject) (gen.GetSandboxResponseObject, error) {
	call := stage.From(ctx)
	body := gen.Sandbox{
		Message: "sandbox response", RequestID: call.ID, AuthMethod: gen.SandboxAuthMethodAPIKey,
		AsOf: wireTime(o.now()), RemainingBalance: call.Balance,
	}
	if !call.Principal.ByKey() {
		body.AuthMethod = gen.SandboxAuthMethodSession
		ledger, err := o.currentLedger(ctx)
		if err != nil && !errors.Is(err, problem.ErrNotActive) {
			return nil, err
		}
		body.RemainingBalance = ledger.Balance
	}
	return gen.GetSandbox200JSONResponse{Body: body}, nil
}
