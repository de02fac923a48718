package site

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"example.com/alta/gen"
)

const (
	apiUsage  = "/api/v1/account/usage"
	apiLedger = "/api/v1/account/transactions"

	queryDays = "days"
	queryPage = "page"

	rowsOnPage    = 25
	defaultWindow = 30
)

// windows are the numbers of days that usage is shown for.
var windows = []int{7, defaultWindow, 90}

// readWindow returns the days that the person looks back.
func (v accountVisit) readWindow() int {
	days, ok := v.queryNumber(queryDays)
	if !ok || !slices.Contains(windows, days) {
		return defaultWindow
	}
	return days
}

// overviewPath is the path of the overview in another form.
func overviewPath(days, page int, at string) string {
	query := url.Values{queryDays: {strconv.Itoa(days)}}
	if page > 1 {
		query.Set(queryPage, strconv.Itoa(page))
	}
	return pathAccount + "?" + query.Encode() + "#" + at
}

// shownUsage shows how the tokens of some days were spent.
type shownUsage struct {
	Windows       tabs
	Chart         columnChart
	Tokens, Calls string
	Top           []shownEndpoint // none: there were no calls
}

type shownEndpoint struct {
	Endpoint, Tokens, Calls string
	Bar                     shareBar
}

func (v accountVisit) makeUsage(usage gen.Usage, page int) shownUsage {
	t := v.text
	shown := shownUsage{Windows: tabs{Label: t.Account.DaysLabel}, Chart: t.makeUsageChart(usage, v.now)}
	for _, days := range windows {
		to := link{Path: overviewPath(days, page, "usage"), Says: fmt.Sprintf(t.Account.Days, days)}
		shown.Windows.Links = append(shown.Windows.Links, tab{link: to, Current: days == usage.WindowDays})
	}
	var tokens, calls int64
	for _, day := range usage.Daily {
		tokens, calls = tokens+day.Tokens, calls+day.Calls
	}
	shown.Tokens, shown.Calls = t.formatCount(tokens), t.formatCount(calls)
	for _, endpoint := range usage.TopEndpoints {
		shown.Top = append(shown.Top, shownEndpoint{
			Endpoint: endpoint.Endpoint,
			Tokens:   t.formatCount(endpoint.Tokens),
			Calls:    t.formatCount(endpoint.Calls),
			Bar:      shareBar{Percent: 100 * float64(endpoint.Tokens) / float64(max(1, tokens))},
		})
	}
	return shown
}

// makeUsageChart shows every day of the window, which ends now: the API leaves out
// those without a call.
func (t *text) makeUsageChart(usage gen.Usage, now time.Time) columnChart {
	spent := map[string]gen.DailyUsage{}
	for _, day := range usage.Daily {
		spent[day.Day] = day
	}
	chart := columnChart{Title: t.Account.Spent, Periods: t.Account.Day, Values: t.Account.Spent}
	for back := usage.WindowDays - 1; back >= 0; back-- {
		day := now.UTC().AddDate(0, 0, -back)
		ofDay := spent[day.Format(time.DateOnly)]
		chart.Columns = append(chart.Columns, column{
			Label: t.formatDate(day),
			Value: ofDay.Tokens,
			Says:  fmt.Sprintf(t.Account.DaySays, t.formatCount(ofDay.Tokens), t.formatCount(ofDay.Calls)),
		})
	}
	return chart
}

// shownLedger is a page of the latest rows of the ledger.
type shownLedger struct {
	Rows         []shownRow
	Newer, Older string // paths; empty: there are none
	Latest       string // says that there may be more than the API lists; empty: there is no more
}

type shownRow struct {
	At                    time.Time
	What, Endpoint, Delta string
	Came                  bool
}

// maxRows returns how many rows the API lists at most.
func (v accountVisit) maxRows() int { return v.operation("listTokenTransactions").Clamps[0].Maximum }

// readLedgerPage returns which page of the ledger the person looks at.
func (v accountVisit) readLedgerPage() int {
	page, ok := v.queryNumber(queryPage)
	if !ok {
		return 1
	}
	return min(max(page, 1), v.maxRows()/rowsOnPage)
}

// countRowsUpTo returns how many rows to ask for to show the page, and to know
// whether one follows.
func (v accountVisit) countRowsUpTo(page int) int {
	return min(page*rowsOnPage+1, v.maxRows())
}

func (v accountVisit) makeLedger(rows []gen.TokenTransaction, page, days int) shownLedger {
	var shown shownLedger
	first := min((page-1)*rowsOnPage, len(rows))
	for _, row := range rows[first:min(first+rowsOnPage, len(rows))] {
		shown.Rows = append(shown.Rows, shownRow{
			At:       parseMoment(row.CreatedAt),
			What:     nameOf(v.text.Account.Kinds, string(row.Kind)),
			Endpoint: row.Endpoint,
			Delta:    v.text.formatChange(row.Delta),
			Came:     row.Delta > 0,
		})
	}
	if page > 1 {
		shown.Newer = overviewPath(days, page-1, "transactions")
	}
	if len(rows) > page*rowsOnPage {
		shown.Older = overviewPath(days, page+1, "transactions")
	}
	if most := v.maxRows(); len(rows) == most {
		shown.Latest = fmt.Sprintf(v.text.Account.AllOfThem, most)
	}
	return shown
}
