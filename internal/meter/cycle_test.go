package meter

import (
	"math/rand/v2"
	"testing"
	"time"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse("2006-01-02T15:04:05.999999999Z07:00", text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestCycle(t *testing.T) {
	for _, test := range []struct{ name, start, at, begin, end string }{
		{name: "the start itself", start: "2026-01-31T10:00:00Z", at: "2026-01-31T10:00:00Z",
			begin: "2026-01-31T10:00:00Z", end: "2026-02-28T10:00:00Z"},
		{name: "a microsecond before", start: "2026-01-31T10:00:00Z", at: "2026-02-28T09:59:59.999999Z",
			begin: "2026-01-31T10:00:00Z", end: "2026-02-28T10:00:00Z"},
		{name: "on the last day of a short month", start: "2026-01-31T10:00:00Z", at: "2026-02-28T10:00:00Z",
			begin: "2026-02-28T10:00:00Z", end: "2026-03-31T10:00:00Z"},
		{name: "the day itself again", start: "2026-01-31T10:00:00Z", at: "2026-03-31T10:00:00Z",
			begin: "2026-03-31T10:00:00Z", end: "2026-04-30T10:00:00Z"},
		{name: "before the day itself", start: "2026-01-31T10:00:00Z", at: "2026-03-30T10:00:00Z",
			begin: "2026-02-28T10:00:00Z", end: "2026-03-31T10:00:00Z"},
		{name: "leap year", start: "2028-01-31T10:00:00Z", at: "2028-02-29T10:00:00Z",
			begin: "2028-02-29T10:00:00Z", end: "2028-03-31T10:00:00Z"},
		{name: "leap year, on the 28th", start: "2028-01-31T10:00:00Z", at: "2028-02-28T23:00:00Z",
			begin: "2028-01-31T10:00:00Z", end: "2028-02-29T10:00:00Z"},
		{name: "29 February in a common year", start: "2028-02-29T00:00:00Z", at: "2029-02-28T00:00:00Z",
			begin: "2029-02-28T00:00:00Z", end: "2029-03-29T00:00:00Z"},
		{name: "29 February in a leap year", start: "2028-02-29T00:00:00Z", at: "2032-02-29T00:00:00Z",
			begin: "2032-02-29T00:00:00Z", end: "2032-03-29T00:00:00Z"},
		{name: "no leap year in a whole century", start: "2096-02-29T00:00:00Z", at: "2100-03-01T00:00:00Z",
			begin: "2100-02-28T00:00:00Z", end: "2100-03-29T00:00:00Z"},
		{name: "years later", start: "2020-05-15T23:59:59Z", at: "2026-11-15T23:59:58Z",
			begin: "2026-10-15T23:59:59Z", end: "2026-11-15T23:59:59Z"},
		{name: "over the new year", start: "2025-12-05T00:00:00Z", at: "2026-01-04T23:59:59Z",
			begin: "2025-12-05T00:00:00Z", end: "2026-01-05T00:00:00Z"},
		{name: "a fraction of a second", start: "2026-03-04T00:00:00.5Z", at: "2026-04-04T00:00:00.499999Z",
			begin: "2026-03-04T00:00:00.5Z", end: "2026-04-04T00:00:00.5Z"},
		// 31 January in Madrid and 1 February in Auckland are other days in
		// UTC.
		{name: "a start in another zone", start: "2026-01-31T00:30:00+01:00", at: "2026-02-28T12:00:00Z",
			begin: "2026-01-30T23:30:00Z", end: "2026-02-28T23:30:00Z"},
		{name: "a time in another zone", start: "2026-01-31T10:00:00Z", at: "2026-02-28T22:59:00+13:00",
			begin: "2026-01-31T10:00:00Z", end: "2026-02-28T10:00:00Z"},
		{name: "both in other zones", start: "2026-01-31T23:00:00+13:00", at: "2026-02-28T05:00:00-05:00",
			begin: "2026-02-28T10:00:00Z", end: "2026-03-31T10:00:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			begin, end := Cycle(at(t, test.start), at(t, test.at))
			// They must also be equal by ==, because times are stored and
			// compared in UTC.
			if begin != at(t, test.begin).UTC() || end != at(t, test.end).UTC() {
				t.Errorf("Cycle(%s, %s) = %v, %v; want %s, %s", test.start, test.at, begin, end, test.begin, test.end)
			}
		})
	}
}

// TestCycleProperties: from the start on, cycles follow each other without a
// gap, and the cycle of a time contains it.
func TestCycleProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		zone := time.FixedZone("", (random.IntN(27)-13)*3600)
		start := time.Date(2020+random.IntN(12), 1, 1, 0, 0, 0, 0, zone).
			Add(time.Duration(random.Int64N(int64(366 * 24 * time.Hour)))).Truncate(time.Microsecond)
		begin, end := Cycle(start, start)
		if !begin.Equal(start) {
			t.Fatalf("the first cycle of %v begins at %v", start, begin)
		}
		for range 50 {
			if days := end.Sub(begin).Hours() / 24; days < 27 || days > 31+1 {
				t.Fatalf("of %v: a cycle from %v to %v", start, begin, end)
			}
			next, after := Cycle(start, end)
			if !next.Equal(end) {
				t.Fatalf("of %v: after the cycle to %v comes one from %v", start, end, next)
			}
			inside := begin.Add(time.Duration(random.Int64N(int64(end.Sub(begin)))))
			for _, moment := range []time.Time{begin, inside, end.Add(-time.Microsecond)} {
				b, e := Cycle(start, moment.In(zone))
				if b != begin || e != end {
					t.Fatalf("of %v: the cycle of %v is %v to %v, want %v to %v", start, moment, b, e, begin, end)
				}
			}
			begin, end = next, after
		}
	}
}
