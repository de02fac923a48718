package handlers

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"example.com/alta/gen"
	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/money"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/report"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// GetDashboard answers the totals of a month.
func (o *financeOperations) GetDashboard(ctx context.Context, r gen.GetDashboardRequestObject) (gen.GetDashboardResponseObject, error) {
	books, _, err := o.loadBooks(ctx, r.Params.Month, r.Params.Year)
	if err != nil {
		return nil, err
	}
	if books.Accounts, err = o.repo.Accounts(ctx, stage.From(ctx).Principal.UserID); err != nil {
		return nil, err
	}
	if id := reportAccount(r.Params.AccountID); id != nil {
		n := slices.IndexFunc(books.Accounts, func(a repo.Account) bool { return a.ID == *id })
		if n < 0 {
			return nil, problem.ErrAccountNotFound
		}
		books = books.Only(books.Accounts[n])
	}
	return gen.GetDashboard200JSONResponse{Body: wireDashboard(books.Dashboard().Naming(deref(r.Params.Uncategorized, "")), books.Currency)}, nil
}

// loadBooks returns the caller's totals and categories of a month. The current month
// and year replace those that are nil. It reads the totals before the categories, so
// that every total has its category.
func (o *financeOperations) loadBooks(ctx context.Context, month, year *int32) (books report.Books, period fiscal.Period, err error) {
	user := stage.From(ctx).Principal.UserID
	workspace, err := o.repo.Workspace(ctx, user)
	if err != nil {
		return books, period, callerDeleted(err)
	}
	calendar, err := workspace.Calendar()
	if err != nil {
		return books, period, err
	}
	period = calendar.PeriodOf(o.now())
	if month != nil {
		period.Month = time.Month(*month)
	}
	if year != nil {
		period.Year = int(*year)
	}
	books.Currency = workspace.Currency
	if books.Totals, err = o.repo.PeriodTotals(ctx, user, period.String()); err != nil {
		return books, period, err
	}
	books.Categories, err = o.repo.CategoriesEver(ctx, user)
	return books, period, err
}

// wireDashboard returns the month's sums, those without a currency of their own in the
// given one.
func wireDashboard(d report.Dashboard, currency string) gen.Dashboard {
	amount := func(minor int64) json.Number { return money.Number(minor, currency) }
	body := gen.Dashboard{
		Summary: gen.DashboardSummary{
			Income: amount(d.Income), Expense: amount(d.Expense), CashFlow: amount(d.CashFlow()),
			TotalAvailable: amount(d.Available), ByCurrency: make(map[string]gen.CurrencySummary, len(d.Others)),
		},
		ChartData:        make([]gen.CategoryShare, len(d.Shares)),
		ExpensesAnalysis: gen.ExpensesAnalysis{Fixed: amount(d.Fixed), Variable: amount(d.Variable)},
	}
	for other, flow := range d.Others {
		body.Summary.ByCurrency[other] = gen.CurrencySummary{
			Income: money.Number(flow.Income, other), Expense: money.Number(flow.Expense, other),
			CashFlow: money.Number(flow.CashFlow(), other), TotalAvailable: money.Number(flow.Available, other),
		}
	}
	for i, share := range d.Shares {
		body.ChartData[i] = gen.CategoryShare{CategoryName: share.Name, Total: amount(share.Total), Color: share.Color}
	}
	return body
}
