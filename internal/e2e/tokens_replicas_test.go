package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestKeysCountAtOnceOnReplicas runs two servers on one PostgreSQL: a change to a key
// at one of them, or by an operator, counts at the other with the next call.
func TestKeysCountAtOnceOnReplicas(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.Postgres(t)
	one, other := start(t, databaseURL), start(t, databaseURL)
	d := one.developer(t, databaseURL, "john.doe@example.com")
	const path = "/api/accounts"
	both := func(want int, key string) (last answer) {
		t.Helper()
		for range 2 {
			for _, s := range []*server{one, other} {
				last = s.call(t, want, "GET", path, "", byKey(key))
			}
		}
		return last
	}
	both(200, d.key)
	_, second := madeKey(t, other.call(t, 201, "POST", "/api/v1/account/api-keys", `{"name":"second"}`, bearer(d.session)))
	both(200, second)
	one.call(t, 204, "DELETE", "/api/v1/account/api-keys/"+d.keyID, "", bearer(d.session))
	if a := other.call(t, 401, "GET", path, "", byKey(d.key)); strings.TrimSpace(a.body) != `{"statusCode":401,"message":"Unauthorized"}` {
		t.Errorf("a revoked key: got %s", a.body)
	}
	both(401, d.key)
	both(200, second)

	alta(t, databaseURL, "", "user", "suspend", d.email)
	if a := both(403, second); !strings.Contains(a.body, "Account suspended") {
		t.Errorf("a suspended owner: got %s", a.body)
	}
	alta(t, databaseURL, "", "user", "resume", d.email)
	both(200, second)
	checkPlansOnReplicas(t, databaseURL, one, other, d.email, second)
}

// checkPlansOnReplicas changes plans beside servers that have served the key.
func checkPlansOnReplicas(t *testing.T, databaseURL string, one, other *server, email, key string) {
	t.Helper()
	balance := func(s *server) (b struct {
		Balance int64 `json:"current_balance"`
		Plan    string
		Quota   int64 `json:"monthly_quota"`
	}) {
		t.Helper()
		body := s.call(t, 200, "GET", "/api/v1/account/balance", "", byKey(key)).body
		if err := json.Unmarshal([]byte(body), &b); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		return b
	}
	policy := func(want string) {
		t.Helper()
		for _, s := range []*server{one, other} {
			if got := s.call(t, 200, "GET", "/api/accounts", "", byKey(key)).header.Get("RateLimit-Policy"); got != want {
				t.Errorf("the limit is %s, want %s", got, want)
			}
		}
	}
	policy(`"data";q=60;w=60`)
	alta(t, databaseURL, "", "plan", "set", "free", "--requests-per-minute", "77")
	policy(`"data";q=77;w=60`)
	before := balance(one).Balance
	alta(t, databaseURL, "", "user", "plan", email, "paid")
	for _, s := range []*server{one, other} {
		if got := balance(s); got.Balance != before+198_000 || got.Plan != "paid" || got.Quota != 200_000 {
			t.Errorf("on paid: got %+v, want %d tokens", got, before+198_000)
		}
	}
	policy(`"data";q=600;w=60`)
	alta(t, databaseURL, "", "tokens", "grant", email, "-1", "--reason", "a test")
	if a, b := balance(one).Balance, balance(other).Balance; a != b || a != before+198_000-2-1 {
		t.Errorf("after a grant: got %d and %d, want %d", a, b, before+198_000-3)
	}
}
