package handlers

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

const textDeleted = "Transacción eliminada y saldo restaurado."

// CreateTransaction records income or an expense.
func (o *financeOperations) CreateTransaction(ctx context.Context, r gen.CreateTransactionRequestObject) (gen.CreateTransactionResponseObject, error) {
	return inWorkspace(ctx, o, gen.CreateTransaction201JSONResponse.VisitCreateTransactionResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.CreateTransaction201JSONResponse, err error) {
			opening, made, err := newTransaction(ctx, tx, w, *r.Body)
			if err != nil {
				return response, err
			}
			if opening != nil {
				if err := tx.AddTransaction(ctx, w, opening); err != nil {
					return response, err
				}
			}
			if err := tx.AddTransaction(ctx, w, &made); err != nil {
				return response, err
			}
			response.Body, response.Headers.ETag, err = o.readBack(ctx, tx, w, made.ID)
			return response, err
		})
}

// newTransaction returns the transaction in the body, and the deposit of the opening
// balance, which is nil if there is none. It checks the account, the funds, the currency
// and the category, in this documented order.
func newTransaction(ctx context.Context, tx *repo.Tx, w repo.Workspace, body gen.NewTransaction) (opening *repo.Transaction, made repo.Transaction, err error) {
	account, err := tx.Account(ctx, w.UserID, body.AccountID)
	if err != nil {
		return nil, made, problem.IfNotFound(err, problem.ErrTransactionAccount)
	}
	if made, err = readNewTransaction(ctx, tx, w, account, body); err != nil {
		return nil, made, err
	}
	if amount := valueOrNil(body.OpeningBalance); amount != nil {
		if opening, err = openAccount(ctx, w, &account, *amount, made); err != nil {
			return nil, made, err
		}
	}
	if err := checkMove(account, made.Effect()); err != nil {
		return nil, made, err
	}
	if currency := valueOr(body.Currency, ""); currency != "" && currency != account.Currency {
		return nil, made, problem.ErrCurrency.With(currency, account.Currency)
	}
	if made.CategoryID == nil {
		return opening, made, nil
	}
	category, err := ownCategory(ctx, tx, w, *made.CategoryID)
	if err == nil && !acceptsType(category.Type, made.Type) {
		err = problem.ErrCategoryType.With(made.Type, category.Type)
	}
	return opening, made, err
}

// openAccount returns the deposit of the balance that the account had before its first
// transaction, of the same date, and adds it to account.Balance. Its error is
// problem.ErrAccountNotEmpty.
func openAccount(ctx context.Context, w repo.Workspace, account *repo.Account, amount json.Number, first repo.Transaction) (*repo.Transaction, error) {
	minor, err := parseAmount(ctx, propertyOpeningBalance, amount, account.Currency)
	if err != nil {
		return nil, err
	}
	if account.Balance != 0 {
		return nil, problem.ErrAccountNotEmpty
	}
	account.Balance = minor
	description, id := wordingIn(w.Language).opening, account.ID
	return &repo.Transaction{
		Type: repo.TypeIncome, Amount: minor, Currency: account.Currency, Description: &description, Date: first.Date, Day: first.Day,
		AccountID: &id,
	}, nil
}

// readNewTransaction returns the transaction in the body as it is.
func readNewTransaction(ctx context.Context, tx *repo.Tx, w repo.Workspace, account repo.Account, body gen.NewTransaction) (made repo.Transaction, err error) {
	made = repo.Transaction{
		Type: string(body.Type), Currency: account.Currency, Description: notBlank(valueOrNil(body.Description)),
		AccountID: &account.ID, CategoryID: valueOrNil(body.CategoryID),
	}
	if made.Amount, err = parseAmount(ctx, propertyAmount, body.Amount, account.Currency); err != nil {
		return made, err
	}
	date, err := dateOrNow(tx, w, valueOrNil(body.Date))
	made.Date, made.Day = date.Time, date.Day
	return made, err
}

// ownCategory returns one of the user's categories. Its errors are
// problem.ErrBudgetCategory and problem.ErrForeignCategory.
func ownCategory(ctx context.Context, tx *repo.Tx, w repo.Workspace, id uuid.UUID) (repo.Category, error) {
	category, err := tx.CategoryOfAnybody(ctx, id)
	if err != nil {
		return category, problem.IfNotFound(err, problem.ErrBudgetCategory)
	}
	if category.UserID != w.UserID {
		return category, problem.ErrForeignCategory
	}
	return category, nil
}

// acceptsType reports whether a category of the type accepts transactions of the kind.
func acceptsType(category, kind string) bool {
	return category == kind || category == string(gen.CategoryTypeBOTH)
}

// dateOrNow reads a date in the user's time zone, or returns the present.
func dateOrNow(tx *repo.Tx, w repo.Workspace, text *string) (fiscal.Date, error) {
	if text == nil {
		return fiscal.Date{Time: tx.Now()}, nil
	}
	calendar, err := w.Calendar()
	if err != nil {
		return fiscal.Date{}, err
	}
	return fiscal.ParseDate(*text, calendar.Zone)
}

// GetTransaction answers one of the caller's transactions.
func (o *financeOperations) GetTransaction(ctx context.Context, r gen.GetTransactionRequestObject) (gen.GetTransactionResponseObject, error) {
	view, err := o.repo.Transaction(ctx, stage.From(ctx).Principal.UserID, r.ID)
	if err != nil {
		return nil, problem.IfNotFound(err, problem.ErrTransactionNotFound)
	}
	response := gen.GetTransaction200JSONResponse{Body: wireTransaction(view)}
	response.Headers.ETag, err = o.calls.ETag(response.Body)
	return response, err
}

// DeleteTransaction deletes one of the caller's transactions. If it is a leg of a
// transfer, both legs are deleted.
func (o *financeOperations) DeleteTransaction(ctx context.Context, r gen.DeleteTransactionRequestObject) (gen.DeleteTransactionResponseObject, error) {
	return inWorkspace(ctx, o, gen.DeleteTransaction200JSONResponse.VisitDeleteTransactionResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.DeleteTransaction200JSONResponse, err error) {
			response.Body.Message = textDeleted
			view, err := o.matchingTransaction(ctx, tx, w, r.ID, r.Params.IfMatch)
			if err != nil {
				return response, err
			}
			deleted, err := transactionLegs(ctx, tx, view)
			if err != nil {
				return response, err
			}
			for _, transaction := range deleted {
				if err := deleteTransaction(ctx, tx, w, transaction); err != nil {
					return response, err
				}
			}
			return response, nil
		})
}

// transactionLegs returns the transaction or, if it is a leg of a transfer, both legs.
// The other leg may have no account. Its error is problem.ErrAccountDeleted.
func transactionLegs(ctx context.Context, tx *repo.Tx, view repo.TransactionView) ([]repo.Transaction, error) {
	if view.AccountID == nil {
		return nil, problem.ErrAccountDeleted
	}
	if view.TransferID == nil {
		return []repo.Transaction{view.Transaction}, nil
	}
	return tx.Legs(ctx, view.UserID, *view.TransferID)
}

// matchingTransaction returns one of the user's transactions, for a change under the
// condition ifMatch.
func (o *financeOperations) matchingTransaction(
	ctx context.Context, tx *repo.Tx, w repo.Workspace, id uuid.UUID, ifMatch *string,
) (repo.TransactionView, error) {
	view, err := tx.Transaction(ctx, w.UserID, id)
	if err != nil {
		return view, problem.IfNotFound(err, problem.ErrTransactionNotFound)
	}
	return view, o.calls.CheckMatch(ifMatch, wireTransaction(view))
}

// deleteTransaction deletes the transaction. It takes it back from its account's
// balance, unless the account has been deleted.
func deleteTransaction(ctx context.Context, tx *repo.Tx, w repo.Workspace, transaction repo.Transaction) error {
	if transaction.AccountID == nil {
		return tx.DeleteTransaction(ctx, w, transaction)
	}
	account, err := tx.Account(ctx, w.UserID, *transaction.AccountID)
	if err != nil {
		return err
	}
	if err := checkMove(account, -transaction.Effect()); err != nil {
		return err
	}
	return tx.DeleteTransaction(ctx, w, transaction)
}
