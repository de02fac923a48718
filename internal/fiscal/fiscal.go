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
	year, month, day := c.DayOf(t).Date()
	p := Period{year, month}
	if day < c.StartDay {
		p = p.Previous()
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

// StartOf returns when the day begins, in UTC. The error is ErrDate if the text is
// not a day, such as 2026-01-31.
func (c Calendar) StartOf(day string) (time.Time, error) {
	date, err := ParseDate(day, c.Zone)
	if err == nil && date.Day == "" {
		err = ErrDate
	}
	return date.Time, err
}

// DayOf returns the day that contains t, as midnight in UTC. It is the day that a
// clock in the zone shows, with two exceptions, so that days follow each other: if
// clocks are put back over midnight, the evening that occurs again belongs to the
// day that has begun, and a day that the zone skipped has the moment that Day gives.
func (c Calendar) DayOf(t time.Time) time.Time {
	year, month, day := t.In(c.Zone).Date()
	switch begin, end := c.Day(year, month, day); {
	case t.Before(begin):
		day--
	case !t.Before(end):
		day++
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// skippedDay is how long a day lasts that the zone skipped: it is the end of the day
// before. The API shows milliseconds.
const skippedDay = time.Millisecond

// midnight returns the first moment of the day. If clocks are put forward at
// midnight, there is no midnight and the day begins right after the change. If the
// zone moved over the date line and has no such day, it begins skippedDay before the
// next one: so it stays in its month.
func (c Calendar) midnight(year int, month time.Month, day int) time.Time {
	t, noon := time.Date(year, month, day, 0, 0, 0, 0, c.Zone), time.Date(year, month, day, 12, 0, 0, 0, c.Zone)
	if noon.Day() != time.Date(year, month, day, 12, 0, 0, 0, time.UTC).Day() {
		return c.midnight(year, month, day+1).Add(-skippedDay)
	}
	if t.Day() != noon.Day() {
		// Date may use the offset from before the change. The result is then
		// too early, by an hour or, in some zones, half an hour.
		_, before := t.Zone()
		_, after := noon.Zone()
		t = t.Add(time.Duration(after-before) * time.Second)
	}
	return t.UTC()
}
