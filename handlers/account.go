package handlers

import (
	"context"
	"errors"
	"math"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

const (
	topEndpoints = 10  // that the usage names
	refillBatch  = 100 // users looked up at once
)

// GetBalance answers the tokens that the caller has.
func (s *Server) GetBalance(ctx context.Context, _ gen.GetBalanceRequestObject) (gen.GetBalanceResponseObject, error) {
	ledger, err := s.ledger(ctx)
	if errors.Is(err, problem.ErrNotActive) {
		return gen.GetBalance200JSONResponse{Body: gen.Balance{Plan: gen.BalancePlanNone, Suspended: true}}, nil
	}
	if err != nil {
		return nil, err
	}
	days := int(math.Ceil(ledger.RefillAt.Sub(s.Now()).Hours() / 24))
	return gen.GetBalance200JSONResponse{Body: gen.Balance{
		CurrentBalance:  ledger.Balance,
		Plan:            gen.BalancePlan(ledger.Plan),
		MonthlyQuota:    ledger.Quota,
		BillingCycleEnd: timeOrNull(ledger.RefillAt),
		DaysUntilRefill: &days,
		Suspended:       ledger.Balance == 0,
	}}, nil
}

// ledger returns the caller's ledger as it is in the present month, or
// problem.ErrNotActive for a caller without a plan.
func (s *Server) ledger(ctx context.Context) (repo.Ledger, error) {
	userID := stage.From(ctx).Principal.UserID
	ledger, err := s.Repo.Ledger(ctx, userID)
	if err == nil && (ledger.RefillAt == nil || !s.Now().Before(*ledger.RefillAt)) {
		if _, err = s.Ledger.Refill(userID); err == nil {
			ledger, err = s.Repo.Ledger(ctx, userID)
		}
	}
	return ledger, problem.IfNotFound(err, problem.ErrNotActive)
}

// GetUsage answers what the caller's calls took.
func (s *Server) GetUsage(ctx context.Context, r gen.GetUsageRequestObject) (gen.GetUsageResponseObject, error) {
	days, userID := int(*r.Params.Days), stage.From(ctx).Principal.UserID
	since := repo.UsageDay(s.Now().UTC().AddDate(0, 0, 1-days))
	daily, err := s.Repo.DailyUsage(ctx, userID, since)
	if err != nil {
		return nil, err
	}
	top, err := s.Repo.TopUsage(ctx, userID, since, topEndpoints)
	if err != nil {
		return nil, err
	}
	body := gen.Usage{
		WindowDays: days, Daily: make([]gen.DailyUsage, len(daily)), TopEndpoints: make([]gen.EndpointUsage, len(top)),
	}
	for i, u := range daily {
		body.Daily[i] = gen.DailyUsage{Day: u.Day, Tokens: u.Tokens, Calls: u.Calls}
	}
	for i, u := range top {
		body.TopEndpoints[i] = gen.EndpointUsage{Endpoint: u.Endpoint, Tokens: u.Tokens, Calls: u.Calls}
	}
	return gen.GetUsage200JSONResponse{Body: body}, nil
}

// ListTransactions answers the newest rows of the caller's ledger.
func (s *Server) ListTransactions(ctx context.Context, r gen.ListTransactionsRequestObject) (gen.ListTransactionsResponseObject, error) {
	rows, err := s.Repo.TokenRows(ctx, stage.From(ctx).Principal.UserID, int(*r.Params.Limit))
	if err != nil {
		return nil, err
	}
	body := gen.TokenTransactionList{Transactions: make([]gen.TokenTransaction, len(rows))}
	for i, row := range rows {
		body.Transactions[i] = wireTransaction(row)
	}
	return gen.ListTransactions200JSONResponse{Body: body}, nil
}

func wireTransaction(row repo.TokenRow) gen.TokenTransaction {
	t := gen.TokenTransaction{
		ID: row.ID, CreatedAt: wireTime(row.CreatedAt), Delta: row.Delta,
		Kind: gen.TokenTransactionKind(row.Kind), Endpoint: row.Endpoint,
	}
	t.Metadata.RequestID = row.RequestID
	return t
}

// ActivateAccount gives a user of the app door what an invite gives.
func (s *Server) ActivateAccount(ctx context.Context, r gen.ActivateAccountRequestObject) (gen.ActivateAccountResponseObject, error) {
	claims, err := s.tokens.Parse(identity.PurposeInvite, r.Body.InviteToken)
	if err != nil {
		return nil, errors.Join(problem.ErrInviteToken, err)
	}
	userID := stage.From(ctx).Principal.UserID
	response, err := stage.Write(ctx, s.calls, gen.ActivateAccount201JSONResponse.VisitActivateAccountResponse,
		func(tx *repo.Tx) (response gen.ActivateAccount201JSONResponse, err error) {
			key, made, err := s.activateCaller(ctx, tx, userID, claims.Code)
			response.Body = createdKey(key, made)
			return response, err
		})
	if errors.Is(err, problem.ErrActivateUnverified) {
		if err := s.mailVerification(ctx, userID); err != nil {
			return nil, err
		}
	}
	return response, err
}

// activateCaller gives the user what the invite gives. Its errors are
// problem.ErrUnauthorized, problem.ErrActive, problem.ErrActivateUnverified and
// those of activate.
func (s *Server) activateCaller(ctx context.Context, tx *repo.Tx, userID uuid.UUID, code string) (key string, made repo.APIKey, err error) {
	user, err := tx.LockUser(ctx, userID)
	switch {
	case err != nil:
		return "", made, gone(err)
	case user.Plan != repo.PlanNone:
		return "", made, problem.ErrActive
	case user.EmailVerifiedAt == nil:
		return "", made, problem.ErrActivateUnverified
	}
	if key, made, err = s.activate(ctx, tx, user, code); err != nil {
		return "", made, err
	}
	return key, made, tx.Audit(ctx, s.event(ctx, repo.AuditActivate, &user.ID, ""))
}

// refillDue brings the balances up whose month is over, so that they are right
// for whoever looks at them without a call.
func (s *Server) refillDue(ctx context.Context) {
	for ctx.Err() == nil {
		users, err := s.Repo.DueRefills(ctx, s.Now(), refillBatch)
		for _, user := range users {
			if _, failed := s.Ledger.Refill(user); failed != nil {
				err = failed
				break
			}
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("could not refill balances; trying again in a minute", "error", err)
		}
		if err != nil || len(users) < refillBatch {
			return
		}
	}
}
