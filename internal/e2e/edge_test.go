package e2e

import (
	"fmt"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestAuthRateGoesByClientAddress spends the limit of one address and then
// calls again from what claims to be another. The calls are invalid, so that
// no time is lost hashing: they count all the same.
func TestAuthRateGoesByClientAddress(t *testing.T) {
	const limit = 3
	for _, test := range []struct {
		name    string
		proxies string
		first   string // X-Forwarded-For
		then    string
		same    bool // then is the same client
	}{
		{"not behind a proxy", "", "203.0.113.1", "203.0.113.2", true},
		{"not behind a proxy, nothing forwarded", "", "", "203.0.113.2", true},
		{"proxy of another network", "10.0.0.0/8", "203.0.113.1", "203.0.113.2", true},
		{"another client", "127.0.0.0/8", "203.0.113.1", "203.0.113.2", false},
		{"client that makes up more to the left", "127.0.0.0/8", "203.0.113.1", "198.51.100.9, 203.0.113.1", true},
		{"client that makes up a trusted one to the left", "127.0.0.0/8,10.0.0.0/8", "203.0.113.1", "10.1.1.1, 203.0.113.1", true},
		{"client that makes up nonsense to the left", "127.0.0.0/8", "203.0.113.1", "unknown, , 203.0.113.1", true},
		{"two proxies", "127.0.0.0/8,10.0.0.0/8", "203.0.113.1, 10.1.1.1", "198.51.100.9, 203.0.113.1, 10.2.2.2", true},
		{"two proxies, another client", "127.0.0.0/8,10.0.0.0/8", "203.0.113.1, 10.1.1.1", "203.0.113.1, 203.0.113.2, 10.1.1.1", false},
		{"one /64", "127.0.0.0/8", "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
		{"another /64", "127.0.0.0/8", "2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"IPv4 in IPv6", "127.0.0.0/8", "203.0.113.1", "::ffff:203.0.113.1", true},
		{"IPv4 in IPv6, another client", "127.0.0.0/8", "::ffff:203.0.113.1", "::ffff:203.0.113.2", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			args := []string{"--auth-rate", fmt.Sprintf("%d/h", limit)}
			if test.proxies != "" {
				args = append(args, "--trusted-proxies", test.proxies)
			}
			s := start(t, testdb.SQLite(t), args...)
			call := func(want int, forwarded string) answer {
				t.Helper()
				return s.call(t, want, "POST", "/api/auth/login", `{}`, "X-Forwarded-For: "+forwarded)
			}
			for range limit {
				call(400, test.first)
			}
			refused := call(429, test.first)
			if refused.header.Get("Retry-After") == "" || refused.header.Get("RateLimit") == "" {
				t.Errorf("the refusal does not say when to come back: %v", refused.header)
			}
			want := 400
			if test.same {
				want = 429
			}
			call(want, test.then)
			// Sign-ups are of the same class.
			s.call(t, 429, "POST", "/api/auth/register", `{}`, "X-Forwarded-For: "+test.first)
		})
	}
}

func TestMetricsAreForOperators(t *testing.T) {
	const token = "metrics-token-0123456789"
	for _, test := range []struct {
		name    string
		args    []string
		headers []string
		want    int
	}{
		{"loopback", nil, nil, 200},
		{"loopback with a token set", []string{"--metrics-token", token}, nil, 200},
		{"behind a proxy", nil, []string{"X-Forwarded-For: 203.0.113.1"}, 401},
		{"behind a proxy that claims loopback", nil, []string{"X-Forwarded-For: 127.0.0.1"}, 401},
		{"behind a trusted proxy", []string{"--trusted-proxies", "127.0.0.0/8"}, []string{"X-Forwarded-For: 127.0.0.1"}, 401},
		{"behind another kind of proxy", nil, []string{"Forwarded: for=203.0.113.1"}, 401},
		{"behind a proxy that names itself", nil, []string{"Via: 1.1 proxy"}, 401},
		{"right token", []string{"--metrics-token", token}, []string{"Authorization: Bearer " + token}, 200},
		{"right token behind a proxy", []string{"--metrics-token", token}, []string{"Authorization: Bearer " + token, "X-Forwarded-For: 203.0.113.1"}, 200},
		{"wrong token", []string{"--metrics-token", token}, []string{"Authorization: Bearer " + token + "x"}, 401},
		{"part of the token", []string{"--metrics-token", token}, []string{"Authorization: Bearer " + token[:16]}, 401},
		{"token where none is set", nil, []string{"Authorization: Bearer " + token}, 401},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, testdb.SQLite(t), test.args...)
			a := s.call(t, test.want, "GET", "/metrics", "", test.headers...)
			if shown := strings.Contains(a.body, "go_goroutines"); shown != (test.want == 200) {
				t.Errorf("got %d %.200s", a.status, a.body)
			}
		})
	}
}

func TestMetricsCountCalls(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		s := start(t, databaseURL)
		s.register(t, "john.doe@example.com")
		s.call(t, 401, "POST", "/api/auth/login", credentials("john.doe@example.com", "wrong password"))
		s.call(t, 404, "GET", "/api/no/such/"+strings.Repeat("x", 100), "")
		for series, want := range map[string]int{
			`alta_requests_total{operation="appRegister",status="201"}`: 1,
			`alta_requests_total{operation="appLogin",status="401"}`:    1,
			`alta_requests_total{operation="none",status="404"}`:        1,
			`alta_hash_wait_seconds_count`:                              2,
		} {
			if got := s.metric(t, series); got != want {
				t.Errorf("%s: got %d, want %d", series, got, want)
			}
		}
	})
}

func TestHealth(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		s := start(t, databaseURL)
		for path, want := range map[string]string{"/healthz": `{"status":"ok"}`, "/readyz": `{"status":"ready"}`} {
			if got := s.call(t, 200, "GET", path, "").body; strings.TrimSpace(got) != want {
				t.Errorf("%s: got %s, want %s", path, got, want)
			}
		}
	})
}
