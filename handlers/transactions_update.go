package handlers

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/money"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// UpdateTransaction changes one of the caller's transactions.
func (o *financeOperations) UpdateTransaction(ctx context.Context, r gen.UpdateTransactionRequestObject) (gen.UpdateTransactionResponseObject, error) {
	return inWorkspace(ctx, o, gen.UpdateTransaction200JSONResponse.VisitUpdateTransactionResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.UpdateTransaction200JSONResponse, err error) {
			old, err := o.matchingTransaction(ctx, tx, w, r.ID, r.Params.IfMatch)
			if err != nil {
				return response, err
			}
			changed, err := changedTransaction(ctx, tx, w, old, *r.Body)
			if err != nil {
				return response, err
			}
			if err := tx.UpdateTransaction(ctx, w, old.Transaction, &changed); err != nil {
				return response, err
			}
			response.Body, response.Headers.ETag, err = o.readBack(ctx, tx, w, changed.ID)
			return response, err
		})
}

// changedTransaction returns the transaction with the changes in the body. It checks
// the result in the same order as newTransaction.
func changedTransaction(
	ctx context.Context, tx *repo.Tx, w repo.Workspace, old repo.TransactionView, body gen.TransactionUpdate,
) (changed repo.Transaction, err error) {
	if old.AccountID == nil {
		return changed, problem.ErrNoOriginalAccount
	}
	changed = old.Transaction
	if err := applyUpdate(ctx, w, &changed, body); err != nil {
		return changed, err
	}
	if err := checkTransferLeg(ctx, tx, w, old.Transaction, &changed); err != nil {
		return changed, err
	}
	target, err := checkAccounts(ctx, tx, w, old.Transaction, changed)
	if err != nil {
		return changed, err
	}
	isMoved := *changed.AccountID != *old.AccountID || changed.Currency != old.Currency
	if isMoved && changed.Currency != target.Currency {
		return changed, problem.ErrCurrency.With(changed.Currency, target.Currency)
	}
	return changed, checkNewCategory(ctx, tx, w, old, changed)
}

// applyUpdate applies the changes in the body to the transaction.
func applyUpdate(ctx context.Context, w repo.Workspace, changed *repo.Transaction, body gen.TransactionUpdate) error {
	if err := applyAmount(ctx, changed, body); err != nil {
		return err
	}
	changed.Type = string(valueOr(body.Type, gen.TransactionType(changed.Type)))
	changed.Description = notBlank(patchPtr(body.Description, changed.Description))
	changed.CategoryID = patchPtr(body.CategoryID, changed.CategoryID)
	account := valueOr(body.AccountID, *changed.AccountID)
	changed.AccountID = &account
	text := valueOrNil(body.Date)
	if text == nil {
		return nil
	}
	calendar, err := w.Calendar()
	if err != nil {
		return err
	}
	date, err := fiscal.ParseDate(*text, calendar.Zone)
	if err != nil {
		return err
	}
	if at := repo.Truncate(date.Time); date.Day != "" || !at.Equal(changed.Date) { // the same instant may be sent back for a day
		changed.Date, changed.Day = at, date.Day
	}
	return nil
}

// checkTransferLeg returns problem.ErrTransferFixed if the transaction is a leg of a
// transfer that is to move other money. If the other leg's account has been deleted,
// nothing on the other side could contradict the change. Such a leg leaves the
// transfer if it gets another type.
func checkTransferLeg(ctx context.Context, tx *repo.Tx, w repo.Workspace, old repo.Transaction, changed *repo.Transaction) error {
	if old.TransferID == nil {
		return nil
	}
	if sameMove(old, *changed) {
		changed.Day = old.Day // as the other leg
		return nil
	}
	legs, err := tx.Legs(ctx, w.UserID, *old.TransferID)
	if err != nil {
		return err
	}
	for _, leg := range legs {
		if leg.ID != old.ID && leg.AccountID != nil {
			return problem.ErrTransferFixed
		}
	}
	if changed.Type != old.Type {
		changed.TransferID = nil
	}
	return nil
}

// applyAmount applies the changes of the amount and its currency. An amount that is not
// sent stays the same number, although another currency may have other minor units.
func applyAmount(ctx context.Context, changed *repo.Transaction, body gen.TransactionUpdate) (err error) {
	currency, amount := valueOr(body.Currency, ""), valueOrNil(body.Amount)
	if currency == "" {
		currency = changed.Currency
	}
	if amount == nil && currency != changed.Currency {
		amount = new(money.Number(changed.Amount, changed.Currency))
	}
	if changed.Currency = currency; amount != nil {
		changed.Amount, err = parseAmount(ctx, propertyAmount, *amount, currency)
	}
	return err
}

// sameMove reports whether the two transactions move the same money.
func sameMove(a, b repo.Transaction) bool {
	return a.Amount == b.Amount && *a.AccountID == *b.AccountID && a.Type == b.Type && a.Date.Equal(b.Date)
}

// checkAccounts checks the effect of the change on the balances of both accounts, and
// returns the transaction's new account.
func checkAccounts(ctx context.Context, tx *repo.Tx, w repo.Workspace, old, changed repo.Transaction) (target repo.Account, err error) {
	target, err = tx.Account(ctx, w.UserID, *changed.AccountID)
	if err != nil {
		return target, problem.IfNotFound(err, problem.ErrNewAccount)
	}
	if money.Decimals(changed.Currency) != money.Decimals(target.Currency) { // amounts that cannot be compared
		return target, problem.ErrCurrency.With(changed.Currency, target.Currency)
	}
	if *old.AccountID == *changed.AccountID {
		return target, checkReplacement(target, old, changed)
	}
	source, err := tx.Account(ctx, w.UserID, *old.AccountID)
	if err != nil {
		return target, err
	}
	if err := checkMove(source, -old.Effect()); err != nil {
		return target, err
	}
	return target, checkMove(target, changed.Effect())
}

// checkReplacement is checkMove for one transaction of the account that replaces
// another. The values of problem.ErrFunds are the balance without the old transaction
// and the new amount.
func checkReplacement(account repo.Account, old, changed repo.Transaction) error {
	err := checkMove(account, changed.Effect()-old.Effect())
	before := account.Balance - old.Effect()
	if errors.Is(err, problem.ErrFunds) && changed.Effect() < 0 && before >= 0 {
		return problem.ErrFunds.With(money.Fixed(before, account.Currency), money.Fixed(changed.Amount, account.Currency))
	}
	return err
}

// checkNewCategory checks the category against the transaction's type if either has
// changed. An unchanged pair is not checked: transfers have a category that does not
// accept their type.
func checkNewCategory(ctx context.Context, tx *repo.Tx, w repo.Workspace, old repo.TransactionView, changed repo.Transaction) error {
	if changed.CategoryID == nil {
		return nil
	}
	kind := ""
	if old.CategoryID != nil && *old.CategoryID == *changed.CategoryID {
		if old.Type == changed.Type {
			return nil
		}
		kind = *old.CategoryType
	} else {
		category, err := ownCategory(ctx, tx, w, *changed.CategoryID)
		if err != nil {
			return err
		}
		kind = category.Type
	}
	if !acceptsType(kind, changed.Type) {
		return problem.ErrIncoherent.With(kind, changed.Type)
	}
	return nil
}

// readBack reads a transaction of the workspace and returns it for the response, with
// its entity tag.
func (o *financeOperations) readBack(ctx context.Context, tx *repo.Tx, w repo.Workspace, id uuid.UUID) (body gen.Transaction, tag string, err error) {
	view, err := tx.Transaction(ctx, w.UserID, id)
	if err != nil {
		return body, "", err
	}
	body = wireTransaction(view)
	tag, err = o.calls.ETag(body)
	return body, tag, err
}
