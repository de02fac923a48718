package handlers_test

import (
	stdcmp "cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// audit returns the events since the last call, in order: kind, actor, user, subject
// and detail, with names for ids.
func (h *harness) audit(seen *int, names map[string]string) (lines []string) {
	h.t.Helper()
	events := must(h.repo.AuditEvents(h.t.Context(), 1000))
	slices.Reverse(events)
	for _, e := range events[*seen:] {
		user := "-"
		if e.UserID != nil {
			user = e.UserID.String()
		}
		if e.Address != "192.0.2.1" || len(e.RequestID) != 36 {
			h.t.Errorf("%s: address %q, request %q", e.Kind, e.Address, e.RequestID)
		}
		lines = append(lines, strings.TrimSpace(strings.Join([]string{e.Kind, e.Actor, user, stdcmp.Or(e.Subject, "-"), e.Detail}, " ")))
	}
	*seen = len(events)
	for i := range lines {
		for text, name := range names {
			lines[i] = strings.ReplaceAll(lines[i], text, name)
		}
	}
	return lines
}

// TestAudit: the audit log has every event in the life of an account at the API
// door, and no secret.
func TestAudit(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	admin := h.register("admin@example.com")
	h.promote("admin@example.com")
	names := map[string]string{h.user("admin@example.com").ID.String(): "<admin>"}
	for _, who := range []string{"ada", "nobody", "admin"} {
		names[h.keys.Pseudonym(who+"@example.com")] = "<" + who + "'s address>"
	}
	seen := 0
	h.audit(&seen, names)
	expect := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, h.audit(&seen, names)); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	}
	code := h.do("POST", "/api/v1/admin/invites", `{"uses":2}`, admin).status(201).get("code")
	names[identity.MaskInviteCode(code)] = "<code>"
	expect("invite_created <admin> - - invite <code>")
	token := h.redeem(code)
	expect("invite_redeemed anonymous - - invite <code>")
	h.do("POST", "/api/v1/auth/register", apiRegistration("Ada@Example.com", token), admin).status(200)
	ada := h.user("ada@example.com").ID
	names[ada.String()], names[must(h.repo.APIKeys(t.Context(), ada, h.clock.Now()))[0].ID.String()] = "<ada>", "<id>"
	expect("sign_up anonymous <ada> <ada's address>", "invite_used anonymous <ada> - invite <code>", "api_key_created anonymous <ada> - key <id>")
	verification := h.secret("verification")
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(verification)).status(200)
	expect("email_verified anonymous <ada> <ada's address>")
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(verification)).status(200) // which changes nothing
	h.resend("ada@example.com")
	h.forget("nobody@example.com")
	h.forget("ada@example.com")
	expect("mail_requested anonymous - <ada's address> verification", "mail_requested anonymous - <nobody's address> reset",
		"mail_requested anonymous - <ada's address> reset")
	reset := h.secret("reset")
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(spoil(reset), anotherPassword)).status(400)
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(reset, anotherPassword)).status(200)
	expect("token_refused anonymous <ada> -", "password_reset anonymous <ada> <ada's address>")
	for range 2 { // the second changes nothing
		h.do("DELETE", "/api/v1/admin/invites/"+code, "", admin).status(204)
	}
	h.do("POST", "/api/v1/auth/redeem-invite", `{"code":"`+code+`"}`).status(410)
	expect("invite_revoked <admin> - - invite <code>")
	h.expectNotAudited(code, token, verification, reset, anotherPassword, "ada@example.com", "nobody@example.com")
}

// expectNotAudited fails the test if one of the texts is in the audit log.
func (h *harness) expectNotAudited(secrets ...string) {
	h.t.Helper()
	all := fmt.Sprintf("%+v", must(h.repo.AuditEvents(h.t.Context(), 1000)))
	for _, secret := range secrets {
		if strings.Contains(all, secret) {
			h.t.Errorf("the audit log has %s", secret)
		}
	}
}

// TestAuditOfWhatFailed: a transaction that is rolled back leaves no event.
func TestAuditOfWhatFailed(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		admin := h.register("admin@example.com")
		h.promote("admin@example.com")
		s := openTestDatabase(t, databaseURL)
		code, seen := h.invite(1), 0
		h.audit(&seen, nil)
		mend := s.failOn("INSERT ON audit_events", "NEW.kind LIKE 'invite%' OR NEW.kind = 'mail_requested'")
		h.do("POST", "/api/v1/admin/invites", `{}`, admin).status(500)
		h.do("DELETE", "/api/v1/admin/invites/"+code, "", admin).status(500)
		h.do("POST", "/api/v1/auth/redeem-invite", `{"code":"`+code+`"}`).status(500)
		h.do("POST", "/api/v1/auth/forgetpassword", withEmail("admin@example.com")).status(500)
		mend()
		if n := s.count("invite_codes"); n != 1 || s.count("mail_requests") != 0 {
			t.Errorf("%d invites, %d mail requests: something was done without a trace", n, s.count("mail_requests"))
		}
		if invite := h.storedInvite(code); invite.State(h.clock.Now()) != repo.InviteRedeemable {
			t.Errorf("the invite is %s", invite.State(h.clock.Now()))
		}
		if lines := h.audit(&seen, nil); len(lines) != 0 {
			t.Errorf("got %q", lines)
		}
	})
}

// TestMailMetrics: the metrics count attempts by kind and result, and show pending
// mails, the age of the oldest, and those that were given up.
func TestMailMetrics(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.config.Metrics.WatchOutbox(h.repo.OutboxStatus, h.clock.Now)
	expect := func(lines ...string) {
		t.Helper()
		got := strings.Split(h.metrics(), "\n")
		for _, line := range lines {
			if !slices.Contains(got, line) {
				t.Errorf("there is no %s among:\n%s", line, strings.Join(slices.DeleteFunc(got, isOther), "\n"))
			}
		}
	}
	expect(`alta_outbox_mails{state="pending"} 0`, `alta_outbox_mails{state="dead"} 0`, `alta_outbox_oldest_seconds 0`)
	h.registerWithoutMail(errMailServerDown)
	h.clock.Advance(4 * time.Second)
	expect(`alta_outbox_mails{state="pending"} 1`, `alta_outbox_mails{state="dead"} 0`, `alta_outbox_oldest_seconds 4`,
		`alta_mails_total{kind="verification",result="failed"} 1`, `alta_mails_total{kind="welcome",result="sent"} 1`)
	h.clock.Advance(time.Second)
	h.expectMails(mailVerify)
	h.mailServer.refuse("Choose a new password", errRefused)
	h.forget("ada@example.com")
	h.expectMails("")
	expect(`alta_outbox_mails{state="pending"} 0`, `alta_outbox_mails{state="dead"} 1`, `alta_outbox_oldest_seconds 0`,
		`alta_mails_total{kind="verification",result="sent"} 1`, `alta_mails_total{kind="reset",result="dead"} 1`, `alta_mail_seconds_count 4`)
}

func isOther(line string) bool {
	return !strings.HasPrefix(line, "alta_outbox") && !strings.HasPrefix(line, "alta_mail")
}
