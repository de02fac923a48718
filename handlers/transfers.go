package handlers

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// DepositIntoAccount adds to an account's balance.
func (o *financeOperations) DepositIntoAccount(ctx context.Context, r gen.DepositIntoAccountRequestObject) (gen.DepositIntoAccountResponseObject, error) {
	return inWorkspace(ctx, o, gen.DepositIntoAccount200JSONResponse.VisitDepositIntoAccountResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.DepositIntoAccount200JSONResponse, err error) {
			account, err := accountOf(ctx, tx, w.UserID, r.ID)
			if err != nil {
				return response, err
			}
			amount, err := parseAmount(ctx, propertyAmount, r.Body.Amount, account.Currency)
			if err != nil {
				return response, err
			}
			if err := checkMove(account, amount); err != nil {
				return response, err
			}
			description := deref(notBlank(valueOrNil(r.Body.Description)), wordingIn(w.Language).deposit)
			if account, err = addToAccount(ctx, tx, w, account, repo.Transaction{Type: repo.TypeIncome, Amount: amount, Description: &description, Date: tx.Now()}); err != nil {
				return response, err
			}
			response.Body = wireAccount(account)
			response.Headers.ETag, err = o.calls.ETag(response.Body)
			return response, err
		})
}

// addToAccount adds a transaction to the account, and returns the updated account.
func addToAccount(ctx context.Context, tx *repo.Tx, w repo.Workspace, account repo.Account, transaction repo.Transaction) (repo.Account, error) {
	transaction.AccountID, transaction.Currency = &account.ID, account.Currency
	if err := tx.AddTransaction(ctx, w, &transaction); err != nil {
		return account, err
	}
	return tx.Account(ctx, w.UserID, account.ID)
}

// TransferBetweenAccounts moves an amount from one of the caller's accounts to
// another.
func (o *financeOperations) TransferBetweenAccounts(ctx context.Context, r gen.TransferBetweenAccountsRequestObject) (gen.TransferBetweenAccountsResponseObject, error) {
	fromID, toID, err := transferEnds(*r.Body)
	if err != nil {
		return nil, err
	}
	return inWorkspace(ctx, o, gen.TransferBetweenAccounts200JSONResponse.VisitTransferBetweenAccountsResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.TransferBetweenAccounts200JSONResponse, err error) {
			from, to, err := transferAccounts(ctx, tx, w.UserID, fromID, toID)
			if err != nil {
				return response, err
			}
			amount, err := parseAmount(ctx, propertyAmount, r.Body.Amount, from.Currency)
			if err != nil {
				return response, err
			}
			if err := checkTransfer(from, to, amount); err != nil {
				return response, err
			}
			move := transfer{from: from, to: to, amount: amount, description: notBlank(valueOrNil(r.Body.Description))}
			if move.date, err = dateOrNow(tx, w, valueOrNil(r.Body.Date)); err != nil {
				return response, err
			}
			if from, to, err = move.addLegs(ctx, tx, w); err != nil {
				return response, err
			}
			response.Body = gen.TransferredAccounts{FromAccount: wireAccount(from), ToAccount: wireAccount(to)}
			return response, nil
		})
}

// transferEnds returns the ids of the two accounts. The body may use either pair of
// names for them; a body with both pairs is invalid.
func transferEnds(body gen.Transfer) (from, to uuid.UUID, err error) {
	fromID, toID := valueOrNil(body.FromAccountID), valueOrNil(body.ToAccountID)
	source, target := valueOrNil(body.SourceAccountID), valueOrNil(body.TargetAccountID)
	var violations []contract.Violation
	names := [2]string{"fromAccountId", "toAccountId"}
	if fromID == nil && toID == nil && (source != nil || target != nil) {
		fromID, toID, source, target = source, target, nil, nil
		names = [2]string{"sourceAccountId", "targetAccountId"}
	}
	for i, id := range []*uuid.UUID{source, target} {
		if name := [2]string{"sourceAccountId", "targetAccountId"}[i]; id != nil {
			violations = append(violations, problem.UnexpectedProperty(name))
		}
	}
	for i, id := range []*uuid.UUID{fromID, toID} {
		if id == nil {
			violations = append(violations, problem.MissingUUID(names[i]))
		}
	}
	if len(violations) > 0 {
		return from, to, problem.Invalid(violations...)
	}
	return *fromID, *toID, nil
}

// transferAccounts returns the two accounts of a transfer.
func transferAccounts(ctx context.Context, tx *repo.Tx, userID, fromID, toID uuid.UUID) (from, to repo.Account, err error) {
	if fromID == toID {
		return from, to, problem.ErrSameAccount
	}
	if from, err = tx.Account(ctx, userID, fromID); err == nil {
		to, err = tx.Account(ctx, userID, toID)
	}
	return from, to, problem.IfNotFound(err, problem.ErrTransferAccounts)
}

// checkTransfer returns an error if the amount cannot be moved between the accounts.
func checkTransfer(from, to repo.Account, amount int64) error {
	switch {
	case from.Currency != to.Currency:
		return problem.ErrTransferCurrencies
	case lacksFunds(from, -amount):
		return problem.ErrTransferFunds
	}
	return errors.Join(checkMove(from, -amount), checkMove(to, amount))
}

// transfer is a movement of an amount from one account to another.
type transfer struct {
	from, to    repo.Account
	amount      int64
	date        fiscal.Date
	description *string
}

// addLegs adds the two linked transactions, and returns the updated accounts.
func (t transfer) addLegs(ctx context.Context, tx *repo.Tx, w repo.Workspace) (from, to repo.Account, err error) {
	category, err := tx.TransferCategory(ctx, w)
	if err != nil {
		return t.from, t.to, err
	}
	link := uuid.New()
	leg := repo.Transaction{Amount: t.amount, Date: t.date.Time, Day: t.date.Day, CategoryID: &category, TransferID: &link}
	words := wordingIn(w.Language)
	leaving, arriving := words.transferTo+t.to.Name, words.transferFrom+t.from.Name
	if t.description != nil && *t.description != "" {
		arriving = words.received + *t.description
	}
	leg.Type, leg.Description = repo.TypeTransfer, &leaving
	if from, err = addToAccount(ctx, tx, w, t.from, leg); err != nil {
		return from, t.to, err
	}
	leg.Type, leg.Description = repo.TypeIncome, &arriving
	to, err = addToAccount(ctx, tx, w, t.to, leg)
	return from, to, err
}
