package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestRaceForOneInvite: an invite makes as many accounts as it has uses, however
// many clients register at once, and each account is complete.
func TestRaceForOneInvite(t *testing.T) {
	for _, uses := range []int{1, 7} {
		t.Run(fmt.Sprint(uses), func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
				code := h.invite(uses)
				token := h.redeem(code)
				got := h.race("/api/v1/auth/register", func(i int) string { return apiRegistration(fmt.Sprintf("user%d@example.com", i), token) })
				expectStatuses(t, map[int]int{200: uses, 410: clients - uses}, got)
				for table, each := range map[string]int{
					"users": 1, "ledgers": 1, "token_transactions": 1, "api_keys": 1, "one_time_tokens": 1, "outbox": 2, "accounts": 1, "categories": 24,
				} {
					if n := s.count(table); n != each*uses {
						t.Errorf("%s has %d rows, want %d", table, n, each*uses)
					}
				}
				if invite := h.storedInvite(code); invite.Uses != uses {
					t.Errorf("the invite has %d uses, want %d", invite.Uses, uses)
				}
				if n := strings.Count(h.mails(), "Verify your email"); n != uses {
					t.Errorf("%d verification mails, want %d", n, uses)
				}
			})
		})
	}
}

func TestRaceForOneAddress(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		code := h.invite(clients)
		token := h.redeem(code)
		got := h.race("/api/v1/auth/register", func(int) string { return apiRegistration("ada@example.com", token) })
		expectStatuses(t, map[int]int{200: 1, 400: clients - 1}, got)
		if invite := h.storedInvite(code); invite.Uses != 1 || h.users() != 1 {
			t.Errorf("%d users by %d uses, want one by one", h.users(), invite.Uses)
		}
	})
}

func TestRaceForOneVerification(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		h.registerUnverified("ada@example.com")
		token := h.secret("verification")
		got := h.race("/api/v1/auth/verifyEmail", func(int) string { return withToken(token) })
		expectStatuses(t, map[int]int{200: clients}, got)
		if n := h.auditCount(repo.AuditVerify); n != 1 {
			t.Errorf("%d audit rows, want 1", n)
		}
	})
}

// TestRaceForOneReset: of many clients that use one reset link, one sets the
// password.
func TestRaceForOneReset(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email := "ada@example.com"
		h.register(email)
		h.do("POST", "/api/v1/auth/forgetpassword", withEmail(email)).status(200)
		token := h.secret("reset")
		choice := func(i int) string { return fmt.Sprintf("choice number %d", i) }
		answers := h.atOnce(func(i int) *http.Request {
			return request("PUT", "/api/v1/auth/newpassword", newPassword(token, choice(i)))
		})
		expectStatuses(t, map[int]int{200: 1, 400: clients - 1}, statuses(answers))
		for i, answer := range answers {
			if want := map[int]int{200: 200, 400: 401}[answer.Code]; i < 4 || want == 200 { // five wrong ones would lock
				h.do("POST", "/api/auth/login", credentials(email, choice(i))).status(want)
			}
		}
		if n := strings.Count(h.mails(), "Se cambió tu contraseña"); n != 1 {
			t.Errorf("%d mails say that the password was changed, want 1", n)
		}
	})
}

// TestRaceForMails: many requests for a mail at once send one, also if several
// workers handle them.
func TestRaceForMails(t *testing.T) {
	tests := []struct {
		name, target, body, subject string
		want                        int
	}{
		{"resends", "/api/v1/auth/resend-verification", withEmail("ada@example.com"), "Verify your email", 200},
		{"forgotten passwords", "/api/v1/auth/forgetpassword", withEmail("ada@example.com"), "Choose a new password", 200},
		{"log-ins at the API door", "/api/v1/auth/login", credentials("ada@example.com", password), "Verify your email", 400},
		{"log-ins at the app door", "/api/auth/login", credentials("ada@example.com", password), "Verify your email", 403},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h := start(t, databaseURL)
				h.registerUnverified("ada@example.com")
				h.mails()
				h.clock.Advance(time.Minute)
				expectStatuses(t, map[int]int{test.want: clients}, h.race(test.target, func(int) string { return test.body }))
				var workers sync.WaitGroup
				for range 4 {
					workers.Go(func() {
						if err := h.SendMails(t.Context()); err != nil {
							t.Error(err)
						}
					})
				}
				workers.Wait()
				if got, want := h.mails(), "Mail to ada@example.com: "+test.subject+"\n"; got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		})
	}
}
