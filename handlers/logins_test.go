package handlers_test

import (
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

// TestLogInOrder: the lock is checked first, then the password, the suspension and
// the verification. Only the last sends a mail.
func TestLogInOrder(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	email := "ada@example.com"
	h.registerUnverified(email)
	h.expectMails(mailVerify + mailWelcome)
	h.clock.Advance(time.Minute)

	h.setActive(email, false)
	h.logIn(email, "wrong", 401, 401)
	h.logIn(email, password, 403, 403)
	if code := h.do("POST", doors[1], credentials(email, password)).status(403).get("code"); code != "suspended" {
		t.Errorf("code is %s", code)
	}
	for range 2 {
		h.logIn(email, "wrong", 401, 401)
	}
	h.do("POST", doors[1], credentials(email, "wrong")).status(401)
	h.logIn(email, password, 429, 429)
	h.expectMails("")

	h.setActive(email, true)
	h.logIn(email, password, 429, 429)
	h.expectMails("")
	h.clock.Advance(time.Minute)
	h.logIn(email, "wrong", 401, 401)
	h.expectMails("")
	h.logIn(email, password, 403, 400)
	h.expectMails(mailVerify)
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.secret("verification"))).status(200)
	h.logIn(email, password, 200, 200)
}

// TestDoorsShareALock: failures at either door count for both, and so does a
// success.
func TestDoorsShareALock(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	email := "ada@example.com"
	h.registerDeveloper(email)
	for range 2 {
		h.logIn(email, "wrong", 401, 401)
	}
	h.logIn(email, password, 200, 200)
	for range 2 {
		h.logIn(email, "wrong", 401, 401)
	}
	h.do("POST", doors[0], credentials(email, "wrong")).status(401)
	for _, target := range doors {
		if after := h.do("POST", target, credentials(email, password)).status(429).Header().Get("Retry-After"); after != "60" {
			t.Errorf("%s: Retry-After is %q", target, after)
		}
	}
	h.clock.Advance(time.Minute)
	h.logIn(email, password, 200, 200)
}

// TestAppUsersNeedNotVerify: users of the app door log in at both doors without a
// verified address.
func TestAppUsersNeedNotVerify(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.register("ada@example.com")
	h.logIn("ada@example.com", password, 200, 200)
	h.expectMails("Mail to ada@example.com: Nuevo inicio de sesión en tu cuenta\n") // without the cookie
}

// TestTwoSessions: a third session at the API door ends the oldest at once. Sessions
// of the app door neither count nor end.
func TestTwoSessions(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	email := "ada@example.com"
	h.registerUnverified(email)
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.secret("verification"))).status(200)
	var app, api []string
	for range 4 {
		for door, bearers := range map[string]*[]string{doors[0]: &app, doors[1]: &api} {
			h.clock.Advance(time.Second)
			token := h.do("POST", door, credentials(email, password)).status(200).get("token")
			*bearers = append(*bearers, "Authorization: Bearer "+token)
		}
		for i, bearer := range api {
			want := 401
			if i >= len(api)-2 {
				want = 200
			}
			h.do("GET", "/api/v1/user/", "", bearer).status(want)
		}
		for _, bearer := range app {
			h.do("GET", "/api/v1/user/", "", bearer).status(200)
		}
	}
}
