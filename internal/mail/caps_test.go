package mail

import (
	"testing"
	"time"
)

// TestCapsTellWhenTheNextMailGoes: a mail is held back until the caps allow one more.
func TestCapsTellWhenTheNextMailGoes(t *testing.T) {
	now := time.Date(2026, 3, 4, 14, 0, 0, 0, time.UTC)
	ago := func(minutes ...int) (times []time.Time) {
		for _, m := range minutes {
			times = append(times, now.Add(-time.Duration(m)*time.Minute))
		}
		return times
	}
	for _, test := range []struct {
		caps Caps
		got  []time.Time
		want time.Duration
	}{
		{Caps{2, 3}, nil, 0},
		{Caps{2, 3}, ago(10), 0},
		{Caps{2, 3}, ago(50, 10), 10 * time.Minute},
		{Caps{2, 3}, ago(10, 90, 100), 24*time.Hour - 100*time.Minute},
		{Caps{2, 3}, ago(10, 20, 30), 24*time.Hour - 30*time.Minute},
		{Caps{2, 0}, ago(10, 20, 30), 40 * time.Minute},
		{Caps{2, 0}, ago(10, 60), 0},
		{Caps{0, 1}, ago(5), 24*time.Hour - 5*time.Minute},
		{Caps{}, ago(1, 2, 3), 0},
	} {
		if got := test.caps.wait(test.got, now); got != test.want {
			t.Errorf("%+v after mails at %v: %s, want %s", test.caps, test.got, got, test.want)
		}
	}
}
