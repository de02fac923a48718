package site

import (
	"net/http"
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

// query names the period as the API does.
func (p period) query() url.Values {
	return url.Values{"month": {strconv.Itoa(int(p.Month))}, "year": {strconv.Itoa(p.Year)}}
}

// period returns the month that the link names, the current one by default.
// path is the page's, and keep what its links keep of the query. When that is
// no month, the person has been told; years are bounded by the API.
func (v *visit) period(w *workspace, path string, keep url.Values) (p period, ok bool) {
	query := v.r.URL.Query()
	current := w.calendar.PeriodOf(v.site.config.Now())
	p.Period = current
	if query.Has("month") || query.Has("year") {
		month, err := strconv.Atoi(query.Get("month"))
		year, errYear := strconv.Atoi(query.Get("year"))
		if err != nil || errYear != nil || month < 1 || month > 12 {
			v.card(http.StatusNotFound, card{Heading: v.text.NotFound, Says: v.text.NotFoundSays})
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
	p.Title = v.text.month(p.Period)
	if w.calendar.StartDay > 1 {
		begin, end := w.calendar.Bounds(p.Period)
		p.Days = v.text.date(begin.In(w.calendar.Zone)) + " – " + v.text.date(end.In(w.calendar.Zone).AddDate(0, 0, -1))
	}
	p.Previous, p.Next = at(p.Period.Previous()), at(p.Period.Next())
	if p.Period != current {
		p.Current = withQuery(path, keep)
	}
	return p, true
}
