package fiscal_test

import (
	"errors"
	"testing"
	"time"

	"example.com/alta/internal/fiscal"
)

func TestParseDate(t *testing.T) {
	at := func(hour, minute, second, nano int) time.Time {
		return time.Date(2026, time.January, 31, hour, minute, second, nano, time.UTC)
	}
	for _, test := range []struct {
		text, zone string
		want       time.Time
		dateOnly   bool
	}{
		{text: "2026-01-31", zone: "UTC", want: at(0, 0, 0, 0), dateOnly: true},
		{text: "2026-01-31", zone: "America/Argentina/Buenos_Aires", want: at(3, 0, 0, 0), dateOnly: true},
		{text: "2026-01-31", zone: "Asia/Kathmandu", want: at(-5, -45, 0, 0), dateOnly: true},
		{text: "2026-01-31T10:30", zone: "America/Argentina/Buenos_Aires", want: at(13, 30, 0, 0)},
		{text: "2026-01-31 10:30:15", zone: "America/Argentina/Buenos_Aires", want: at(13, 30, 15, 0)},
		{text: "2026-01-31T00:00:00Z", zone: "America/Argentina/Buenos_Aires", want: at(0, 0, 0, 0)},
		{text: "2026-01-31T10:30:00.123456789Z", zone: "Asia/Kathmandu", want: at(10, 30, 0, 123456789)},
		{text: "2026-01-31T10:30:00,5Z", zone: "UTC", want: at(10, 30, 0, 500_000_000)},
		{text: "2026-01-31T10:30:00-03:00", zone: "Asia/Kathmandu", want: at(13, 30, 0, 0)},
		{text: "2026-01-31T10:30+0545", zone: "UTC", want: at(4, 45, 0, 0)},
		{text: "2024-02-29", zone: "UTC", want: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), dateOnly: true},
		// Clocks were put forward at midnight, so the day began at one o'clock.
		{text: "2024-09-08", zone: "America/Santiago", want: time.Date(2024, 9, 8, 4, 0, 0, 0, time.UTC), dateOnly: true},
		{text: "0002-01-01", zone: "UTC", want: time.Date(2, 1, 1, 0, 0, 0, 0, time.UTC), dateOnly: true},
		{text: "9998-12-31", zone: "UTC", want: time.Date(9998, 12, 31, 0, 0, 0, 0, time.UTC), dateOnly: true},
	} {
		zone, err := fiscal.LoadZone(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		day := ""
		if test.dateOnly {
			day = test.text
		}
		got, err := fiscal.ParseDate(test.text, zone)
		if err != nil || !got.Time.Equal(test.want) || got.Time.Location() != time.UTC || got.Day != day {
			t.Errorf("ParseDate(%q, %s) = %v, %v; want %v, %q", test.text, test.zone, got, err, test.want, day)
		}
	}
	for _, text := range []string{
		"", "2026", "2026-01", "20260131", "2026-W05-6", "2026-031", "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "2026-01-00",
		"31/01/2026", "2026-1-31", " 2026-01-31", "2026-01-31 ", "2026-01-31\n", "2026-01-31T", "2026-01-31T10", "2026-01-31T24:00",
		"2026-01-31T10:60", "2026-01-31T10:30:60Z", "2026-01-31T10:30:00 03:00", "2026-01-31T10:30:00+3", "2026-01-31T10:30:00+03:60",
		"2026-01-31T10:30:00+25:00", "2026-01-31Z", "2026-01-31t10:30z", "2026-01-31T10:30:00.Z", "2026-01-31T10:30:00.1234567890Z",
		"0000-01-01", "0001-06-01", "9999-01-01", "12026-01-31", "-2026-01-31", "２０２６-01-31", "now", "1772633600",
	} {
		if got, err := fiscal.ParseDate(text, time.UTC); !errors.Is(err, fiscal.ErrDate) {
			t.Errorf("ParseDate(%q) = %v, %v; want ErrDate", text, got, err)
		}
		if !errors.Is(fiscal.CheckDate(text), fiscal.ErrDate) {
			t.Errorf("CheckDate(%q) takes it", text)
		}
	}
}
