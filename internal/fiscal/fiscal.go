// Package fiscal computes the months by which a user accounts for money. A
// fiscal month begins on a day of the user's choice, at midnight in the user's
// time zone: with day 15, January is from 15 January to the end of 14 February.
package fiscal

import (
	"fmt"
	"time"
)

// Calendar defines a user's fiscal months.
type Calendar struct {
	StartDay int // 1 to 28
	Zone     *time.Location
}

// NewCalendar returns a user's calendar. If zone is not the name of a time zone,
// because an earlier version took it, the calendar has the zone of ReplaceZone. It
// returns an error only if the database of zones cannot be read.
func NewCalendar(startDay int, zone string) (Calendar, error) {
	location, err := LoadZone(ReplaceZone(zone))
	return Calendar{startDay, location}, err
}

// Period is a fiscal month, named after the calendar month in which it begins.
type Period struct {
	Year  int
	Month time.Month
}

// String returns the period's name in tables, such as 2026-01. The names sort
// by time.
func (p Period) String() string { return fmt.Sprintf("%04d-%02d", p.Year, int(p.Month)) }

// Next returns the period after p.
func (p Period) Next() Period {
	if p.Month == time.December {
		return Period{p.Year + 1, time.January}
	}
	return Period{p.Year, p.Month + 1}
}

// Previous returns the period before p.
func (p Period) Previous() Period {
	if p.Month == time.January {
		return Period{p.Year - 1, time.December}
	}
	return Period{p.Year, p.Month - 1}
}

// PeriodOf returns the period that contains t.
func (c Calendar) PeriodOf(t time.Time) Period {
	year, month, day := t.In(c.Zone).Date()
	p := Period{year, month}
	if day < c.StartDay {
		p = p.Previous()
	}
	// If clocks are put back over midnight, a day occurs twice. Its bounds
	// decide.
	switch begin, end := c.Bounds(p); {
	case t.Before(begin):
		return p.Previous()
	case !t.Before(end):
		return p.Next()
	}
	return p
}

// Bounds returns when the period begins and when the next one does, in UTC.
func (c Calendar) Bounds(p Period) (begin, end time.Time) {
	next := p.Next()
	return c.midnight(p.Year, p.Month, c.StartDay), c.midnight(next.Year, next.Month, c.StartDay)
}

// Year returns when the fiscal year begins, which is when its January begins,
// and when the next year does, in UTC.
func (c Calendar) Year(year int) (begin, end time.Time) {
	return c.midnight(year, time.January, c.StartDay), c.midnight(year+1, time.January, c.StartDay)
}

// Day returns when the day begins and when the next day does, in UTC.
func (c Calendar) Day(year int, month time.Month, day int) (begin, end time.Time) {
	return c.midnight(year, month, day), c.midnight(year, month, day+1)
}

// midnight returns the first moment of the day. If clocks are put forward at
// midnight, there is no midnight and the day begins right after the change.
func (c Calendar) midnight(year int, month time.Month, day int) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, c.Zone)
	if want := time.Date(year, month, day, 12, 0, 0, 0, c.Zone); t.Day() != want.Day() {
		// Date may use the offset from before the change. The result is then
		// too early, by an hour or, in some zones, half an hour.
		_, before := t.Zone()
		_, after := want.Zone()
		t = t.Add(time.Duration(after-before) * time.Second)
	}
	return t.UTC()
}
