package handlers

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/money"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// FindTransactions answers one page of the caller's transactions.
func (o *financeOperations) FindTransactions(ctx context.Context, r gen.FindTransactionsRequestObject) (gen.FindTransactionsResponseObject, error) {
	var body gen.TransactionPage
	read := func(db transactionReader) (err error) {
		body, err = findTransactions(ctx, db, r.Params)
		return err
	}
	var err error
	if hasDates(r.Params) {
		// A change of the time zone moves days: they are read as they were with the zone
		// that bounds them.
		err = o.repo.InSnapshot(ctx, func(s *repo.Snapshot) error { return read(s) })
	} else {
		err = read(o.repo)
	}
	if err != nil {
		return nil, err
	}
	return gen.FindTransactions200JSONResponse{Body: body}, nil
}

// hasDates reports whether the filter depends on the user's calendar.
func hasDates(p gen.FindTransactionsParams) bool {
	return p.Month != nil || p.Year != nil || p.StartDate != nil || p.EndDate != nil || p.Date != nil
}

// transactionReader is the database, or a snapshot of it.
type transactionReader interface {
	Workspace(context.Context, uuid.UUID) (repo.Workspace, error)
	Transactions(context.Context, uuid.UUID, repo.TransactionFilter, repo.Page) ([]repo.TransactionView, int, error)
}

func findTransactions(ctx context.Context, db transactionReader, p gen.FindTransactionsParams) (body gen.TransactionPage, err error) {
	w, err := db.Workspace(ctx, stage.From(ctx).Principal.UserID)
	if err != nil {
		return body, callerDeleted(err)
	}
	filter, err := filterOf(w, p)
	if err != nil {
		return body, err
	}
	page := pageOf(p.Page, p.Limit)
	list, total, err := db.Transactions(ctx, w.UserID, filter, page.toRepo())
	return gen.TransactionPage{Data: mapAll(list, wireTransaction), Meta: page.wireMeta(total)}, err
}

func filterOf(w repo.Workspace, p gen.FindTransactionsParams) (f repo.TransactionFilter, err error) {
	if p.Month != nil && p.Year == nil {
		return f, problem.ErrYearRequired
	}
	calendar, err := w.Calendar()
	if err != nil {
		return f, err
	}
	f = repo.TransactionFilter{AccountID: p.AccountID, CategoryID: p.CategoryID}
	if p.Type != nil && *p.Type != gen.TransactionTypeFilterBoth {
		f.Type = strings.ToUpper(string(*p.Type))
	}
	f.Currency, f.Search = string(deref(p.Currency, "")), deref(p.Search, "")
	f.TransfersOnce = deref(p.Transfers, "") == gen.FindTransactionsParamsTransfersOnce
	if p.StartDate == nil && p.EndDate == nil {
		setMonths(&f, calendar, p.Month, p.Year)
	}
	return f, setDates(&f, calendar, p)
}

// setMonths limits the filter to a fiscal month, or to a fiscal year.
func setMonths(f *repo.TransactionFilter, calendar fiscal.Calendar, month, year *int32) {
	if year == nil {
		return
	}
	first, last := fiscal.Period{Year: int(*year), Month: time.January}, fiscal.Period{Year: int(*year), Month: time.December}
	if month != nil {
		first.Month, last.Month = time.Month(*month), time.Month(*month)
	}
	f.FirstPeriod, f.LastPeriod = first.String(), last.String()
	f.From, _ = calendar.Bounds(first)
	_, f.To = calendar.Bounds(last)
}

// setDates limits the filter further, to dates.
func setDates(f *repo.TransactionFilter, calendar fiscal.Calendar, p gen.FindTransactionsParams) error {
	for _, bound := range []struct {
		text     *string
		from, to bool
	}{{p.StartDate, true, false}, {p.EndDate, false, true}, {p.Date, true, true}} {
		if bound.text == nil {
			continue
		}
		from, to, err := spanOf(calendar, *bound.text, bound.text == p.Date)
		if err != nil {
			return err
		}
		f.FirstPeriod, f.LastPeriod = "", ""
		if bound.from && from.After(f.From) {
			f.From = from
		}
		if bound.to && (f.To.IsZero() || to.Before(f.To)) {
			f.To = to
		}
	}
	return nil
}

// spanOf returns the span of a date. A text with a time is a moment or, if wholeDay is
// true, the day that contains it; a text without a time is a day. to is the first
// moment after the span.
func spanOf(calendar fiscal.Calendar, text string, wholeDay bool) (from, to time.Time, err error) {
	date, err := fiscal.ParseDate(text, calendar.Zone)
	if err != nil {
		return from, to, err
	}
	if date.Day == "" && !wholeDay {
		at := repo.Truncate(date.Time)
		return at, at.Add(time.Microsecond), nil
	}
	from, to = calendar.Day(calendar.DayOf(date.Time).Date())
	return from, to, nil
}

// GetNetWorth answers the sum of the caller's balances, by currency.
func (o *financeOperations) GetNetWorth(ctx context.Context, _ gen.GetNetWorthRequestObject) (gen.GetNetWorthResponseObject, error) {
	accounts, err := o.repo.Accounts(ctx, stage.From(ctx).Principal.UserID)
	if err != nil {
		return nil, err
	}
	sums := map[string]int64{}
	for _, account := range accounts {
		sums[account.Currency] += account.Balance
	}
	body := gen.NetWorth{NetWorth: make(map[string]json.Number, len(sums))}
	for currency, sum := range sums {
		body.NetWorth[currency] = money.Number(sum, currency)
	}
	return gen.GetNetWorth200JSONResponse{Body: body}, nil
}
