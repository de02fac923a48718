package fiscal_test

import (
	"errors"
	"testing"
	"time"

	"example.com/alta/internal/fiscal"
)

// dayZones are zones far from each other, zones that put clocks forward at midnight,
// and zones that moved over the date line and skipped a day.
var dayZones = []string{
	"America/Argentina/Buenos_Aires", "Europe/Madrid", "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Honolulu", "America/Sao_Paulo",
	"Asia/Beirut", "America/Santiago", "Africa/Cairo", "Pacific/Apia", "Pacific/Kwajalein", "America/St_Johns", "Asia/Kathmandu", "UTC",
}

// TestEachDayIsOneDay: days follow each other without a gap, each moment of a day is on
// it, and it begins in the month that its name says.
func TestEachDayIsOneDay(t *testing.T) {
	for _, zone := range dayZones {
		c := calendar(t, 1, zone)
		_, last := c.Day(1992, time.December, 31)
		for d := time.Date(1993, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2030; d = d.AddDate(0, 0, 1) {
			begin, end := c.Day(d.Date())
			if !begin.Equal(last) || !end.After(begin) {
				t.Fatalf("%s: %s is from %v to %v, the day before ended at %v", zone, d.Format(time.DateOnly), begin, end, last)
			}
			last = end
			if got, err := c.StartOf(d.Format(time.DateOnly)); err != nil || !got.Equal(begin) {
				t.Fatalf("%s: the start of %s is %v, %v, want %v", zone, d.Format(time.DateOnly), got, err, begin)
			}
			for _, at := range []time.Time{begin, begin.Add(end.Sub(begin) / 2), end.Add(-time.Microsecond)} {
				if got := c.DayOf(at); !got.Equal(d) {
					t.Fatalf("%s: %v is on %v, want %v", zone, at, got, d)
				}
			}
			if got, want := c.PeriodOf(begin), (fiscal.Period{Year: d.Year(), Month: d.Month()}); got != want {
				t.Fatalf("%s: %s is in %v", zone, d.Format(time.DateOnly), got)
			}
		}
	}
}

func TestStartOf(t *testing.T) {
	for _, test := range []struct{ zone, day, want string }{
		{zone: "Europe/Madrid", day: "2026-03-01", want: "2026-02-28T23:00:00Z"},
		{zone: "Pacific/Auckland", day: "2026-03-01", want: "2026-02-28T11:00:00Z"},
		{zone: "Pacific/Honolulu", day: "2026-03-01", want: "2026-03-01T10:00:00Z"},
		// Clocks went from 24:00 to 1:00.
		{zone: "America/Sao_Paulo", day: "2018-11-04", want: "2018-11-04T03:00:00Z"},
		{zone: "Asia/Beirut", day: "2021-03-28", want: "2021-03-27T22:00:00Z"},
		// There was no such day.
		{zone: "Pacific/Kiritimati", day: "1994-12-31", want: "1994-12-31T09:59:59.999Z"},
		{zone: "Pacific/Apia", day: "2011-12-30", want: "2011-12-30T09:59:59.999Z"},
	} {
		got, err := calendar(t, 1, test.zone).StartOf(test.day)
		if err != nil || got.Format(time.RFC3339Nano) != test.want {
			t.Errorf("%s in %s begins at %v, %v; want %s", test.day, test.zone, got, err, test.want)
		}
	}
	for _, text := range []string{"", "2026-02-30", "2026-03-01T00:00", "2026-03-01T00:00:00Z", "9999-01-01"} {
		if got, err := calendar(t, 1, "UTC").StartOf(text); !errors.Is(err, fiscal.ErrDate) {
			t.Errorf("StartOf(%q) = %v, %v; want ErrDate", text, got, err)
		}
	}
}
