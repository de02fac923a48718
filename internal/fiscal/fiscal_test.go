package fiscal_test

import (
	"testing"
	"time"

	"example.com/alta/internal/fiscal"
)

func calendar(t *testing.T, day int, zone string) fiscal.Calendar {
	t.Helper()
	c, err := fiscal.NewCalendar(day, zone)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDay15InBuenosAires(t *testing.T) {
	c := calendar(t, 15, "America/Argentina/Buenos_Aires")
	begin, end := c.Bounds(fiscal.Period{Year: 2026, Month: time.January})
	if want := time.Date(2026, 1, 15, 3, 0, 0, 0, time.UTC); !begin.Equal(want) {
		t.Errorf("January begins at %v, want %v", begin, want)
	}
	if want := time.Date(2026, 2, 15, 3, 0, 0, 0, time.UTC); !end.Equal(want) {
		t.Errorf("January ends at %v, want %v", end, want)
	}
	for at, want := range map[time.Time]string{
		begin: "2026-01", begin.Add(-time.Microsecond): "2025-12", end: "2026-02", end.Add(-time.Microsecond): "2026-01",
	} {
		if got := c.PeriodOf(at).String(); got != want {
			t.Errorf("%v is in %s, want %s", at, got, want)
		}
	}
	if begin, end := c.Year(2026); !begin.Equal(time.Date(2026, 1, 15, 3, 0, 0, 0, time.UTC)) || !end.Equal(time.Date(2027, 1, 15, 3, 0, 0, 0, time.UTC)) {
		t.Errorf("2026 is from %v to %v", begin, end)
	}
}

// TestPeriodsMeet checks that each period ends when the next begins, that both
// ends are in the right periods, and that days begin at their first moment,
// also in zones that change their clocks at midnight.
func TestPeriodsMeet(t *testing.T) {
	zones := []string{"America/Argentina/Buenos_Aires", "America/Santiago", "Asia/Beirut", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC"}
	for _, zone := range zones {
		for _, day := range []int{1, 15, 28} {
			c := calendar(t, day, zone)
			p := fiscal.Period{Year: 2010, Month: time.January}
			_, last := c.Bounds(fiscal.Period{Year: 2009, Month: time.December})
			for ; p.Year < 2028; p = p.Next() {
				begin, end := c.Bounds(p)
				if !begin.Equal(last) || !end.After(begin) {
					t.Fatalf("%s, day %d: %v is from %v to %v, the one before ended at %v", zone, day, p, begin, end, last)
				}
				if c.PeriodOf(begin) != p || c.PeriodOf(end.Add(-time.Microsecond)) != p || c.PeriodOf(begin.Add(-time.Microsecond)) == p {
					t.Fatalf("%s, day %d: the bounds of %v are in %v and %v", zone, day, p, c.PeriodOf(begin), c.PeriodOf(end.Add(-time.Microsecond)))
				}
				last = end
			}
		}
		c := calendar(t, 1, zone)
		for d := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC); d.Year() < 2025; d = d.AddDate(0, 0, 1) {
			begin, end := c.Day(d.Date())
			before, first := begin.Add(-time.Microsecond).In(c.Zone), begin.In(c.Zone)
			if first.Day() != d.Day() || before.Day() == d.Day() || !end.After(begin) {
				t.Fatalf("%s: %s begins at %v, and a moment before it is %v", zone, d.Format(time.DateOnly), first, before)
			}
		}
	}
}

// TestPeriodOfDayMetTwice: in St. John's clocks were put back at one minute
// past midnight, so the evening before the month's first day occurred again.
func TestPeriodOfDayMetTwice(t *testing.T) {
	c := calendar(t, 4, "America/St_Johns")
	_, end := c.Bounds(fiscal.Period{Year: 2007, Month: time.October})
	for offset := -2 * time.Hour; offset <= 2*time.Hour; offset += time.Minute {
		want := "2007-11"
		if offset < 0 {
			want = "2007-10"
		}
		if got := c.PeriodOf(end.Add(offset)).String(); got != want {
			t.Errorf("%v from the start of November is in %s, want %s", offset, got, want)
		}
	}
}
