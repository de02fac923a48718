package handlers_test

import (
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestHeldMailsAreNotPromised: who asks for a mail that the caps hold back is told so, and
// when to ask again, if he is logged in: the administrator who starts a reset, and the
// user without a password who deletes the account. Nothing else has happened.
func TestHeldMailsAreNotPromised(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := startCapped(t, databaseURL)
		h.config.Outbox.Caps = mail.Caps{Hour: 2, Day: 3}
		email, session := "ada@example.com", h.register("ada@example.com")
		h.register("admin@example.com")
		h.promote("admin@example.com")
		admin := "Authorization: Bearer " + h.do("POST", doors[0], credentials("admin@example.com", password)).status(200).get("token")
		s.db.MustExec(`UPDATE users SET password_hash = NULL, auth_provider = 'GOOGLE' WHERE email = 'ada@example.com'`)
		for range 2 {
			h.do("POST", "/api/v1/auth/resend-verification", `{"email":"ada@example.com"}`).status(200)
			h.mails()
			h.clock.Advance(10 * time.Minute)
		}
		s.db.MustExec(`DELETE FROM mailboxes`) // when it was noted last
		sent := len(h.mailServer.to(email))
		reset := "/api/admin/users/" + h.user(email).ID.String() + "/password"
		held := func(answer *response, seconds string) {
			t.Helper()
			if answer.status(429).Header().Get("Retry-After") != seconds || answer.Header().Get("Alta-Error") != "mail_limited" {
				t.Errorf("Retry-After %q, want %s; code %q", answer.Header().Get("Retry-After"), seconds, answer.Header().Get("Alta-Error"))
			}
			if want := "Esta dirección recibió demasiados correos. Intenta de nuevo más tarde."; answer.get("message") != want {
				t.Errorf("the answer is %s", answer.Body)
			}
		}
		held(h.do("PATCH", reset, "", admin), "2400")
		held(h.do("POST", deletion, `{}`, session), "2400")
		h.mails()
		if n := len(h.mailServer.to(email)); n != sent {
			t.Errorf("%d mails were sent", n-sent)
		}
		if n := h.auditCount(repo.AuditResetStart) + h.auditCount(repo.AuditDeleteMail); n != 0 || s.heldEvents() != 1 {
			t.Errorf("%d events of resets and deletions, and %d of held mails; want 0 and 1", n, s.heldEvents())
		}
		h.clock.Advance(40 * time.Minute)
		h.do("PATCH", reset, "", admin).status(200)
		h.do("PATCH", reset, "", admin).status(200) // its link is valid
		held(h.do("POST", deletion, `{}`, session), "82800")
		h.clock.Advance(23 * time.Hour)
		h.do("POST", deletion, `{}`, session).status(202)
		h.mails()
		if n := len(h.mailServer.to(email)); n != sent+2 {
			t.Errorf("%d mails were sent, want two", n-sent)
		}
	})
}

// TestDeletionOpensNoRequests: the deletion of an account finds the requests for emails
// to its address without opening those of others, and leaves these.
func TestDeletionOpensNoRequests(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		session := h.register("ada@example.com")
		s.db.MustExec(`
INSERT INTO mail_requests (id, kind, email, mailbox, client, created_at)
WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 500)
SELECT 'r' || i, 'reset', 'not to be opened', 'm' || i, 'c' || i, created_at FROM numbers, users`)
		h.forget("ada@example.com")
		h.do("POST", deletion, `{"password":"`+password+`"}`, session).status(200)
		if n := s.count("mail_requests"); n != 500 {
			t.Errorf("%d requests are left, want the 500 of others", n)
		}
		if log := h.log.String(); strings.Contains(log, "cannot be read") {
			t.Error("a request of another address was opened")
		}
	})
}
