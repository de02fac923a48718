package site

import (
	"fmt"
	"time"
)

// formatChange writes a number that was added or taken away: +10, −10.
func (t *text) formatChange(n int64) string {
	if n < 0 {
		return minusSign + t.formatCount(-n)
	}
	return "+" + t.formatCount(n)
}

// formatMinute writes an instant in UTC: 5 Mar 2026, 14:05 UTC.
func (t *text) formatMinute(at time.Time) string {
	return t.formatDate(at.UTC()) + at.UTC().Format(", 15:04") + noBreakSpace + "UTC"
}

// formatDays writes a number of days.
func (t *text) formatDays(n int) string { return fmt.Sprintf(t.Account.Days, n) }

// describeOverlap says how long an old key goes on working.
func (t *text) describeOverlap(hours int) string {
	switch hours {
	case 0:
		return t.Account.OverlapNone
	case 1:
		return t.Account.OverlapHour
	default:
		return fmt.Sprintf(t.Account.OverlapHours, hours)
	}
}
