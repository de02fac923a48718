package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dunglas/httpsfv"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/testdb"
)

// TestRateLimits makes as many calls as the contract allows, and one more per
// interval. Refused calls say when to retry.
func TestRateLimits(t *testing.T) {
	h := start(t, testdb.SQLite(t), withRates(nil)) // the contract's own
	bearer := h.register("john.doe@example.com")
	other := h.register("jane.doe@example.com")
	tests := []struct {
		class, method, target, body string
		calls                       int // already made: 2 sign-ups of class auth
	}{
		{"auth", "POST", "/api/auth/login", credentials("nobody@example.com", "x"), 58},
		{"account", "GET", "/api/auth/profile", "", 120},
		{"data", "GET", "/api/accounts", "", 600},
	}
	for _, test := range tests {
		t.Run(test.class, func(t *testing.T) {
			limited := 0
			for i := range test.calls + 5 {
				answer := h.do(test.method, test.target, test.body, bearer)
				limitHeaders(t, answer, test.class)
				if strings.Contains(answer.Body.String(), "Rate limit exceeded") {
					limited++
					if i < test.calls {
						t.Fatalf("call %d is limited", i)
					}
				}
			}
			if limited != 5 {
				t.Errorf("%d of 5 calls too many were limited", limited)
			}
			answer := h.do(test.method, test.target, test.body, bearer).status(429)
			if answer.Header().Get("Retry-After") != "1" {
				t.Errorf("Retry-After is %q", answer.Header().Get("Retry-After"))
			}
			if test.class != "auth" { // which counts by address
				h.do(test.method, test.target, test.body, other).status(200)
			}
			h.clock.Advance(time.Minute)
		})
	}
}

// limitHeaders parses the rate limit headers as structured fields.
func limitHeaders(t *testing.T, answer *response, class string) {
	t.Helper()
	for name, parameters := range map[string][]string{"RateLimit": {"r", "t"}, "RateLimit-Policy": {"q", "w"}} {
		list, err := httpsfv.UnmarshalList(answer.Header().Values(name))
		if err != nil || len(list) != 1 {
			t.Fatalf("%s %q: %v", name, answer.Header().Values(name), err)
		}
		item := list[0].(httpsfv.Item)
		if item.Value != class {
			t.Errorf("%s is about %v, want %s", name, item.Value, class)
		}
		for _, parameter := range parameters {
			if value, _ := item.Params.Get(parameter); value == nil {
				t.Errorf("%s has no %s", name, parameter)
			}
		}
	}
}

func TestAddressesOfOneNetworkShareALimit(t *testing.T) {
	h := start(t, testdb.SQLite(t), withRates(map[string]contract.Rate{"auth": {Calls: 3, Window: time.Minute}}))
	from := func(address string) int {
		r := request("POST", "/api/auth/login", credentials(fmt.Sprintf("%d@example.com", time.Now().UnixNano()), "x"))
		r.RemoteAddr = address
		return h.send(r).Code
	}
	for i := range 3 {
		if got := from(fmt.Sprintf("[2001:db8:0:1::%d]:5", i+1)); got != 401 {
			t.Fatalf("call %d: got %d", i, got)
		}
	}
	if got := from("[2001:db8:0:1:ffff::1]:5"); got != 429 {
		t.Errorf("another address of the /64: got %d, want 429", got)
	}
	if got := from("[2001:db8:0:2::1]:5"); got != 401 {
		t.Errorf("another /64: got %d, want 401", got)
	}
	if got := from("192.0.2.1:5"); got != 401 {
		t.Errorf("an IPv4 address: got %d, want 401", got)
	}
}

// TestLimitComesBeforeValidation: the limit is checked before the body is read.
func TestLimitComesBeforeValidation(t *testing.T) {
	h := start(t, testdb.SQLite(t), withRates(map[string]contract.Rate{"auth": {Calls: 1, Window: time.Minute}}))
	h.do("POST", "/api/auth/register", "{}").status(400)
	h.do("POST", "/api/auth/register", "{}").status(429)
}

// TestDeviceKeepsItsOwnCount: a stranger cannot lock out an owner with a known
// device.
func TestDeviceKeepsItsOwnCount(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	email := "john.doe@example.com"
	device := "Cookie: alta-device=" + h.do("POST", "/api/auth/register", registration(email)).status(201).cookie("alta-device")
	for range 5 {
		h.do("POST", "/api/auth/login", credentials(email, "guess")).status(401)
	}
	h.do("POST", "/api/auth/login", credentials(email, password)).status(429)

	h.do("POST", "/api/auth/login", credentials(email, password), device).status(200)
	h.do("POST", "/api/auth/login", credentials(email, password)).status(429) // still, for strangers
	for range 5 {
		h.do("POST", "/api/auth/login", credentials(email, "typo"), device).status(401)
	}
	h.do("POST", "/api/auth/login", credentials(email, password), device).status(429) // a known device is counted, too

	h.register("jane.doe@example.com")
	for range 5 {
		h.do("POST", "/api/auth/login", credentials("jane.doe@example.com", "guess"), device).status(401)
	}
	h.do("POST", "/api/auth/login", credentials("jane.doe@example.com", "guess")).status(429) // known to John, not to Jane
}

// TestLimitsGoByClientAddress uses up the limit of one address, and calls again from
// what claims to be another. The body is invalid, so that no time is lost hashing.
func TestLimitsGoByClientAddress(t *testing.T) {
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
		{"with a port", "127.0.0.0/8", "203.0.113.1:4711", "203.0.113.1:4712", true},
		{"with a port, another client", "127.0.0.0/8", "203.0.113.1:4711", "203.0.113.2:4711", false},
		{"with a port and without", "127.0.0.0/8", "203.0.113.1:4711", "203.0.113.1", true},
		{"IPv6 with a port", "127.0.0.0/8", "[2001:db8:1:2::1]:4711", "2001:db8:1:2::2", true},
		{"in quotes", "127.0.0.0/8", `"[2001:db8:1:2::1]:4711"`, "2001:db8:1:2::2", true},
		{"unreadable is not the proxy", "127.0.0.0/8", "_hidden", "127.0.0.1", false},
		{"unreadable is a client", "127.0.0.0/8", "_hidden", "_hidden", true},
		{"unreadable, another client", "127.0.0.0/8", "_hidden", "_other", false},
		{"unreadable is no address", "127.0.0.0/8", "_hidden", "203.0.113.1", false},
		{"one /64", "127.0.0.0/8", "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
		{"another /64", "127.0.0.0/8", "2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"IPv4 in IPv6", "127.0.0.0/8", "203.0.113.1", "::ffff:203.0.113.1", true},
		{"IPv4 in IPv6, another client", "127.0.0.0/8", "::ffff:203.0.113.1", "::ffff:203.0.113.2", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := start(t, testdb.SQLite(t), withTrustedProxies(test.proxies),
				withRates(map[string]contract.Rate{"auth": {Calls: limit, Window: time.Hour}}))
			call := func(target, forwarded string) *response {
				r := request("POST", target, `{}`, "X-Forwarded-For: "+forwarded)
				r.RemoteAddr = "127.0.0.1:5"
				return h.send(r)
			}
			for range limit {
				call("/api/auth/login", test.first).status(400)
			}
			refused := call("/api/auth/login", test.first).status(429)
			if refused.Header().Get("Retry-After") == "" || refused.Header().Get("RateLimit") == "" {
				t.Errorf("the refusal does not say when to come back: %v", refused.Header())
			}
			want := 400
			if test.same {
				want = 429
			}
			call("/api/auth/login", test.then).status(want)
			call("/api/auth/register", test.first).status(429) // is of the same class
		})
	}
}
