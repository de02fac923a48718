package locale

import (
	"testing"
	"time"
)

func TestFormatMoment(t *testing.T) {
	at := time.Date(2026, time.August, 31, 23, 5, 59, 0, time.UTC)
	for language, want := range map[string]string{
		English: "1 September 2026, 01:05 (Europe/Madrid)", Spanish: "1 de septiembre de 2026, 01:05 (Europe/Madrid)",
	} {
		if got := FormatMoment(language, at.In(time.FixedZone("Europe/Madrid", 7200))); got != want {
			t.Errorf("%s: got %q, want %q", language, got, want)
		}
	}
	if got := FormatMoment(English, at); got != "31 August 2026, 23:05 (UTC)" {
		t.Errorf("got %q", got)
	}
}
