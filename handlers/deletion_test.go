package handlers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

const deletion = "/api/users/me/deletion"

// TestDeletionsAtOnce: of concurrent deletions one succeeds, and the others'
// failures do not count against the next owner of the address.
func TestDeletionsAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		email := "ada@example.com"
		bearer := h.register(email)
		got := statuses(h.atOnce(func(int) *http.Request { return request("POST", deletion, withPassword(password), bearer) }))
		if diff := cmp.Diff(map[int]int{200: 1, 401: clients - 1}, got); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		if n := h.auditCount(repo.AuditDelete); n != 1 {
			t.Errorf("%d deletions are recorded, want 1", n)
		}
		if n := s.count("login_failures"); n != 0 {
			t.Errorf("%d counts of failures are left, want none", n)
		}
		if lines := linesWith(testdb.Dump(t, databaseURL), email, h.keys.Pseudonym(email)); len(lines) > 0 {
			t.Errorf("left: %q", lines)
		}
		h.register(email)
		h.do("POST", "/api/auth/login", credentials(email, password)).status(200)
		if n := h.users(); n != 1 {
			t.Errorf("there are %d users, want 1", n)
		}
	})
}

// TestWrongPasswordsOfDeletionsAtOnce: the holder of a stolen session has as many
// guesses as at the log-in.
func TestWrongPasswordsOfDeletionsAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("ada@example.com")
		got := statuses(h.atOnce(func(i int) *http.Request {
			return request("POST", deletion, withPassword(fmt.Sprint("guess ", i)), bearer)
		}))
		if diff := cmp.Diff(map[int]int{401: 5, 429: clients - 5}, got); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		h.do("GET", "/api/users/me", "", bearer).status(200)
	})
}

// TestDeletedUsersAreOut: sessions and keys of a deleted user fail at once, at other
// servers too, and the address is like an unknown one.
func TestDeletedUsersAreOut(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	here, there := start(t, databaseURL), start(t, databaseURL)
	ada := here.customer("ada@example.com")
	app := "Authorization: Bearer " + here.do("POST", "/api/auth/login", credentials(ada.email, password)).status(200).get("token")
	there.do("GET", sandbox, "", ada.key).status(200)
	there.do("GET", "/api/users/me", "", app).status(200)
	here.forget(ada.email)
	reset := here.secret("reset")

	answer := here.do("POST", deletion, withPassword(password), ada.session).status(200)
	if cookies := answer.Header()["Set-Cookie"]; len(cookies) != 2 || strings.Contains(strings.Join(cookies, ""), "eyJ") {
		t.Errorf("the cookies are not cleared: %q", cookies)
	}
	for _, credential := range []string{ada.session, app, ada.key} {
		there.do("GET", "/api/users/me", "", credential).status(401)
		there.do("GET", "/api/v1/account/balance", "", credential).status(401)
	}
	there.do("PUT", "/api/v1/auth/newpassword", newPassword(reset, anotherPassword)).status(400)
	known := there.do("POST", "/api/auth/login", credentials(ada.email, password)).status(401).Body.String()
	if unknown := there.do("POST", "/api/auth/login", credentials("nobody@example.com", password)).Body.String(); known != unknown {
		t.Errorf("a deleted user is told from an unknown one: %s, %s", known, unknown)
	}
	tombstone := "deleted:" + ada.id.String()
	there.do("POST", "/api/auth/login", credentials(tombstone, password)).status(400)
	there.do("POST", "/api/auth/register", registration(tombstone)).status(400)
	there.forget(ada.email)
	there.resend(ada.email)
	there.expectMails("Mail to ada@example.com: Your account was deleted\n")
	there.verify()
}

// TestDeletionWithoutAPassword: the link in the mail deletes the account, once.
// Opening it does not use it up.
func TestDeletionWithoutAPassword(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		bearer, other := h.register("ada@example.com"), h.register("other@example.com")
		s.db.MustExec(`UPDATE users SET password_hash = NULL, auth_provider = 'GOOGLE' WHERE email = 'ada@example.com'`)

		h.do("POST", deletion, withPassword(password), bearer).status(401)
		answer := h.do("POST", deletion, `{}`, bearer).status(202)
		if want := "Te enviamos un correo para confirmar la eliminación de tu cuenta."; answer.get("message") != want {
			t.Errorf("the answer is %s", answer.Body)
		}
		h.expectMails("Mail to ada@example.com: Confirma que quieres eliminar tu cuenta\n")
		h.do("POST", deletion, `{}`, bearer).status(202)
		h.expectMails("") // the link works still
		token := h.secret("deletion")
		for range 6 { // more than a token bears tries
			for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
				h.ServeHTTP(httptest.NewRecorder(), request(method, "/confirm-deletion?token="+token, ""))
			}
		}
		if log := h.log.String(); strings.Contains(log, token) || !strings.Contains(log, "/confirm-deletion?token=redacted") {
			t.Error("the log has the token, or no call")
		}
		h.do("GET", "/api/users/me", "", bearer).status(200)

		got := statuses(h.atOnce(func(i int) *http.Request {
			if i == 0 {
				return request("POST", deletion+"/confirm", withToken(spoil(token)))
			}
			return request("POST", deletion+"/confirm", withToken(token))
		}))
		if diff := cmp.Diff(map[int]int{200: 1, 400: clients - 1}, got); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		h.do("GET", "/api/users/me", "", bearer).status(401)
		h.do("GET", "/api/users/me", "", other).status(200)
		h.register("ada@example.com")
	})
}

// TestDeletionPage: the page deletes an account without the API.
func TestDeletionPage(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
	bearer := h.register("ada@example.com")
	s.db.MustExec(`UPDATE users SET password_hash = NULL`)
	h.do("POST", deletion, `{}`, bearer).status(202)
	form := url.Values{"token": {h.secret("deletion")}}
	for _, step := range []struct {
		form   url.Values
		status int
		says   string
	}{
		{url.Values{"token": {"no token"}}, 400, "This link does not work"},
		{form, 200, "Your account is deleted"},
		{form, 400, "This link does not work"},
	} {
		page := h.visit("POST", "/confirm-deletion", step.form).status(step.status)
		if !strings.Contains(page.Body.String(), step.says) {
			t.Errorf("the page does not say %q:\n%s", step.says, page.Body)
		}
	}
	if n := h.users(); n != 0 {
		t.Errorf("there are %d users, want none", n)
	}
}

// TestAdministratorsDelete: an administrator deletes another user who is making
// calls. The list's header has the number of users.
func TestAdministratorsDelete(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		admin, ada := h.register("admin@example.com"), h.register("ada@example.com")
		h.promote("admin@example.com")
		target := "/api/admin/users/" + h.user("ada@example.com").ID.String()
		if n := h.do("GET", "/api/admin/users?limit=1", "", admin).status(200).Header().Get("X-Total-Count"); n != "2" {
			t.Errorf("X-Total-Count is %q, want 2", n)
		}
		got := statuses(h.atOnce(func(i int) *http.Request {
			if i%2 == 0 {
				return request("DELETE", target, "", admin)
			}
			return request("PATCH", "/api/users/me", `{"firstName":"Adele"}`, ada)
		}))
		if got[200] < 1 || got[200]+got[404]+got[401] != clients {
			t.Errorf("answers: %v", got)
		}
		if n := h.auditCount(repo.AuditDelete); n != 1 {
			t.Errorf("%d deletions are recorded, want 1", n)
		}
		if lines := linesWith(testdb.Dump(t, databaseURL), "Adele", "ada@example.com"); len(lines) > 0 {
			t.Errorf("left: %q", lines)
		}
	})
}
