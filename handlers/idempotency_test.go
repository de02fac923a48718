package handlers_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// replayed fails the test unless the response repeats first.
func (r *response) replayed(first *response) *response {
	r.t.Helper()
	if r.Header().Get("Idempotency-Replayed") != "true" || first.Header().Get("Idempotency-Replayed") != "" {
		r.t.Errorf("Idempotency-Replayed is %q, of the first %q", r.Header().Get("Idempotency-Replayed"), first.Header().Get("Idempotency-Replayed"))
	}
	if r.Code != first.Code || r.Body.String() != first.Body.String() {
		r.t.Errorf("got %d %s, want %d %s", r.Code, r.Body, first.Code, first.Body)
	}
	for _, name := range []string{"Content-Type", "ETag", "X-Token-Cost", "X-Token-Balance", "Set-Cookie", "Location"} {
		if got, want := strings.Join(r.Header().Values(name), "\n"), strings.Join(first.Header().Values(name), "\n"); got != want {
			r.t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if r.Header().Get("X-Request-Id") == first.Header().Get("X-Request-Id") {
		r.t.Error("two calls have one X-Request-Id")
	}
	return r
}

// TestOnce: a repeated call is made once, by session or by key.
func TestOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		ada := h.customer("ada@example.com")
		h.clock.Advance(time.Second)

		first := h.do("GET", sandbox, "", ada.key, withKey("by-key")).status(200)
		h.clock.Advance(time.Second)
		h.do("GET", sandbox, "", ada.key, withKey("by-key")).replayed(first)
		h.do("GET", sandbox+"?apiKey="+strings.TrimPrefix(ada.key, byKey("")), "", withKey("by-key")).replayed(first) // the credential is no input

		keys := s.liveKeys()
		const target, body = "/api/v1/account/api-keys", `{"name":"ci"}`
		first = h.do("POST", target, body, ada.session, withKey("by-session")).status(201)
		h.do("POST", target, body, ada.session, withKey("by-session")).replayed(first)
		if n := s.liveKeys() - keys; n != 1 {
			t.Errorf("%d keys were made, want 1", n)
		}
		h.do("GET", sandbox, "", byKey(first.get("key"))).status(200) // the same key, and it works
		if n := s.count("idempotent_calls"); n != 2 {
			t.Errorf("there are %d rows, want 2", n)
		}
		h.wantTokenDeltas(ada, -10, -10)
	})
}

// TestAnotherCallWithTheKey: another call with a used key is refused, whatever the
// difference.
func TestAnotherCallWithTheKey(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
	ada := h.customer("ada@example.com")
	const target = "/api/v1/account/api-keys"
	h.do("GET", "/api/categories?page=1", "", ada.key, withKey("list")).status(200)
	h.do("POST", target, `{"name":"ci"}`, ada.session, withKey("make")).status(201)
	id, _ := h.newKey(ada.session, `{"name":"other"}`)
	keys := s.liveKeys()
	for _, test := range []struct{ method, target, body, credential, key string }{
		{"GET", "/api/categories?page=2", "", ada.key, "list"},
		{"GET", "/api/categories?page=1&type=INCOME", "", ada.key, "list"},
		{"GET", "/api/accounts", "", ada.key, "list"},
		{"POST", target, `{"name":"ci "}`, ada.session, "make"},
		{"POST", target, `{"name":"ci","expires_in":60}`, ada.session, "make"},
		{"POST", target + "/" + id + "/rotate", `{}`, ada.session, "make"},
	} {
		answer := h.do(test.method, test.target, test.body, test.credential, withKey(test.key))
		if answer.Code != 422 || !strings.Contains(answer.Body.String(), "This Idempotency-Key was used for a different request.") {
			t.Errorf("%s %s %s: got %d %s, want 422", test.method, test.target, test.body, answer.Code, answer.Body)
		}
	}
	if n := s.liveKeys(); n != keys {
		t.Errorf("%d keys were made", n-keys)
	}
	h.wantTokenDeltas(ada, -1)
}

// TestTwoUsersWithOneKey: two users may use the same Idempotency-Key.
func TestTwoUsersWithOneKey(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada, byron := h.customer("ada@example.com"), h.customer("byron@example.com")
	h.setBalance(byron, 100)
	h.do("GET", sandbox, "", ada.key, withKey("same")).status(200).charged("10", "1990")
	answer := h.do("GET", sandbox, "", byron.key, withKey("same")).status(200)
	answer.charged("10", "90")
	if answer.Header().Get("Idempotency-Replayed") != "" {
		t.Error("one user got the other's answer")
	}
	h.do("GET", "/api/accounts", "", byron.session, withKey("other")).status(200)
	h.do("GET", "/api/categories", "", ada.session, withKey("other")).status(200)
	h.wantTokenDeltas(ada, -10)
	h.wantTokenDeltas(byron, -10)
}

// TestCutOff: a call that was cut off after its debit holds its key until its lease
// ends. Then a retry takes over the call and its debit.
func TestCutOff(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		ada := h.customer("ada@example.com")
		h.do("GET", sandbox, "", ada.key, withKey("one")).status(200)
		s.cutOffCall(h, "one")
		h.clock.Advance(time.Minute - time.Microsecond)
		h.do("GET", sandbox, "", ada.key, withKey("one")).status(409)
		h.clock.Advance(time.Microsecond)
		h.do("GET", "/api/accounts", "", ada.key, withKey("one")).status(422) // another call takes nothing over
		retry := h.do("GET", sandbox, "", ada.key, withKey("one")).status(200)
		retry.charged("10", "1990")
		if retry.Header().Get("Idempotency-Replayed") != "" {
			t.Error("what was never answered is replayed")
		}
		h.do("GET", sandbox, "", ada.key, withKey("one")).replayed(retry)
		h.wantTokenDeltas(ada, -10)

		// Cut off before its debit: the retry is charged.
		h.write(func(tx *repo.Tx) error {
			var row repo.IdempotentCall
			s.readCall(&row, "one")
			row.Key, row.RequestID = "two", uuid.NewString()
			_, _, err := tx.ReserveCall(context.Background(), row, time.Minute)
			return err
		})
		h.clock.Advance(time.Minute)
		h.do("GET", sandbox, "", ada.key, withKey("two")).status(200).charged("10", "1980")
		h.wantTokenDeltas(ada, -10, -10)
	})
}

// TestRefundedDebitIsChargedAnew: the retry of a call that was refunded and then cut
// off is charged, once.
func TestRefundedDebitIsChargedAnew(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		ada := h.customer("ada@example.com")
		h.do("GET", sandbox, "", ada.key, withKey("one")).status(200)
		s.refundCall(h, ada, "one")
		s.cutOffCall(h, "one")
		h.clock.Advance(time.Minute)
		retry := h.do("GET", sandbox, "", ada.key, withKey("one")).status(200)
		retry.charged("10", "1990")
		h.do("GET", sandbox, "", ada.key, withKey("one")).replayed(retry)
		s.cutOffCall(h, "one") // the retry, too: it has a debit that was not given back
		h.clock.Advance(time.Minute)
		h.do("GET", sandbox, "", ada.key, withKey("one")).status(200).charged("10", "1990")
		h.wantTokenDeltas(ada, -10, 10, -10)
	})
}

// TestExpiry: a stored response is kept for a day. Then the key is free.
func TestExpiry(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		ada := h.customer("ada@example.com")
		first := h.do("GET", sandbox, "", ada.key, withKey("one")).status(200)
		sweep := func() {
			t.Helper()
			if _, err := h.repo.Sweep(context.Background(), h.config.Retention); err != nil {
				t.Fatal(err)
			}
		}
		h.clock.Advance(24 * time.Hour)
		sweep()
		h.do("GET", sandbox, "", ada.key, withKey("one")).replayed(first)
		h.clock.Advance(time.Microsecond)
		sweep()
		h.do("GET", "/api/accounts", "", ada.key, withKey("one")).status(200).charged("1", "1989")
		h.wantTokenDeltas(ada, -10, -1)
	})
}

// TestRepeatIsTheSameRequest: JSON that says the same in other bytes is the same
// request, and another value is another one.
func TestRepeatIsTheSameRequest(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		signUp := `{"email":"ada@example.com","password":"SecurePass123!","firstName":"Ada","lastName":"Löw","currency":"USD"}`
		first := h.do("POST", "/api/auth/register", signUp, withKey("one")).status(201)
		for _, again := range []string{
			`{ "currency": "USD", "lastName": "Löw",` + "\n" + `"firstName": "Ada", "password": "SecurePass123!", "email": "ada@example.com" }`,
			`{"email":"ada@example.com","password":"SecurePass123!","firstName":"\u0041da","lastName":"L\u00f6w","currency":"USD"}`,
			signUp,
		} {
			h.do("POST", "/api/auth/register", again, withKey("one")).replayed(first)
		}
		bearer := "Authorization: Bearer " + first.get("token")
		made := h.do("POST", "/api/accounts", `{"name":"Trip","type":"SAVINGS","currency":"USD","targetAmount":1.5}`, bearer, withKey("two")).status(201)
		h.do("POST", "/api/accounts", `{"targetAmount":1.50,"currency":"USD","type":"SAVINGS","name":"Trip"}`, bearer, withKey("two")).replayed(made)
		h.do("POST", "/api/accounts", `{"name":"Trip","type":"SAVINGS","currency":"USD","targetAmount":1.51}`, bearer, withKey("two")).status(422)
		h.do("POST", "/api/accounts", `{"name":"trip","type":"SAVINGS","currency":"USD","targetAmount":1.5}`, bearer, withKey("two")).status(422)
	})
}

// TestRepeatedSignUpProvesThePassword: the fingerprint of a request is a fast hash, so
// it has no password in it. A repeat must have the password all the same.
func TestRepeatedSignUpProvesThePassword(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		for target, body := range map[string]string{
			"/api/auth/register":    registration("john.doe@example.com"),
			"/api/v1/auth/register": apiRegistration("ada@example.com", h.inviteToken(2)),
		} {
			first := h.do("POST", target, body, withKey(target))
			if first.Code != 200 && first.Code != 201 {
				t.Fatalf("%s: got %d %s", target, first.Code, first.Body)
			}
			again := h.do("POST", target, body, withKey(target)).status(first.Code)
			if again.Body.String() != first.Body.String() || again.Header().Get("Idempotency-Replayed") != "true" {
				t.Errorf("%s: the repeat got %v %s, want %s", target, again.Header(), again.Body, first.Body)
			}
			users := len(must(h.repo.Users(t.Context(), "", 10)))
			other := strings.Replace(body, password, password+"x", 1)
			if answer := h.do("POST", target, other, withKey(target)); answer.Code != 422 || answer.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s with another password: got %d %s, want 422", target, answer.Code, answer.Body)
			}
			if n := len(must(h.repo.Users(t.Context(), "", 10))); n != users {
				t.Errorf("%s: there are %d users, want %d", target, n, users)
			}
		}
		var fingerprints []string
		if err := openTestDatabase(t, databaseURL).db.Select(&fingerprints, `SELECT DISTINCT fingerprint FROM idempotent_calls`); err != nil || len(fingerprints) != 2 {
			t.Errorf("%v: there are %d fingerprints, want one for each sign-up whatever its password", err, len(fingerprints))
		}
	})
}
