package handlers_test

import (
	"fmt"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestResetEndsEverything: a reset ends sessions of both doors, and the locks of the
// address and of its devices.
func TestResetEndsEverything(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		email := "ada@example.com"
		bearers := []string{h.registerDeveloper(email)}
		app := h.do("POST", "/api/auth/login", credentials(email, password)).status(200)
		bearers = append(bearers, "Authorization: Bearer "+app.get("token"))
		device := "Cookie: alta-device=" + app.cookie("alta-device")
		other := h.register("other@example.com")
		for range 5 {
			h.do("POST", "/api/v1/auth/login", credentials(email, "guess")).status(401)
			h.do("POST", "/api/auth/login", credentials(email, "guess"), device).status(401)
			h.do("POST", "/api/auth/login", credentials("other@example.com", "guess")).status(401)
		}
		h.do("POST", "/api/auth/login", credentials(email, password)).status(429)
		h.do("POST", "/api/auth/login", credentials(email, password), device).status(429)
		h.reset(email).status(200)
		h.expectMails("Mail to ada@example.com: Your password was changed\n")

		for _, bearer := range bearers {
			h.do("GET", "/api/auth/profile", "", bearer).status(401)
		}
		h.do("POST", "/api/auth/login", credentials(email, password)).status(401)
		h.do("POST", "/api/auth/login", credentials(email, password), device).status(401)
		h.do("POST", "/api/auth/login", credentials(email, anotherPassword)).status(200)
		h.do("POST", "/api/v1/auth/login", credentials(email, anotherPassword), device).status(200)
		if n := s.liveKeys(); n != 1 {
			t.Errorf("%d keys are left of a verified user, want 1", n)
		}
		h.do("GET", "/api/auth/profile", "", other).status(200) // whom all this does not concern
		h.do("POST", "/api/auth/login", credentials("other@example.com", password)).status(429)
	})
}

// TestResetProves: a reset is the first proof of the address, so the password and
// the keys that somebody else may have made end.
func TestResetProves(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
	email := "ada@example.com"
	h.registerUnverified(email)
	verification := h.secret("verification")
	h.reset(email).status(200)
	if n := s.liveKeys(); n != 0 {
		t.Errorf("%d keys are left, want none", n)
	}
	if h.auditCount(repo.AuditVerify) != 1 || h.user(email).EmailVerifiedAt == nil {
		t.Error("the address is not verified")
	}
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(verification)).status(400)
	h.do("POST", "/api/v1/auth/login", credentials(email, password)).status(401)
	h.do("POST", "/api/v1/auth/login", credentials(email, anotherPassword)).status(200)
	h.clock.Advance(time.Hour)
	h.resend(email)
	h.expectMails("Mail to ada@example.com: Your password was changed\n")
}

// TestResetCancelsAPendingVerification: a reset verifies the address, so the pending
// verification mail is not sent.
func TestResetCancelsAPendingVerification(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.registerWithoutMail(errMailServerDown)
	h.reset("ada@example.com").status(200)
	h.clock.Advance(time.Hour)
	h.expectMails("Mail to ada@example.com: Your password was changed\n")
}

// TestSuspendedUsersTokensDoNothing: an earlier mail must not let a suspended user
// out of the suspension, by a new account with the same address. After the suspension
// the tokens work, if they still live.
func TestSuspendedUsersTokensDoNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		for name, use := range map[string]func(h *harness, email string) (before func(), call func() *response){
			"reset": func(h *harness, email string) (func(), func() *response) {
				var token string
				return func() { h.forget(email); token = h.secret("reset") },
					func() *response { return h.do("PUT", "/api/v1/auth/newpassword", newPassword(token, anotherPassword)) }
			},
			"deletion": func(h *harness, email string) (func(), func() *response) {
				var token string
				return func() {
						bearer := "Authorization: Bearer " + h.do("POST", "/api/auth/login", credentials(email, password)).status(200).get("token")
						openTestDatabase(t, databaseURL).db.MustExec(`UPDATE users SET password_hash = NULL WHERE email = $1`, email) // or no mail is sent
						h.do("POST", "/api/users/me/deletion", "{}", bearer).status(202)
						token = h.secret("deletion")
					},
					func() *response { return h.do("POST", "/api/users/me/deletion/confirm", withToken(token)) }
			},
		} {
			t.Run(name, func(t *testing.T) {
				h, email := start(t, databaseURL), name+"@example.com"
				h.registerDeveloper(email)
				before, call := use(h, email)
				before()
				h.setActive(email, false)
				call().status(400)
				h.mails() // so that the next ones are new
				h.forget(email)
				h.expectMails("")
				h.setActive(email, true)
				call().status(200)
			})
		}
	})
}

// TestTokenTries: a token allows five attempts, the right one included. Each wrong
// one is recorded.
func TestTokenTries(t *testing.T) {
	type kind struct {
		make func(h *harness, email string) (token string)
		use  func(h *harness, token string) *response
	}
	kinds := map[string]kind{
		"verification": {
			func(h *harness, email string) string { h.registerUnverified(email); return h.secret("verification") },
			func(h *harness, token string) *response {
				return h.do("POST", "/api/v1/auth/verifyEmail", withToken(token))
			},
		},
		"reset": {
			func(h *harness, email string) string { h.register(email); h.forget(email); return h.secret("reset") },
			func(h *harness, token string) *response {
				return h.do("PUT", "/api/v1/auth/newpassword", newPassword(token, anotherPassword))
			},
		},
	}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			h := start(t, testdb.SQLite(t))
			for wrong, want := range map[int]int{4: 200, 5: 400, 7: 400} {
				before := h.auditCount(repo.AuditTokenFail)
				token := kind.make(h, fmt.Sprintf("user%d@example.com", wrong))
				for range wrong {
					if code := kind.use(h, spoil(token)).status(400).get("code"); code != "token_invalid" {
						t.Errorf("code is %s", code)
					}
				}
				kind.use(h, token).status(want)
				if n := h.auditCount(repo.AuditTokenFail) - before; n != min(wrong, 5) {
					t.Errorf("%d of %d wrong tries are recorded", n, wrong)
				}
			}
		})
	}
}

// TestTokenDiedOfTries: after five wrong attempts the owner can get another token.
func TestTokenDiedOfTries(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.registerDeveloper("ada@example.com")
	h.forget("ada@example.com")
	token := h.secret("reset")
	for range 5 {
		h.do("PUT", "/api/v1/auth/newpassword", newPassword(spoil(token), anotherPassword)).status(400)
	}
	h.forget("ada@example.com")
	h.expectMails(mailReset)
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(h.secret("reset"), anotherPassword)).status(200)
}
