package handlers_test

import (
	"errors"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

const registerTarget = "/api/v1/auth/register"

// TestNotRemembered: a failure that a retry may repair is not stored.
func TestNotRemembered(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		ada := h.customer("ada@example.com")
		again := func(target string, status int) {
			t.Helper()
			answer := h.do("GET", target, "", ada.key, withKey("one")).status(status)
			if answer.Header().Get("Idempotency-Replayed") != "" {
				t.Errorf("%d is replayed", status)
			}
		}
		again("/api/categories?page=x", 400) // which the contract refuses
		h.setBalance(ada, 0)
		again("/api/accounts", 402)
		again("/api/accounts", 402)
		h.setBalance(ada, 100)
		mend := s.hideTable("accounts")
		again("/api/accounts", 500)
		again("/api/accounts", 500)
		mend()
		h.awaitRefunds(ada, 2)
		for range 60 {
			if h.do("GET", "/api/v1/sandbox", "", ada.key, withKey("a b")).Code == 429 {
				break
			}
		}
		again("/api/accounts", 429)
		if n := s.count("idempotent_calls"); n != 0 {
			t.Errorf("%d answers are kept, want none", n)
		}
		h.clock.Advance(60e9)
		again("/api/accounts", 200)
		h.wantTokenDeltas(ada, -1, 1, -1, 1, -1)
	})
}

// TestUnavailableIsNotRemembered: neither is a 503.
func TestUnavailableIsNotRemembered(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
	ada := h.customer("ada@example.com")
	h.stopLedger()
	h.do("GET", sandbox, "", ada.key, withKey("one")).status(503)
	h.do("GET", sandbox, "", ada.key, withKey("one")).status(503)
	if n := s.count("idempotent_calls"); n != 0 {
		t.Errorf("%d answers are kept, want none", n)
	}
	h.wantTokenDeltas(ada)
	h.do("GET", sandbox, "", ada.session, withKey("one")).status(200) // the key is free
}

// TestRefusalsAreRemembered: a refusal by the handler is stored, because the handler
// would refuse the retry, too.
func TestRefusalsAreRemembered(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	john := h.register("john@example.com")
	first := h.do("POST", "/api/v1/account/api-keys", `{"name":"ci"}`, john, withKey("one")).status(403)
	h.do("POST", "/api/v1/account/api-keys", `{"name":"ci"}`, john, withKey("one")).replayed(first)
	h.do("POST", "/api/auth/register", registration("john@example.com"), withKey("two")).status(409)
	taken := h.do("POST", "/api/auth/register", registration("john@example.com"), withKey("three")).status(409)
	h.do("POST", "/api/auth/register", registration("john@example.com"), withKey("three")).replayed(taken)
}

// TestRegistrationIsRemembered: the retry of a registration gets the same response,
// whether its mail was sent or not, and creates no user.
func TestRegistrationIsRemembered(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		for _, fails := range []bool{false, true} {
			h := start(t, databaseURL)
			body := apiRegistration("ada@example.com", h.inviteToken(1))
			want := 200
			if fails {
				body = apiRegistration("byron@example.com", h.inviteToken(1))
				want = 500
				h.mailServer.refuse("Verify your email", errors.New("connection refused"))
			}
			first := h.do("POST", registerTarget, body, withKey("one")).status(want)
			if fails != strings.Contains(first.Body.String(), `"code":"mail_failed"`) {
				t.Errorf("got %s", first.Body)
			}
			h.mailServer.refuse("", nil)
			users, mails := h.users(), len(h.mailServer.tries)
			h.do("POST", registerTarget, body, withKey("one")).replayed(first)
			if h.users() != users || len(h.mailServer.tries) != mails {
				t.Errorf("the retry made %d users and sent %d mails", h.users()-users, len(h.mailServer.tries)-mails)
			}
			h.do("POST", registerTarget, body).status(410) // without the key it is another call: the invite is used
			if n := h.auditCount(repo.AuditInviteUse); n != users {
				t.Errorf("invites were used %d times by %d users", n, users)
			}
		}
	})
}

// TestAppRegistrationIsRemembered: the retry gets the session that the first call
// opened, in the body and in the cookies.
func TestAppRegistrationIsRemembered(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
	body := registration("john@example.com")
	first := h.do("POST", "/api/auth/register", body, withKey("one")).status(201)
	retry := h.do("POST", "/api/auth/register", body, withKey("one")).replayed(first)
	for _, header := range []string{"Authorization: Bearer " + retry.get("token"), "Cookie: alta=" + retry.cookie("alta")} {
		h.do("GET", "/api/auth/profile", "", header).status(200)
	}
	if n := s.count("sessions"); n != 1 {
		t.Errorf("there are %d sessions, want 1", n)
	}
}

// TestAnonymousCallsDoNotMeet: anonymous calls are told apart by their content, so
// that a stranger with the same key never gets somebody's response.
func TestAnonymousCallsDoNotMeet(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	john := h.do("POST", "/api/auth/register", registration("john@example.com"), withKey("one")).status(201)
	jane := h.do("POST", "/api/auth/register", registration("jane@example.com"), withKey("one")).status(201)
	if jane.Header().Get("Idempotency-Replayed") != "" || jane.get("token") == john.get("token") {
		t.Error("a stranger got an answer that was not for them")
	}
	other := strings.Replace(registration("john@example.com"), password, "another password", 1)
	h.do("POST", "/api/auth/register", other, withKey("one")).status(422) // no session is given away
	h.do("POST", "/api/auth/register", registration("john@example.com"), withKey("other")).status(409)
	h.do("POST", "/api/auth/register", registration("john@example.com"), withKey("one")).replayed(john)
}

// TestAnswersAreEncrypted: a copy of the database reveals no stored response.
func TestAnswersAreEncrypted(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
	ada := h.customer("ada@example.com")
	made := h.do("POST", "/api/v1/account/api-keys", `{"name":"ci"}`, ada.session, withKey("one")).status(201)
	john := h.do("POST", "/api/auth/register", registration("john@example.com"), withKey("two")).status(201)
	var rows []repo.IdempotentCall
	if err := s.db.Select(&rows, "SELECT scope, key, fingerprint, request_id, response FROM idempotent_calls"); err != nil || len(rows) != 2 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for _, row := range rows {
		if len(row.Response) < 200 {
			t.Errorf("an answer of %d bytes holds nothing", len(row.Response))
		}
		text := strings.Join([]string{row.Scope, row.Fingerprint, row.RequestID, row.Response}, " ")
		for _, secret := range []string{made.get("key"), made.get("key")[5:20], john.get("token"), "alta_", "eyJhbGciOi", "john@example.com", password} {
			if strings.Contains(text, secret) {
				t.Errorf("%s stands in the database", secret)
			}
		}
	}
	s.db.MustExec("UPDATE idempotent_calls SET response = (SELECT response FROM idempotent_calls WHERE key = 'two')")
	h.do("POST", "/api/v1/account/api-keys", `{"name":"ci"}`, ada.session, withKey("one")).status(500) // one answer does not pass for another
}

// TestFreeCallsAreNotKept: by session, a call that only reads is made each time,
// whatever its key. By API key it is made, and charged, once.
func TestFreeCallsAreNotKept(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	bySession := h.do("GET", "/api/accounts", "", ada.session, withKey("one")).status(200).Body.String()
	paid := h.do("GET", "/api/accounts", "", ada.key, withKey("one")).status(200).Body.String()
	if bySession != paid {
		t.Errorf("by session %s, by key %s", bySession, paid)
	}
	h.do("POST", "/api/accounts", `{"name":"Vacaciones","type":"SAVINGS","currency":"ARS"}`, ada.session).status(201)
	again := h.do("GET", "/api/accounts", "", ada.session, withKey("one")).status(200)
	if replayed := again.Header().Get("Idempotency-Replayed"); again.Body.String() == bySession || replayed != "" {
		t.Errorf("by session again: replayed %q: %s", replayed, again.Body)
	}
	again = h.do("GET", "/api/accounts", "", ada.key, withKey("one")).status(200)
	if replayed := again.Header().Get("Idempotency-Replayed"); again.Body.String() != paid || replayed != "true" {
		t.Errorf("by key again: replayed %q: %s", replayed, again.Body)
	}
	if got := h.callDeltas(ada); len(got) != 1 {
		t.Errorf("the calls took %v, want one debit", got)
	}
}
