package handlers

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"example.com/alta/gen"
	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/money"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// ListAccounts answers the caller's accounts, the oldest first.
func (o *financeOperations) ListAccounts(ctx context.Context, _ gen.ListAccountsRequestObject) (gen.ListAccountsResponseObject, error) {
	accounts, err := o.repo.Accounts(ctx, stage.From(ctx).Principal.UserID)
	if err != nil {
		return nil, err
	}
	return gen.ListAccounts200JSONResponse{Body: mapAll(accounts, wireAccount)}, nil
}

// GetAccount answers one of the caller's accounts.
func (o *financeOperations) GetAccount(ctx context.Context, r gen.GetAccountRequestObject) (gen.GetAccountResponseObject, error) {
	account, err := accountOf(ctx, o.repo, stage.From(ctx).Principal.UserID, r.ID)
	if err != nil {
		return nil, err
	}
	response := gen.GetAccount200JSONResponse{Body: wireAccount(account)}
	response.Headers.ETag, err = o.calls.ETag(response.Body)
	return response, err
}

// CreateAccount adds an account with a balance of 0.
func (o *financeOperations) CreateAccount(ctx context.Context, r gen.CreateAccountRequestObject) (gen.CreateAccountResponseObject, error) {
	return inWorkspace(ctx, o, gen.CreateAccount201JSONResponse.VisitCreateAccountResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.CreateAccount201JSONResponse, err error) {
			account := repo.Account{
				Name: r.Body.Name, Type: string(r.Body.Type), Currency: string(r.Body.Currency), Color: valueOrNil(r.Body.Color), Icon: valueOrNil(r.Body.Icon),
				AllowNegative: *valueOrNil(r.Body.AllowNegative), // the contract has a default
			}
			if err := setTarget(ctx, &account, w, r.Body.TargetAmount, r.Body.TargetDate); err != nil {
				return response, err
			}
			if err := tx.AddAccount(ctx, w, &account); err != nil {
				return response, err
			}
			response.Body = wireAccount(account)
			response.Headers.ETag, err = o.calls.ETag(response.Body)
			return response, err
		})
}

// UpdateAccount changes one of the caller's accounts.
func (o *financeOperations) UpdateAccount(ctx context.Context, r gen.UpdateAccountRequestObject) (gen.UpdateAccountResponseObject, error) {
	return inWorkspace(ctx, o, gen.UpdateAccount200JSONResponse.VisitUpdateAccountResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.UpdateAccount200JSONResponse, err error) {
			account, err := o.matchingAccount(ctx, tx, w, r.ID, r.Params.IfMatch)
			if err != nil {
				return response, err
			}
			old := account
			if err := changeCurrency(ctx, tx, &account, valueOrNil(r.Body.Currency), r.Body.TargetAmount.IsSpecified()); err != nil {
				return response, err
			}
			account.Name = valueOr(r.Body.Name, account.Name)
			account.Type = string(valueOr(r.Body.Type, gen.AccountType(account.Type)))
			account.AllowNegative = valueOr(r.Body.AllowNegative, account.AllowNegative)
			account.Color, account.Icon = patchPtr(r.Body.Color, account.Color), patchPtr(r.Body.Icon, account.Icon)
			if err := checkAccountType(old, account); err != nil {
				return response, err
			}
			if err := setTarget(ctx, &account, w, r.Body.TargetAmount, r.Body.TargetDate); err != nil {
				return response, err
			}
			if err := tx.UpdateAccount(ctx, w, &account); err != nil {
				return response, err
			}
			response.Body = wireAccount(account)
			response.Headers.ETag, err = o.calls.ETag(response.Body)
			return response, err
		})
}

// DeleteAccount deletes an account and keeps its history.
func (o *financeOperations) DeleteAccount(ctx context.Context, r gen.DeleteAccountRequestObject) (gen.DeleteAccountResponseObject, error) {
	return inWorkspace(ctx, o, gen.DeleteAccount200JSONResponse.VisitDeleteAccountResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.DeleteAccount200JSONResponse, err error) {
			account, err := o.matchingAccount(ctx, tx, w, r.ID, r.Params.IfMatch)
			if err != nil {
				return response, err
			}
			if account.IsDefault {
				return response, problem.ErrDefaultAccount
			}
			if err := tx.DeleteAccount(ctx, w, account.ID); err != nil {
				return response, err
			}
			response.Body = wireAccount(account)
			return response, nil
		})
}

// accountReader reads accounts, in a transaction or outside of one.
type accountReader interface {
	Account(ctx context.Context, userID, id uuid.UUID) (repo.Account, error)
}

// accountOf returns the user's account with the id in a path.
func accountOf(ctx context.Context, from accountReader, userID uuid.UUID, text string) (repo.Account, error) {
	if stage.CheckUUID(text) != nil {
		return repo.Account{}, problem.ErrAccountNotFound
	}
	account, err := from.Account(ctx, userID, uuid.MustParse(text))
	return account, problem.IfNotFound(err, problem.ErrAccountNotFound)
}

// matchingAccount is accountOf for a change under the condition ifMatch.
func (o *financeOperations) matchingAccount(ctx context.Context, tx *repo.Tx, w repo.Workspace, text string, ifMatch *string) (repo.Account, error) {
	account, err := accountOf(ctx, tx, w.UserID, text)
	if err == nil {
		err = o.calls.CheckMatch(ifMatch, wireAccount(account))
	}
	return account, err
}

// changeCurrency sets the account's currency, unless the account has transactions in
// the present one. A target that is not sent stays the same number, although the other
// currency may have other minor units.
func changeCurrency(
	ctx context.Context, tx *repo.Tx, account *repo.Account, currency *gen.Currency, targetIsSent bool,
) error {
	if currency == nil || string(*currency) == account.Currency {
		return nil
	}
	has, err := tx.AccountHasHistory(ctx, account.UserID, account.ID)
	if err == nil && has {
		err = problem.ErrCurrencyKept
	}
	if target := account.TargetAmount; err == nil && target != nil && !targetIsSent {
		number := money.Number(*target, account.Currency)
		*target, err = parseAmount(ctx, propertyTargetAmount, number, string(*currency))
	}
	account.Currency = string(*currency)
	return err
}

// setTarget sets the fields of the account's target that were sent; null clears a
// field.
func setTarget(
	ctx context.Context, account *repo.Account, w repo.Workspace, amount nullable.Nullable[json.Number], date nullable.Nullable[string],
) error {
	calendar, err := w.Calendar()
	if err != nil {
		return err
	}
	if amount.IsSpecified() {
		account.TargetAmount = nil
	}
	if number := valueOrNil(amount); number != nil {
		minor, err := parseAmount(ctx, propertyTargetAmount, *number, account.Currency)
		if err != nil {
			return err
		}
		account.TargetAmount = &minor
	}
	return setTargetDate(account, calendar, date)
}

func setTargetDate(account *repo.Account, calendar fiscal.Calendar, date nullable.Nullable[string]) error {
	text := valueOrNil(date)
	if text == nil {
		if date.IsSpecified() {
			account.TargetDate, account.TargetDay = nil, ""
		}
		return nil
	}
	target, err := fiscal.ParseDate(*text, calendar.Zone)
	if err != nil {
		return err
	}
	if before := account.TargetDate; target.Day != "" || before == nil || !before.Equal(repo.Truncate(target.Time)) { // the same instant may be sent back for a day
		account.TargetDate, account.TargetDay = &target.Time, target.Day
	}
	return nil
}

func wireAccount(a repo.Account) gen.Account {
	return gen.Account{
		ID:            a.ID,
		Name:          a.Name,
		Type:          gen.AccountType(a.Type),
		Currency:      a.Currency,
		Balance:       money.Number(a.Balance, a.Currency),
		Color:         a.Color,
		Icon:          a.Icon,
		TargetAmount:  moneyOrNull(a.TargetAmount, a.Currency),
		TargetDate:    timeOrNull(a.TargetDate),
		IsDefault:     a.IsDefault,
		UserID:        a.UserID,
		CreatedAt:     wireTime(a.CreatedAt),
		UpdatedAt:     wireTime(a.UpdatedAt),
		Progress:      progress(a),
		AllowNegative: a.AllowNegative,
	}
}

// progress returns the reached part of an account's target, in percent from 0 to 100
// with halves rounded up; 0 without a target.
func progress(a repo.Account) int {
	if a.TargetAmount == nil || *a.TargetAmount <= 0 || a.Balance <= 0 {
		return 0
	}
	if a.Balance >= *a.TargetAmount {
		return 100
	}
	return int((a.Balance*200 + *a.TargetAmount) / (2 * *a.TargetAmount))
}
