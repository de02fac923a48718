package handlers_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestLocksAreToldOnceADay: whoever guesses on, from wherever, causes one mail a day; of
// an address without a user none, and as many rows.
func TestLocksAreToldOnceADay(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		email := "ada@example.com"
		h.registerDeveloper(email)
		h.mails()
		h.guessUntilLocked(email)
		known := s.count("mail_requests")
		h.guessUntilLocked("nobody@example.com")
		if unknown := s.count("mail_requests") - known; known != 1 || unknown != known {
			t.Errorf("a lock leaves %d requests of a known address, and %d of an unknown one", known, unknown)
		}
		h.expectMails("Mail to ada@example.com: Too many wrong passwords\n")
		mails := h.mailServer.to(email)
		if text := mails[len(mails)-1].Text; !strings.Contains(text, "From: 192.0.2.0/24") {
			t.Errorf("the mail does not name the network:\n%s", text)
		}
		for range 4 {
			h.clock.Advance(2 * time.Hour)
			h.failUntilLocked(email)
			h.expectMails("")
		}
		h.clock.Advance(24*time.Hour + time.Minute)
		h.guessUntilLocked(email)
		h.expectMails("Mail to ada@example.com: Too many wrong passwords\n")
	})
}

// failUntilLocked enters wrong passwords until one more is refused.
func (h *harness) failUntilLocked(email string) {
	h.t.Helper()
	for range 12 { // ten failures after the tenth, and then some
		if h.do("POST", doors[0], credentials(email, "a wrong password")).Code == 429 {
			return
		}
	}
	h.t.Fatal("there was no lock")
}

// TestToldOnceOfManyAtOnce: calls that come at once change something once, and tell of it
// once.
func TestToldOnceOfManyAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		admin := h.register("admin@example.com")
		h.promote("admin@example.com")
		ada := h.customer("ada@example.com")
		id := h.addKey(ada.session)
		h.mails()
		for _, test := range []struct{ method, path, bearer, subject string }{
			{"DELETE", "/api/v1/account/api-keys/" + id, ada.session, "An API key was revoked"},
			{"DELETE", "/api/v1/account/api-keys", ada.session, "All your API keys were revoked"},
			{"POST", "/api/v1/admin/users/" + ada.id.String() + "/suspend", admin, "Your account was suspended"},
			{"POST", "/api/v1/admin/users/" + ada.id.String() + "/resume", admin, "Your account is active again"},
			{"DELETE", "/api/admin/users/" + ada.id.String(), admin, "Your account was deleted"},
		} {
			h.clock.Advance(time.Hour) // past the limits of calls and mails
			h.atOnce(func(int) *http.Request { return request(test.method, test.path, "", test.bearer) })
			h.expectTold(ada.email, test.subject)
		}
	})
}

// TestLocksOfManyAtOnce: guesses that come at once lock the address once, and cause one
// mail.
func TestLocksOfManyAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email := "ada@example.com"
		h.registerDeveloper(email)
		h.mails()
		h.atOnce(func(i int) *http.Request { return request("POST", doors[i%2], credentials(email, "a wrong password")) })
		h.expectTold(email, "Too many wrong passwords")
	})
}

// TestEachEventIsTold: a notice never takes the place of another that has not been sent.
func TestEachEventIsTold(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		ada := h.customer("ada@example.com")
		h.mails()
		h.mailServer.setDown(true)
		for i := range 3 {
			h.newKey(ada.session, fmt.Sprintf(`{"name":"key %d"}`, i))
			_ = h.SendMails(t.Context())
		}
		h.mailServer.setDown(false)
		h.clock.Advance(time.Hour)
		made := "A new API key was made"
		h.expectTold(ada.email, made, made, made)
	})
}

// TestNoticesLeaveRoom: whoever has a stolen session cannot fill the mailbox, so that its
// owner gets no link for a new password.
func TestNoticesLeaveRoom(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := startCapped(t, databaseURL)
		email := "ada@example.com"
		ada := h.customer(email) // two mails
		h.mails()
		for range 10 {
			h.addKey(ada.session)
		}
		h.expectTold(email, "A new API key was made")
		if n := s.heldEvents(); n != 1 {
			t.Errorf("%d events about held mails, want 1", n)
		}
		h.reset(email).status(200)
		h.expectTold(email, "Your password was changed") // the link was sent, too
		h.clock.Advance(time.Hour)
		h.mails()
		h.config.Outbox.Caps = mail.Caps{Hour: 1, Day: 1}
		h.setActiveBy(email, false)
		h.expectTold(email, "Your account was suspended") // is never held back
	})
}

// TestUnprovedAddressesAreNotBombed: an address that nobody has proved to be his gets no
// more notices than the caps allow, of whatever kind.
func TestUnprovedAddressesAreNotBombed(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, _ := startCapped(t, databaseURL)
		email := "victim@example.com"
		for range 8 {
			session := h.register(email)
			h.do("POST", doors[0], credentials(email, password)).status(200)
			h.mails()
			h.do("POST", "/api/users/me/deletion", `{"password":"`+password+`"}`, session).status(200)
			h.mails()
		}
		if n := len(h.mailServer.to(email)); n != 3 {
			t.Errorf("%d mails, want 3", n)
		}
		if _, err := h.repo.UserByEmail(t.Context(), email); !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("the user is still there: %v", err)
		}
	})
}
