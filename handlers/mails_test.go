package handlers_test

import (
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

// TestVerificationRefusedForGood: the account stays, the mail is given up, and a new
// one can be requested at once.
func TestVerificationRefusedForGood(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.registerWithoutMail(errRefused)
	if status := must(h.repo.OutboxStatus(t.Context())); status.Dead != 1 || status.Pending != 0 {
		t.Errorf("the outbox is %+v, want one dead mail", status)
	}
	h.resend("ada@example.com")
	h.expectMails(mailVerify)
	h.clock.Advance(24 * time.Hour)
	h.expectMails("")
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.tokenOf(1))).status(400)
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.tokenOf(2))).status(200)
}

// TestVerificationFailsForNow: the outbox tries again by itself until the mail is
// accepted.
func TestVerificationFailsForNow(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		h.registerWithoutMail(errMailServerDown)
		h.clock.Advance(5*time.Second - time.Microsecond)
		h.expectMails("")
		h.clock.Advance(time.Microsecond)
		h.expectMails(mailVerify)
		for range 3 {
			h.clock.Advance(24 * time.Hour)
			h.expectMails("")
		}
		if h.tokenOf(1) != h.tokenOf(2) {
			t.Error("the second try was another mail")
		}
	})
}

// TestCancelledMail: a mail that failed may have arrived nevertheless. If a newer
// one replaces it, its link no longer works.
func TestCancelledMail(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.registerWithoutMail(errMailServerDown)
	h.resend("ada@example.com")
	h.expectMails(mailVerify)
	h.clock.Advance(24 * time.Hour)
	h.expectMails("") // the old one is not sent besides
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.tokenOf(1))).status(400)
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.tokenOf(2))).status(200)
}

// TestWelcomeMailIsBestEffort: the response does not depend on the welcome mail.
func TestWelcomeMailIsBestEffort(t *testing.T) {
	tests := []struct {
		name  string
		err   error
		later string
	}{
		{"refused", errRefused, ""},
		{"failed", errMailServerDown, mailWelcome},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := start(t, testdb.SQLite(t))
			h.mailServer.refuse("Welcome to Alta: your API key", test.err)
			h.registerUnverified("ada@example.com")
			h.expectMails(mailVerify)
			h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.secret("verification"))).status(200)
			h.do("POST", "/api/v1/auth/login", credentials("ada@example.com", password)).status(200)
			h.mailServer.refuse("", nil)
			h.clock.Advance(5 * time.Second)
			h.expectMails(test.later)
		})
	}
}

// TestMinuteBetweenMails: the minute counts from when the mail server accepted the
// last mail, not from when it was requested.
func TestMinuteBetweenMails(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.registerWithoutMail(errMailServerDown)
	h.clock.Advance(30 * time.Second)
	h.expectMails(mailVerify) // accepted now
	ways := map[string]func(){
		"resend":    func() { h.resend("ADA@example.com") },
		"API login": func() { h.do("POST", "/api/v1/auth/login", credentials("ada@example.com", password)).status(400) },
		"app login": func() { h.do("POST", "/api/auth/login", credentials("ada@example.com", password)).status(403) },
	}
	for name, ask := range ways {
		h.clock.Advance(time.Minute - time.Microsecond)
		for _, early := range ways {
			early()
		}
		h.expectMails("")
		h.clock.Advance(time.Microsecond)
		ask()
		if h.expectMails(mailVerify); t.Failed() {
			t.Fatalf("after a minute, by %s", name)
		}
	}
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.secret("verification"))).status(200)
	h.clock.Advance(time.Hour)
	h.resend("ada@example.com")
	h.expectMails("")
}

// TestResendServesTheAppDoor: users of the app door need not verify their address,
// and can.
func TestResendServesTheAppDoor(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.register("ada@example.com")
	h.expectMails("")
	h.resend("ada@example.com")
	h.expectMails("Mail to ada@example.com: Verifica tu correo\n")
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.secret("verification"))).status(200)
	if h.user("ada@example.com").EmailVerifiedAt == nil {
		t.Error("the address is not verified")
	}
	h.clock.Advance(time.Hour)
	h.resend("ada@example.com")
	h.expectMails("")
}

// TestResetMailFails: a new link is made only if the mail with the current one will
// never arrive.
func TestResetMailFails(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.registerDeveloper("ada@example.com")
	h.mailServer.setDown(true)
	h.forget("ada@example.com")
	h.expectMails("")
	h.forget("ada@example.com")
	h.expectMails("")
	h.mailServer.setDown(false)
	h.forget("ada@example.com")
	h.expectMails("") // the first is still to come
	h.clock.Advance(5 * time.Second)
	h.expectMails(mailReset)
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(h.secret("reset"), password)).status(200)

	h.expectMails("Mail to ada@example.com: Your password was changed\n")
	h.mailServer.refuse("Choose a new password", errRefused)
	h.forget("ada@example.com")
	h.expectMails("")
	dead := h.tokenOf(4) // after the verification and two tries of the first reset
	h.mailServer.refuse("", nil)
	h.forget("ada@example.com")
	h.expectMails(mailReset)
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(dead, password)).status(400)
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(h.secret("reset"), password)).status(200)
}

// TestSenderPanics: a panic in one mail does not stop the server.
func TestSenderPanics(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.registerWithoutMail(errMailServerDown)
	h.mailServer.failWith(func(_, _ string) error { panic("a bug in the sender") })
	h.clock.Advance(5 * time.Second)
	h.mails()
	h.mailServer.failWith(nil)
	h.clock.Advance(time.Minute)
	h.expectMails(mailVerify)
}

func TestOneRequestFails(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		h.register("bad@example.com")
		h.register("ada@example.com")
		openTestDatabase(t, databaseURL).failOn("INSERT ON outbox", "NEW.user_id = '"+h.user("bad@example.com").ID.String()+"'")
		h.forget("bad@example.com")
		h.clock.Advance(time.Second)
		h.forget("ada@example.com")
		_ = h.SendMails(t.Context()) // fails for the first
		if len(h.mailServer.to("ada@example.com")) != 1 {
			t.Error("Ada waits for somebody else's mail")
		}
	})
}
