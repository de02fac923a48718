package handlers

import (
	"testing"
	"time"
)

// TestLeapsOfTheClockAreDoubted: rows are not deleted for a day after the clock has
// gone ahead, nor at a start long after the newest row.
func TestLeapsOfTheClockAreDoubted(t *testing.T) {
	start := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	const year = 365 * 24 * time.Hour
	type check struct {
		passed, ahead time.Duration
		doubted       bool
	}
	for _, test := range []struct {
		name   string
		newest time.Time
		checks []check
	}{
		{"a new database", time.Time{}, []check{{0, 0, false}, {time.Hour, 0, false}}},
		{"a database in use", start.Add(-time.Hour), []check{{0, 0, false}, {time.Hour, 0, false}, {72 * time.Hour, 0, false}}},
		{"a small correction", start, []check{{0, 0, false}, {time.Hour, 30 * time.Minute, false}, {2 * time.Hour, 0, false}}},
		{"a database from last year", start.Add(-year), []check{{0, 0, true}, {23 * time.Hour, 0, true}, {24 * time.Hour, 0, false}}},
		{"a start with a clock that is ahead", start, []check{{0, year, true}, {time.Hour, 0, false}}},
		{"a leap", start, []check{{0, 0, false}, {time.Hour, year, true}, {24 * time.Hour, year, true}, {25 * time.Hour, year, false}}},
		{"a leap and back", start, []check{{0, 0, false}, {time.Hour, year, true}, {2 * time.Hour, 0, false}, {3 * time.Hour, 0, false}}},
		{"two leaps", start, []check{{0, 0, false}, {time.Hour, year, true}, {24 * time.Hour, 2 * year, true}, {26 * time.Hour, 2 * year, true}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var w clockWatch
			for _, c := range test.checks {
				now := clockReading{wall: start.Add(c.passed + c.ahead), passed: c.passed}
				if got := w.doubts(now, test.newest); got != c.doubted {
					t.Errorf("after %v, %v ahead: doubted: %t", c.passed, c.ahead, got)
				}
			}
		})
	}
}
