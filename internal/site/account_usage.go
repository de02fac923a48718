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

// window returns the days that the person looks back.
func (v *visit) window() int {
	days, err := strconv.Atoi(v.r.URL.Query().Get(queryDays))
	if err != nil || !slices.Contains(windows, days) {
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

// shownUsage is where the tokens of some days went.
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

func (v *visit) shownUsage(usage gen.Usage, page int) shownUsage {
	t := v.text
	shown := shownUsage{Windows: tabs{Label: t.Account.DaysLabel}, Chart: t.usageChart(usage, v.site.config.Now())}
	for _, days := range windows {
		to := link{Path: overviewPath(days, page, "usage"), Says: fmt.Sprintf(t.Account.Days, days)}
		shown.Windows.Links = append(shown.Windows.Links, tab{to, days == usage.WindowDays})
	}
	var tokens, calls int64
	for _, day := range usage.Daily {
		tokens, calls = tokens+day.Tokens, calls+day.Calls
	}
	shown.Tokens, shown.Calls = t.count(tokens), t.count(calls)
	for _, one := range usage.TopEndpoints {
		shown.Top = append(shown.Top, shownEndpoint{
			Endpoint: one.Endpoint,
			Tokens:   t.count(one.Tokens),
			Calls:    t.count(one.Calls),
			Bar:      shareBar{Percent: 100 * float64(one.Tokens) / float64(max(1, tokens))},
		})
	}
	return shown
}

// usageChart shows every day of the window, which ends now: the API leaves out
// those without a call.
func (t *text) usageChart(usage gen.Usage, now time.Time) columnChart {
	spent := map[string]gen.DailyUsage{}
	for _, day := range usage.Daily {
		spent[day.Day] = day
	}
	chart := columnChart{Title: t.Account.Spent, Periods: t.Account.Day, Values: t.Account.Spent}
	for back := usage.WindowDays - 1; back >= 0; back-- {
		day := now.UTC().AddDate(0, 0, -back)
		one := spent[day.Format(time.DateOnly)]
		chart.Columns = append(chart.Columns, column{
			Label: t.date(day),
			Value: one.Tokens,
			Says:  fmt.Sprintf(t.Account.DaySays, t.count(one.Tokens), t.count(one.Calls)),
		})
	}
	return chart
}

// shownLedger is a page of the latest rows of the ledger.
type shownLedger struct {
	Rows         []shownRow
	Newer, Older string // paths; empty: there are none
	Latest       string // says that there may be more than the API lists; empty: there are not
}

type shownRow struct {
	At                    time.Time
	What, Endpoint, Delta string
	Came                  bool
}

// mostRows returns how many rows the API lists at most.
func (v *visit) mostRows() int { return v.site.operation("listTransactions").Clamps[0].Maximum }

// ledgerPage returns which page of the ledger the person looks at.
func (v *visit) ledgerPage() int {
	page, err := strconv.Atoi(v.r.URL.Query().Get(queryPage))
	if err != nil {
		return 1
	}
	return min(max(page, 1), v.mostRows()/rowsOnPage)
}

// rowsUpTo returns how many rows to ask for to show the page, and to know
// whether one follows.
func (v *visit) rowsUpTo(page int) int {
	return min(page*rowsOnPage+1, v.mostRows())
}

func (v *visit) shownLedger(rows []gen.TokenTransaction, page, days int) shownLedger {
	var shown shownLedger
	first := min((page-1)*rowsOnPage, len(rows))
	for _, row := range rows[first:min(first+rowsOnPage, len(rows))] {
		shown.Rows = append(shown.Rows, shownRow{
			At:       moment(row.CreatedAt),
			What:     named(v.text.Account.Kinds, string(row.Kind)),
			Endpoint: row.Endpoint,
			Delta:    v.text.change(row.Delta),
			Came:     row.Delta > 0,
		})
	}
	if page > 1 {
		shown.Newer = overviewPath(days, page-1, "transactions")
	}
	if len(rows) > page*rowsOnPage {
		shown.Older = overviewPath(days, page+1, "transactions")
	}
	if most := v.mostRows(); len(rows) == most {
		shown.Latest = fmt.Sprintf(v.text.Account.AllOfThem, most)
	}
	return shown
}
