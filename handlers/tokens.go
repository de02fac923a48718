package handlers

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"time"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

const (
	topEndpoints = 10  // in the usage
	refillBatch  = 100 // users read by one query
)

// tokenOperations are the operations of API access: balance, usage, keys and plans.
type tokenOperations struct {
	repo   *repo.Repo
	calls  *stage.Stages
	signin *signin.Service
	ledger *meter.Ledger
	log    *slog.Logger
	now    func() time.Time
}

// GetTokenBalance answers the caller's balance of tokens.
func (o *tokenOperations) GetTokenBalance(ctx context.Context, _ gen.GetTokenBalanceRequestObject) (gen.GetTokenBalanceResponseObject, error) {
	ledger, err := o.currentLedger(ctx)
	if errors.Is(err, problem.ErrNotActive) {
		return gen.GetTokenBalance200JSONResponse{Body: gen.Balance{Plan: gen.PlanNameNone, Suspended: true}}, nil
	}
	if err != nil {
		return nil, err
	}
	days := int(math.Ceil(ledger.RefillAt.Sub(o.now()).Hours() / 24))
	return gen.GetTokenBalance200JSONResponse{Body: gen.Balance{
		CurrentBalance:  ledger.Balance,
		Plan:            gen.PlanName(ledger.Plan),
		MonthlyQuota:    ledger.Quota,
		BillingCycleEnd: timeOrNull(ledger.RefillAt),
		DaysUntilRefill: &days,
		Suspended:       ledger.Balance == 0,
	}}, nil
}

// currentLedger returns the caller's ledger, refilled if its month has ended. Its error
// is problem.ErrNotActive for a caller without a plan.
func (o *tokenOperations) currentLedger(ctx context.Context) (repo.Ledger, error) {
	userID := stage.From(ctx).Principal.UserID
	ledger, err := o.repo.Ledger(ctx, userID)
	if err == nil && meter.IsRefillDue(ledger, o.now()) {
		if _, err = o.ledger.Refill(ctx, userID); err == nil {
			ledger, err = o.repo.Ledger(ctx, userID)
		}
	}
	return ledger, problem.IfNotFound(err, problem.ErrNotActive)
}

// GetTokenUsage answers the tokens that the caller's calls cost.
func (o *tokenOperations) GetTokenUsage(ctx context.Context, r gen.GetTokenUsageRequestObject) (gen.GetTokenUsageResponseObject, error) {
	days, userID := int(*r.Params.Days), stage.From(ctx).Principal.UserID
	since := repo.UsageDay(o.now().UTC().AddDate(0, 0, 1-days))
	daily, err := o.repo.DailyUsage(ctx, userID, since)
	if err != nil {
		return nil, err
	}
	top, err := o.repo.TopUsage(ctx, userID, since, topEndpoints)
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
	return gen.GetTokenUsage200JSONResponse{Body: body}, nil
}

// ListTokenTransactions answers the newest rows of the caller's ledger.
func (o *tokenOperations) ListTokenTransactions(ctx context.Context, r gen.ListTokenTransactionsRequestObject) (gen.ListTokenTransactionsResponseObject, error) {
	rows, err := o.repo.TokenRows(ctx, stage.From(ctx).Principal.UserID, int(*r.Params.Limit))
	if err != nil {
		return nil, err
	}
	body := gen.TokenTransactionList{Transactions: mapAll(rows, wireTokenRow)}
	return gen.ListTokenTransactions200JSONResponse{Body: body}, nil
}

func wireTokenRow(row repo.TokenRow) gen.TokenTransaction {
	t := gen.TokenTransaction{
		ID: row.ID, CreatedAt: wireTime(row.CreatedAt), Delta: row.Delta,
		Kind: gen.TokenTransactionKind(row.Kind), Endpoint: row.Endpoint,
	}
	t.Metadata.RequestID = row.RequestID
	return t
}

// ActivateAPIAccess gives a user of the app door the benefits of an invite.
func (o *tokenOperations) ActivateAPIAccess(ctx context.Context, r gen.ActivateAPIAccessRequestObject) (gen.ActivateAPIAccessResponseObject, error) {
	code, err := o.signin.InviteOf(r.Body.InviteToken)
	if err != nil {
		return nil, err
	}
	userID := stage.From(ctx).Principal.UserID
	response, err := stage.Write(ctx, o.calls, gen.ActivateAPIAccess201JSONResponse.VisitActivateAPIAccessResponse,
		func(tx *repo.Tx) (response gen.ActivateAPIAccess201JSONResponse, err error) {
			key, made, err := o.signin.ActivateUser(ctx, tx, byCaller(ctx), userID, code)
			response.Body = wireCreatedKey(key, made)
			return response, err
		})
	if errors.Is(err, problem.ErrActivateUnverified) {
		if err := o.signin.MailVerification(ctx, byCaller(ctx), userID); err != nil {
			return nil, err
		}
	}
	return response, err
}

// refillDue refills the balances whose month has ended, so that they are also right
// for readers of the database, and works out again the refills that a clock ahead has
// put off.
func (o *tokenOperations) refillDue(ctx context.Context) {
	o.refillAll(ctx, o.repo.DueRefills)
	o.refillAll(ctx, o.repo.FarRefills)
}

// refillAll refills the users that find returns, until there are none.
func (o *tokenOperations) refillAll(ctx context.Context, find func(context.Context, time.Time, int) ([]uuid.UUID, error)) {
	for ctx.Err() == nil {
		users, err := find(ctx, o.now(), refillBatch)
		for _, user := range users {
			if _, failed := o.ledger.Refill(ctx, user); failed != nil {
				err = failed
				break
			}
		}
		if err != nil && ctx.Err() == nil {
			o.log.Warn("could not refill balances; trying again in a minute", "error", err)
		}
		if err != nil || len(users) < refillBatch {
			return
		}
	}
}
