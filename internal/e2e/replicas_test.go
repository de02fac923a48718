package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestReplicasShareSessions runs two servers on one PostgreSQL: sessions that one of
// them opens or ends count on the other at once.
func TestReplicasShareSessions(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.Postgres(t)
	one, other := start(t, databaseURL), start(t, databaseURL)
	token := one.register(t, "john.doe@example.com")
	other.checkSession(t, "john.doe@example.com", token)
	second := other.call(t, 200, "POST", "/api/auth/login", credentials("john.doe@example.com", password)).token(t)
	one.checkSession(t, "john.doe@example.com", second)
	other.call(t, 409, "POST", "/api/auth/register", registration("john.doe@example.com", password))

	one.call(t, 200, "POST", "/api/v1/auth/logout", "", bearer(token))
	other.call(t, 401, "GET", "/api/auth/profile", "", bearer(token))
	one.call(t, 401, "GET", "/api/auth/profile", "", bearer(token))
	one.checkSession(t, "john.doe@example.com", second)

	var list struct {
		Sessions []struct {
			ID      string
			Current bool
		}
	}
	body := one.call(t, 200, "GET", "/api/v1/auth/sessions", "", bearer(second)).body
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Sessions) != 1 || !list.Sessions[0].Current {
		t.Fatalf("%v: %s, want the one session", err, body)
	}
	other.call(t, 204, "DELETE", "/api/v1/auth/sessions/"+list.Sessions[0].ID, "", bearer(second))
	one.call(t, 401, "GET", "/api/auth/profile", "", bearer(second))
}

// TestReplicasShareLocks: guesses at two servers count together, and lock the address
// on both.
func TestReplicasShareLocks(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.Postgres(t)
	one, other := start(t, databaseURL), start(t, databaseURL)
	one.register(t, "john.doe@example.com")
	for i := range 5 {
		[]*server{one, other}[i%2].call(t, 401, "POST", "/api/auth/login", credentials("john.doe@example.com", "wrong password"))
	}
	for _, s := range []*server{one, other} {
		locked := s.call(t, 429, "POST", "/api/auth/login", credentials("john.doe@example.com", password))
		if locked.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
}

// TestOperatorCommandsReachRunningServers changes users beside the server, as
// operators do.
func TestOperatorCommandsReachRunningServers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		s := start(t, databaseURL)
		const email = "john.doe@example.com"
		first := s.register(t, email)
		second := s.call(t, 200, "POST", "/api/auth/login", credentials(email, password)).token(t)
		bystander := s.register(t, "ann@example.com")

		alta(t, databaseURL, "", "user", "suspend", email)
		for _, token := range []string{first, second} {
			refused := s.call(t, 401, "GET", "/api/auth/profile", "", bearer(token))
			if want := `{"statusCode":401,"message":"Unauthorized"}`; strings.TrimSpace(refused.body) != want {
				t.Errorf("got %s, want %s", refused.body, want)
			}
		}
		s.checkSession(t, "ann@example.com", bystander)
		refused := s.call(t, 403, "POST", "/api/auth/login", credentials(email, password))
		if want := `{"statusCode":403,"message":"Account suspended","error":"Forbidden"}`; strings.TrimSpace(refused.body) != want {
			t.Errorf("got %s, want %s", refused.body, want)
		}
		if cookies := refused.header.Values("Set-Cookie"); len(cookies) > 0 {
			t.Errorf("a suspended user gets cookies: %v", cookies)
		}
		// A wrong password does not reveal the suspension.
		s.call(t, 401, "POST", "/api/auth/login", credentials(email, "wrong password"))

		alta(t, databaseURL, "", "user", "resume", email)
		s.call(t, 401, "GET", "/api/auth/profile", "", bearer(first))
		s.checkSession(t, email, s.call(t, 200, "POST", "/api/auth/login", credentials(email, password)).token(t))

		alta(t, databaseURL, "", "user", "promote", "--force", email)
		login := s.call(t, 200, "POST", "/api/auth/login", credentials(email, password))
		if !strings.Contains(login.body, `"role":"ADMIN"`) {
			t.Errorf("got %s, want an administrator", login.body)
		}
		if list := alta(t, databaseURL, "", "user", "list"); !strings.Contains(list, email) || !strings.Contains(list, "ADMIN") {
			t.Errorf("the list lacks the administrator:\n%s", list)
		}
	})
}
