package handlers_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestRaceOfLogIns: of concurrent log-ins at the API door two sessions remain.
// Sessions of the app door are not affected.
func TestRaceOfLogIns(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email := "ada@example.com"
		h.registerDeveloper(email)
		var bearers []string
		for range 3 {
			token := h.do("POST", "/api/auth/login", credentials(email, password)).status(200).get("token")
			bearers = append(bearers, "Authorization: Bearer "+token)
		}
		h.clock.Advance(time.Second) // what is newest must not be left to ids
		answers := h.atOnce(func(int) *http.Request { return request("POST", "/api/v1/auth/login", credentials(email, password)) })
		expectStatuses(t, map[int]int{200: clients}, statuses(answers))
		live := 0
		for _, answer := range answers {
			if h.do("GET", "/api/v1/auth/sessions", "", "Authorization: Bearer "+answer.get("token")).Code == 200 {
				live++
			}
		}
		if live != 2 {
			t.Errorf("%d sessions of the API door are left, want 2", live)
		}
		for _, bearer := range bearers {
			h.do("GET", "/api/auth/profile", "", bearer).status(200)
		}
		if n := len(must(h.repo.Sessions(t.Context(), h.user(email).ID, h.clock.Now()))); n != 5 {
			t.Errorf("%d sessions are left, want 5", n)
		}
	})
}

// importUser adds a user whose hash is renewed at the next log-in.
func (h *harness) importUser(email string) {
	h.t.Helper()
	hash := string(must(bcrypt.GenerateFromPassword([]byte(password), 4)))
	h.write(func(tx *repo.Tx) error {
		_, err := tx.CreateUser(h.t.Context(), repo.NewUser{Email: email, PasswordHash: hash, Door: repo.DoorApp, Currency: "ARS"})
		return err
	})
}

// anotherHash is the hash of a password that no test uses.
var anotherHash = string(must(bcrypt.GenerateFromPassword([]byte("another password"), 4)))

// TestRaceOfLogInAndReset: a log-in leaves no session if its password is replaced
// after it was read and before it is compared.
func TestRaceOfLogInAndReset(t *testing.T) {
	tests := []struct {
		name   string
		make   func(h *harness, email string)
		moment int
	}{
		{"while the password is compared", func(h *harness, email string) { h.register(email) }, 1},
		{"while an imported one is compared", (*harness).importUser, 1},
		{"while an imported one is renewed", (*harness).importUser, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				for _, target := range []string{"/api/auth/login", "/api/v1/auth/login"} {
					m := &hashHooks{}
					h := start(t, databaseURL, withHashHooks(t, m))
					email := fmt.Sprintf("user%d@example.com", len(target))
					test.make(h, email)
					user, replaced := h.user(email), false
					m.runAt(test.moment, func() {
						replaced = true
						h.write(func(tx *repo.Tx) error { return tx.SetPassword(t.Context(), user.ID, anotherHash) })
					})
					h.do("POST", target, credentials(email, password)).status(401)
					if sessions := must(h.repo.Sessions(t.Context(), user.ID, h.clock.Now())); len(sessions) > 0 || !replaced {
						t.Errorf("%s: %d sessions are left (replaced: %v)", target, len(sessions), replaced)
					}
					if hash := *h.user(email).PasswordHash; hash != anotherHash {
						t.Errorf("%s: the new password was undone: %s", target, hash)
					}
				}
			})
		})
	}
}

// TestRaceOfLogInsAndReset is the same without hooks: whatever comes first, no
// session of the old password is left.
func TestRaceOfLogInsAndReset(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email := "ada@example.com"
		h.register(email)
		h.do("POST", "/api/v1/auth/forgetpassword", withEmail(email)).status(200)
		token := h.secret("reset")
		answers := h.atOnce(func(i int) *http.Request {
			if i == clients/2 {
				return request("PUT", "/api/v1/auth/newpassword", newPassword(token, "another password"))
			}
			target := []string{"/api/auth/login", "/api/v1/auth/login"}[i%2]
			return request("POST", target, credentials(email, password))
		})
		answers[clients/2].status(200)
		if sessions := must(h.repo.Sessions(t.Context(), h.user(email).ID, h.clock.Now())); len(sessions) > 0 {
			t.Errorf("%d sessions are left for the old password", len(sessions))
		}
	})
}

func TestRaceOfRenewals(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		m := &hashHooks{}
		h := start(t, databaseURL, withHashHooks(t, m))
		h.importUser("ada@example.com")
		user := h.user("ada@example.com")
		m.runAt(2, func() { // another log-in was faster
			renewed := string(must(bcrypt.GenerateFromPassword([]byte(password), 4)))
			h.write(func(tx *repo.Tx) error {
				return tx.ReplacePasswordHash(t.Context(), user.ID, *user.PasswordHash, renewed)
			})
		})
		h.do("POST", "/api/auth/login", credentials("ada@example.com", password)).status(200)
	})
}

func TestRaceOfImportedLogIns(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		h.importUser("ada@example.com")
		got := h.race("/api/auth/login", func(int) string { return credentials("ada@example.com", password) })
		expectStatuses(t, map[int]int{200: clients}, got)
	})
}
