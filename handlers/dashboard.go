package handlers

import (
	"context"
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
	return gen.GetDashboard200JSONResponse{Body: wireDashboard(books.Dashboard())}, nil
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

func wireDashboard(d report.Dashboard) gen.Dashboard {
	body := gen.Dashboard{
		Summary: gen.DashboardSummary{
			Income: money.Number(d.Income), Expense: money.Number(d.Expense), CashFlow: money.Number(d.CashFlow()),
			TotalAvailable: money.Number(d.Available), ByCurrency: make(map[string]gen.CurrencySummary, len(d.Others)),
		},
		ChartData:        make([]gen.CategoryShare, len(d.Shares)),
		ExpensesAnalysis: gen.ExpensesAnalysis{Fixed: money.Number(d.Fixed), Variable: money.Number(d.Variable)},
	}
	for currency, flow := range d.Others {
		body.Summary.ByCurrency[currency] = gen.CurrencySummary{
			Income: money.Number(flow.Income), Expense: money.Number(flow.Expense), CashFlow: money.Number(flow.CashFlow()),
			TotalAvailable: money.Number(flow.Available),
		}
	}
	for i, share := range d.Shares {
		body.ChartData[i] = gen.CategoryShare{CategoryName: share.Name, Total: money.Number(share.Total), Color: share.Color}
	}
	return body
}
