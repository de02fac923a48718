package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// makeKeys makes keys in every way, some of them with an Idempotency-Key, so that
// answers that show a key are stored. It returns a key that works.
func (c canaries) makeKeys(t *testing.T, s *server, d developer) (key string) {
	t.Helper()
	const path = "/api/v1/account/api-keys"
	c[d.key], c[d.session] = "key made by POST", "session's token"
	create := func(path, body, place string) (id, key string) {
		t.Helper()
		headers := []string{bearer(d.session), idempotencyKey(strings.ReplaceAll(place, " ", "-"))}
		first := s.call(t, 201, "POST", path, body, headers...)
		if again := s.call(t, 201, "POST", path, body, headers...); again.body != first.body || again.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s: the retry's answer is another one", place)
		}
		id, key = madeKey(t, first)
		c[key] = place
		return id, key
	}
	id, made := create(path, `{"name":"canary","expires_in":86400}`, "key made by POST and kept for retries")
	_, rotated := create(path+"/"+id+"/rotate", `{"overlap_hours":1}`, "key made by rotation with an overlap")
	id, _ = create(path, `{"name":"gone"}`, "key that is rotated away")
	create(path+"/"+id+"/rotate", `{"overlap_hours":0}`, "key made by rotation at once")
	_, direct := madeKey(t, s.call(t, 201, "POST", path+"/"+d.keyID+"/rotate", `{"overlap_hours":2}`, bearer(d.session)))
	c[direct] = "key made by rotation alone"
	for _, key := range []string{made, rotated, direct, d.key} {
		c.check(t, "answer to a call by key", s.call(t, 200, "GET", "/api/v1/sandbox", "", byKey(key), idempotencyKey("by-header")).body)
		c.check(t, "answer to a call by ?apiKey=", s.call(t, 200, "GET", "/api/accounts?apiKey="+url.QueryEscape(key), "").body)
		c.check(t, "list of keys", s.call(t, 200, "GET", path, "", bearer(d.session)).body)
		c.check(t, "user", s.call(t, 200, "GET", "/api/v1/user/", "", bearer(d.session)).body)
		c.check(t, "transactions", s.call(t, 200, "GET", "/api/v1/account/transactions?apiKey="+key, "").body)
	}
	return rotated
}

// keyCalls returns calls that have a good key where no key belongs, or a key that
// is refused.
func keyCalls(c canaries, key string) []struct {
	method, path, body string
	headers            []string
} {
	typo := key[:len(key)-1] + "0"
	if typo == key {
		typo = key[:len(key)-1] + "1"
	}
	c[typo] = "key with a slip"
	const keys, login = "/api/v1/account/api-keys", "/api/v1/auth/login"
	return []struct {
		method, path, body string
		headers            []string
	}{
		{"DELETE", keys + "/" + key, "", []string{byKey(key)}},
		{"GET", "/api/accounts", "", []string{byKey(typo)}},
		{"GET", "/api/accounts", "", []string{bearer(key)}},
		{"GET", "/api/accounts", "", []string{"Authorization: " + key}},
		{"GET", "/api/accounts", "", []string{"Cookie: alta=" + key}},
		{"GET", "/api/accounts", "", []string{byKey(key + "," + key)}},
		{"GET", "/api/accounts", "", []string{byKey(key), idempotencyKey(strings.Repeat(key, 9))}},
		{"GET", "/api/accounts?apiKey=" + typo, "", nil},
		{"GET", "/api/accounts?apiKey=" + key + "&apiKey=" + key, "", nil},
		{"GET", "/api/accounts?apikey=" + key, "", nil},
		{"GET", "/api/accounts?a=b;apiKey=" + key, "", nil},
		{"GET", "/api/accounts?%zz&apiKey=" + key, "", nil},
		{"GET", "/api/categories?type=nope&apiKey=" + key, "", nil},
		{"GET", "/api/nope?apiKey=" + key, "", nil},
		{"GET", "/api/v1/nope?apiKey=" + key, "", nil},
		{"GET", keys + "?apiKey=" + key, "", nil},
		{"POST", keys, `{"name":"x"}`, []string{byKey(key)}},
		{"POST", "/api/v1/sandbox?apiKey=" + key, `{}`, nil},
		{"POST", login, credentials(key, password), nil},
		{"POST", login, credentials("john.doe@example.com", key), nil},
		{"POST", login, `{"apiKey":"` + key + `"}`, nil},
		{"POST", login, `{"email":"` + key, nil},
		{"POST", "/api/v1/auth/redeem-invite", `{"code":"` + key + `"}`, nil},
		{"POST", "/api/v1/auth/verifyEmail", `{"token":"` + key + `"}`, nil},
	}
}

// refusals makes the calls of keyCalls.
func (c canaries) refusals(t *testing.T, s *server, key string) {
	t.Helper()
	for _, call := range keyCalls(c, key) {
		a, err := s.try(t.Context(), call.method, call.path, call.body, call.headers...)
		if err != nil {
			t.Fatal(err)
		}
		accepted := strings.Contains(call.path, "%zz") // what is malformed is left out, and the key is good
		if a.status < 400 && !accepted || a.status >= 500 {
			t.Errorf("%s %.40s: got %d %s, want a refusal", call.method, call.path, a.status, a.body)
		}
		c.check(t, "answer to "+call.method+" "+call.path[:strings.IndexAny(call.path+"?", "?")], a.body)
	}
}

// TestKeysStayOutOfEverything makes keys, calls by key, and searches everything
// that is written for them.
func TestKeysStayOutOfEverything(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		c := canaries{}
		s := start(t, databaseURL)
		d := s.developer(t, databaseURL, "john.doe@example.com")
		key := c.makeKeys(t, s, d)
		c.refusals(t, s, key)
		left := count(t, testdb.Connect(t, databaseURL), `SELECT balance FROM ledgers`)
		alta(t, databaseURL, "", "tokens", "grant", d.email, fmt.Sprint(-left), "--reason", "to have none left")
		c.check(t, "answer 402", s.call(t, 402, "GET", "/api/accounts?apiKey="+key, "").body)
		alta(t, databaseURL, "", "plan", "set", "free", "--requests-per-minute", "1")
		eventually(t, "the limit is reached", func() error {
			a, err := s.try(t.Context(), "GET", "/api/accounts?apiKey="+key, "")
			c.check(t, "answer 429", a.body)
			if err != nil || a.status != 429 {
				return fmt.Errorf("got %d (%w)", a.status, err)
			}
			return nil
		})
		check := func(when string) {
			t.Helper()
			text := databaseText(t, databaseURL)
			c.check(t, "database of a "+when+" server", text)
			if strings.Contains(text, "sandbox response") {
				t.Errorf("the database of a %s server keeps an answer in clear", when)
			}
			c.check(t, "log of a "+when+" server", s.log.String())
		}
		c.check(t, "metrics", s.call(t, 200, "GET", "/metrics", "").body)
		check("running")
		s.terminate(t)
		check("stopped")
		c.check(t, "list of users", alta(t, databaseURL, "", "user", "list", "--json"))
		c.check(t, "ledger verify", alta(t, databaseURL, "", "ledger", "verify"))
	})
}
