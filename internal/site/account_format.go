package site

import (
	"fmt"
	"time"
)

// change writes a number that was added or taken away: +10, −10.
func (t *text) change(n int64) string {
	if n < 0 {
		return minusSign + t.count(-n)
	}
	return "+" + t.count(n)
}

// minute writes an instant in UTC: 5 Mar 2026, 14:05 UTC.
func (t *text) minute(at time.Time) string {
	return t.date(at.UTC()) + at.UTC().Format(", 15:04") + noBreakSpace + "UTC"
}

// days writes a number of days.
func (t *text) days(n int) string { return fmt.Sprintf(t.Account.Days, n) }

// overlap says how long an old key goes on working.
func (t *text) overlap(hours int) string {
	switch hours {
	case 0:
		return t.Account.OverlapNone
	case 1:
		return t.Account.OverlapHour
	default:
		return fmt.Sprintf(t.Account.OverlapHours, hours)
	}
}
