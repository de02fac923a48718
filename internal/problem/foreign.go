package problem

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/export"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/memory"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/money"
	"example.com/alta/internal/report"
	"example.com/alta/repo"
)

// foreignErrors maps errors of other packages to problems. The first match counts;
// an error without a match is ErrInternal.
var foreignErrors = []struct {
	err     error
	problem *Problem
}{
	{repo.ErrEmailTaken, ErrEmailTaken},
	{repo.ErrInviteUsed, ErrInviteUsed},
	{repo.ErrInviteExpired, ErrInviteExpired},
	{repo.ErrInviteRevoked, ErrInviteRevoked},
	{repo.ErrAccountNotFound, ErrAccountNotFound},
	{repo.ErrTotalRange, ErrTotalRange},
	{repo.ErrTooManyAccounts, ErrTooManyAccounts},
	{repo.ErrTooManyCategories, ErrTooManyCategories},
	{repo.ErrTooManyDeletedCategories, ErrTooManyDeletedCategories},
	{repo.ErrTooManyBudgets, ErrTooManyBudgets},
	{repo.ErrTooManyTransactions, ErrTooManyTransactions},
	{report.ErrNoCategory, ErrBudgetCategory},
	{report.ErrTaken, ErrBudgetExists},
	{identity.ErrBusy, ErrOverloaded},
	{export.ErrBusy, ErrOverloaded},
	{memory.ErrBusy, ErrOverloaded},
	{repo.ErrStorage, ErrStorage},
	{repo.ErrUnavailable, ErrOverloaded},
	{context.DeadlineExceeded, ErrOverloaded},
	{context.Canceled, ErrOverloaded}, // the client does not read it
}

// Of returns the problem in err, or the problem that err is mapped to. It returns
// ErrInternal if there is neither.
func Of(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if _, short := errors.AsType[*meter.Insufficient](err); short {
		return ErrInsufficientTokens
	}
	if limit, ok := errors.AsType[*report.Limit](err); ok {
		return ofLimit(limit)
	}
	if routing, ok := errors.AsType[*echo.HTTPError](err); ok {
		return ofRouting(routing)
	}
	for _, f := range foreignErrors {
		if errors.Is(err, f.err) {
			return f.problem
		}
	}
	return ErrInternal
}

func ofLimit(limit *report.Limit) *Problem {
	if errors.Is(limit, report.ErrAboveParent) {
		return ErrBudgetAboveParent.With(money.Number(limit.Amount, limit.Currency))
	}
	return ErrBudgetBelowChildren.With(money.Number(limit.Amount, limit.Currency))
}

// ofRouting returns the problem of a request that has no operation, or that the
// generated code cannot read although it is valid by the contract.
func ofRouting(err *echo.HTTPError) *Problem {
	switch err.Code {
	case http.StatusMethodNotAllowed:
		return ErrMethodNotAllowed
	case http.StatusBadRequest:
		return ErrUnreadable
	}
	return ErrNoRoute
}
