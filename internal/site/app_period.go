package site

import (
	"net/url"
	"strconv"
	"time"

	"example.com/alta/internal/fiscal"
)

// period is the fiscal month that a page is about, and the way to those beside
// it.
type period struct {
	fiscal.Period
	Title, Days    string // Days: empty for a calendar month
	Previous, Next string // paths
	Current        string // path to the current one; empty: it is this
}

// query returns the period as the API names it.
func (p period) query() url.Values {
	return url.Values{"month": {strconv.Itoa(int(p.Month))}, "year": {strconv.Itoa(p.Year)}}
}

// readPeriod returns the month that the link names, by default the current one.
// path is the page's, and keep has the part of the query that its links keep. If
// the link names no month, readPeriod shows the error and ok is false. The API
// limits years.
func (v moneyVisit) readPeriod(w *workspace, path string, keep url.Values) (p period, ok bool) {
	query := v.r.URL.Query()
	current := w.calendar.PeriodOf(v.now)
	p.Period = current
	if query.Has("month") || query.Has("year") {
		month, isMonth := v.queryNumber("month")
		year, isYear := v.queryNumber("year")
		if !isMonth || !isYear || month < 1 || month > 12 {
			v.showUnknown()
			return p, false
		}
		p.Period = fiscal.Period{Year: year, Month: time.Month(month)}
	}
	at := func(other fiscal.Period) string {
		named := period{Period: other}.query()
		for name, values := range keep {
			named[name] = values
		}
		return withQuery(path, named)
	}
	p.Title = v.text.formatMonth(p.Period)
	if w.calendar.StartDay > 1 {
		begin, end := w.calendar.Bounds(p.Period)
		p.Days = v.text.formatDate(w.calendar.DayOf(begin)) + " – " + v.text.formatDate(w.calendar.DayOf(end).AddDate(0, 0, -1))
	}
	p.Previous, p.Next = at(p.Period.Previous()), at(p.Period.Next())
	if p.Period != current {
		p.Current = withQuery(path, keep)
	}
	return p, true
}
