package e2e

import (
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestAuthRateGoesByClientAddress uses up the limit of one address, and calls again
// from what the header says is another: without a trusted proxy that changes
// nothing. handlers tests more kinds of proxies and addresses.
func TestAuthRateGoesByClientAddress(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		then int // status of a call that says it comes from another address
	}{
		{"not behind a proxy", nil, 429},
		{"behind a trusted proxy", []string{"--trusted-proxies", "127.0.0.0/8"}, 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, testdb.SQLite(t), append(test.args, "--auth-rate", "2/h")...)
			call := func(want int, address string) {
				t.Helper()
				s.call(t, want, "POST", "/api/auth/login", `{}`, "X-Forwarded-For: "+address)
			}
			for range 2 {
				call(400, "203.0.113.1") // the body is invalid, so that no time is lost hashing
			}
			call(429, "203.0.113.1")
			call(test.then, "203.0.113.2")
		})
	}
}

// TestMetricsAreForOperators: loopback peers and holders of the token. handlers
// tests more kinds of callers.
func TestMetricsAreForOperators(t *testing.T) {
	t.Parallel()
	const token = "metrics-token-0123456789"
	s := start(t, testdb.SQLite(t), "--metrics-token", token)
	for _, test := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"loopback", nil, 200},
		{"behind a proxy", []string{"X-Forwarded-For: 203.0.113.1"}, 401},
		{"right token behind a proxy", []string{bearer(token), "X-Forwarded-For: 203.0.113.1"}, 200},
		{"wrong token", []string{bearer(token + "x")}, 401},
	} {
		a := s.call(t, test.want, "GET", "/metrics", "", test.headers...)
		if shown := strings.Contains(a.body, "go_goroutines"); shown != (test.want == 200) {
			t.Errorf("%s: got %d %.200s", test.name, a.status, a.body)
		}
	}
}

func TestMetricsCountCalls(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.SQLite(t))
	s.register(t, "john.doe@example.com")
	s.call(t, 401, "POST", "/api/auth/login", credentials("john.doe@example.com", "wrong password"))
	s.call(t, 404, "GET", "/api/no/such/"+strings.Repeat("x", 100), "")
	for series, want := range map[string]int{
		`alta_requests_total{operation="registerAppUser",status="201"}`: 1,
		`alta_requests_total{operation="loginAppUser",status="401"}`:    1,
		`alta_requests_total{operation="none",status="404"}`:            1,
		`alta_hash_wait_seconds_count`:                                  2,
	} {
		if got := s.metric(t, series); got != want {
			t.Errorf("%s: got %d, want %d", series, got, want)
		}
	}
}

func TestHealth(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		s := start(t, databaseURL)
		for path, want := range map[string]string{"/healthz": `{"status":"ok"}`, "/readyz": `{"status":"ready"}`} {
			if got := s.call(t, 200, "GET", path, "").body; strings.TrimSpace(got) != want {
				t.Errorf("%s: got %s, want %s", path, got, want)
			}
		}
	})
}
