package handlers_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// startCapped starts a server that caps the mails to one mailbox as by default.
func startCapped(t *testing.T, databaseURL string) (*harness, *testDatabase) {
	t.Helper()
	h := start(t, databaseURL)
	h.config.Outbox.Caps = mail.Caps{Hour: 5, Day: 10}
	return h, openTestDatabase(t, databaseURL)
}

// bomb signs the address up, requests each mail for it, and deletes the account, so
// that the next round can begin.
func (h *harness) bomb(email string) {
	h.t.Helper()
	session := h.register(email)
	for range 2 {
		h.do("POST", "/api/v1/auth/resend-verification", `{"email":"`+email+`"}`).status(200)
		h.forget(email)
		h.mails()
	}
	h.do("POST", "/api/users/me/deletion", `{"password":"`+password+`"}`, session).status(200)
	h.mails()
}

func (s *testDatabase) heldEvents() (n int) {
	s.t.Helper()
	if err := s.db.Get(&n, "SELECT COUNT(*) FROM audit_events WHERE kind = '"+repo.AuditMailHold+"'"); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// TestMailBombs: one mailbox gets five mails an hour and ten a day, whichever account,
// spelling, door and kind they are of; the deletion of the account forgets nothing. The
// audit log has one event an hour about the rest.
func TestMailBombs(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := startCapped(t, databaseURL)
		spellings := []string{"ada@bücher.example", "ADA@xn--bcher-kva.example"}
		got := func() int { return len(h.mailServer.to("ada@xn--bcher-kva.example")) }
		begin := h.clock.Now()
		for i := range 30 {
			h.bomb(spellings[i%2])
			h.clock.Advance(2 * time.Second)
		}
		if n := got(); n != 5 || s.heldEvents() != 1 {
			t.Errorf("in a minute: %d mails and %d events, want 5 and 1", n, s.heldEvents())
		}
		h.register("other@example.com")
		h.forget("other@example.com")
		h.mails()
		if n := len(h.mailServer.to("other@example.com")); n != 1 {
			t.Errorf("another mailbox got %d mails, want 1", n)
		}
		for range 100 { // more than a day, and the server sweeps as always
			h.clock.Advance(10 * time.Minute)
			h.bomb(spellings[0])
			must(h.repo.Sweep(t.Context(), h.config.Retention))
			if h.clock.Now().Sub(begin) < 24*time.Hour && got() > 10 {
				t.Fatalf("%d mails within a day", got())
			}
		}
		if n := got(); n != 10 {
			t.Errorf("%d mails within %s, want 10", n, h.clock.Now().Sub(begin))
		}
		h.clock.Advance(24 * time.Hour)
		h.bomb(spellings[0])
		if n := got(); n != 13 { // two links, and that the account was deleted
			t.Errorf("a day later: %d mails, want 13", n)
		}
	})
}

// TestThePauseOutlivesTheAccount: whoever deletes the account and signs up again gets
// the next verification mail after a minute, as before.
func TestThePauseOutlivesTheAccount(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email := "ada@example.com"
		resend := func(want int) {
			t.Helper()
			session := h.register(email)
			h.do("POST", "/api/v1/auth/resend-verification", `{"email":"`+email+`"}`).status(200)
			h.mails()
			links := 0
			for _, m := range h.mailServer.to(email) {
				if m.Subject == "Verifica tu correo" {
					links++
				}
			}
			if links != want {
				t.Errorf("%d links, want %d", links, want)
			}
			h.do("POST", "/api/users/me/deletion", `{"password":"`+password+`"}`, session).status(200)
		}
		resend(1)
		h.clock.Advance(59 * time.Second)
		resend(1)
		h.clock.Advance(2 * time.Second)
		resend(2)
	})
}

// TestNoticesAreNotHeldBack: that a password was changed is said whatever the mailbox
// has got; it counts, but takes the right link.
func TestNoticesAreNotHeldBack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := startCapped(t, databaseURL)
		h.config.Outbox.Caps = mail.Caps{Hour: 1, Day: 1}
		email := "ada@example.com"
		h.register(email)
		h.reset(email).status(200)
		h.mails()
		if n := len(h.mailServer.to(email)); n != 2 {
			t.Errorf("%d mails, want the link and the notice", n)
		}
		h.forget(email)
		h.mails()
		if n := len(h.mailServer.to(email)); n != 2 || s.heldEvents() != 1 {
			t.Errorf("%d mails and %d events, want 2 and 1", n, s.heldEvents())
		}
	})
}

// TestUnsentMailsDoNotCount: a mailbox whose mails were not sent gets them when the
// mail server is back.
func TestUnsentMailsDoNotCount(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, _ := startCapped(t, databaseURL)
		email := "ada@example.com"
		h.register(email)
		h.mailServer.setDown(true)
		for range 8 {
			h.do("POST", "/api/v1/auth/resend-verification", `{"email":"`+email+`"}`).status(200)
			_ = h.SendMails(t.Context())
		}
		h.mailServer.setDown(false)
		h.do("POST", "/api/v1/auth/resend-verification", `{"email":"`+email+`"}`).status(200)
		h.forget(email)
		h.mails()
		if n := len(h.mailServer.to(email)); n != 2 {
			t.Errorf("%d mails, want 2", n)
		}
	})
}

// TestMailBombsAtOnce: of requests that come at once no more pass either.
func TestMailBombsAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := startCapped(t, databaseURL)
		email := "ada@example.com"
		for range 7 {
			session := h.register(email)
			answers := h.atOnce(func(i int) *http.Request {
				target := []string{"/api/v1/auth/resend-verification", "/api/v1/auth/forgetpassword"}[i%2]
				return request("POST", target, fmt.Sprintf(`{"email":%q}`, email))
			})
			if got := statuses(answers); got[200] != clients {
				t.Fatalf("answers: %v", got)
			}
			h.mails()
			h.do("POST", "/api/users/me/deletion", `{"password":"`+password+`"}`, session).status(200)
		}
		if n := len(h.mailServer.to(email)); n != 5 || s.heldEvents() != 1 {
			t.Errorf("%d mails and %d events, want 5 and 1", n, s.heldEvents())
		}
	})
}
