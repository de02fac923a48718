package main

import (
	"math"
	"testing"
	"time"

	"example.com/alta/internal/meter"
	"example.com/alta/repo"
)

func TestQuantile(t *testing.T) {
	samples := []time.Duration{40, 10, 30, 20, 50}
	for _, test := range []struct {
		q    float64
		want time.Duration
	}{{0, 10}, {0.5, 30}, {0.875, 45}, {1, 50}} {
		if got := quantile(samples, test.q); got != test.want {
			t.Errorf("quantile %v: got %d, want %d", test.q, got, test.want)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("quantile of nothing: got %d, want 0", got)
	}
}

// Two workers that finish at the same time have the same rate as two that take
// turns.
func TestPerSecond(t *testing.T) {
	var inTurn, inPairs []time.Duration
	for i := range 100 {
		inTurn = append(inTurn, time.Duration(i)*125*time.Millisecond)
		inPairs = append(inPairs, time.Duration(i/2)*250*time.Millisecond)
	}
	for name, events := range map[string][]time.Duration{"in turn": inTurn, "in pairs": inPairs} {
		if got := perSecond(events); math.Abs(got-8) > 0.01 {
			t.Errorf("%s: got %f per second, want 8", name, got)
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, test := range []struct {
		bar   bar
		value float64
		want  string
	}{
		{atMost(2, "2"), 2, "met"},
		{atMost(2, "2"), 2.1, "MISSED"},
		{atLeast(0.95, "0.95"), 0.95, "met"},
		{atLeast(0.95, "0.95"), 0.94, "MISSED"},
		{atLeast(0.95, "0.95"), math.NaN(), "?"},
		{bar{}, 1, ""},
	} {
		if got := test.bar.verdict(test.value); got != test.want {
			t.Errorf("%v of %s: got %q, want %q", test.value, test.bar.text, got, test.want)
		}
	}
}

func TestParseBenchmark(t *testing.T) {
	costs := parseBenchmark(`goos: linux
BenchmarkValidation/appRegister/with-2         	   48110	     12474 ns/op	    5168 B/op	      77 allocs/op
BenchmarkValidation/appRegister/with-2         	   48110	     12476 ns/op	    5168 B/op	      77 allocs/op
BenchmarkValidation/appRegister/without        	   48110	     2000.5 ns/op	    5168 B/op	      20 allocs/op
PASS`)
	if got := costs["appRegister/with"]; got == nil || median(got.nanoseconds) != 12475 || median(got.allocations) != 77 {
		t.Errorf("with: got %+v", got)
	}
	if got := costs["appRegister/without"]; got == nil || median(got.nanoseconds) != 2000.5 {
		t.Errorf("without: got %+v", got)
	}
}

// Two loads of one second with a call every 100 ms give one load of two seconds.
func TestAppend(t *testing.T) {
	var l load
	for range 2 {
		part := &load{elapsed: time.Second, processors: 0.5, failures: 1}
		for i := range 10 {
			part.finished = append(part.finished, time.Duration(i)*100*time.Millisecond)
			part.took = append(part.took, 100*time.Millisecond)
		}
		l.append(part)
	}
	if got := l.perSecond(); math.Abs(got-10) > 0.01 || len(l.took) != 20 || l.failures != 2 || l.processors != 0.5 || l.elapsed != 2*time.Second {
		t.Errorf("%.2f per second, %d calls, %d failures, %.2f of the processors in %s", got, len(l.took), l.failures, l.processors, l.elapsed)
	}
}

// The queries find the data that fill adds, and the ledgers add up.
func TestFill(t *testing.T) {
	const users = 20
	e, err := openEngine(t.Context(), "sqlite")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.close() })
	if err := withRepo(t.Context(), e, func(*repo.Repo) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := fill(t.Context(), e, users, 5); err != nil {
		t.Fatal(err)
	}
	err = withRepo(t.Context(), e, func(db *repo.Repo) error {
		withLedger(t.Context(), db, func(l *meter.Ledger) {
			for _, q := range queries {
				for n := 1; n <= users; n++ {
					if err := q.run(t.Context(), filledDatabase{Repo: db, ledger: l, users: users}, n); err != nil {
						t.Errorf("%s of user %d: %v", q.name, n, err)
					}
				}
			}
		})
		bad, total, err := db.VerifyLedgers(t.Context())
		if err == nil && (len(bad) > 0 || total != users) {
			t.Errorf("%d of %d ledgers do not add up, want 0 of %d", len(bad), total, users)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
