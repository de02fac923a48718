package handlers_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

// hashHooks run functions of a test in the middle of a call, just before a
// password is hashed or compared. The call may have read data by then that the
// function changes.
type hashHooks struct {
	mu    sync.Mutex
	hooks []func() // for the next hashes
	count int
}

// runAt makes f run at the n-th hash from now on; 1 is the next.
func (m *hashHooks) runAt(n int, f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks = append(make([]func(), n-1), f)
}

func (m *hashHooks) onHash(time.Duration) {
	m.mu.Lock()
	m.count++
	var hook func()
	if len(m.hooks) > 0 {
		hook, m.hooks = m.hooks[0], m.hooks[1:]
	}
	m.mu.Unlock()
	if hook != nil {
		hook()
	}
}

// hashed returns how many passwords have been hashed or compared.
func (m *hashHooks) hashed() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.count
}

// withHashHooks makes the server call m for each password that it hashes.
func withHashHooks(t *testing.T, m *hashHooks) func(*handlers.Config) {
	return func(c *handlers.Config) {
		c.Hasher = identity.NewHasher(identity.HasherConfig{Cost: 4, Queue: 256, Wait: 30 * time.Second, Waited: m.onHash})
		t.Cleanup(c.Hasher.Close)
	}
}

// write changes the database in one transaction.
func (h *harness) write(fn func(tx *repo.Tx) error) {
	h.t.Helper()
	if err := h.repo.InTx(context.Background(), fn); err != nil {
		h.t.Error(err) // hooks run in other goroutines, where Fatal is not allowed
	}
}

// user returns the user with the address.
func (h *harness) user(email string) repo.User {
	h.t.Helper()
	return must(h.repo.UserByEmail(context.Background(), email))
}

// redeem exchanges an invite for its token.
func (h *harness) redeem(code string) (inviteToken string) {
	h.t.Helper()
	return h.do("POST", "/api/v1/auth/redeem-invite", `{"code":"`+code+`"}`).status(200).get("invite_token")
}

// join registers somebody at the API door who does not verify the address.
func (h *harness) join(email string) {
	h.t.Helper()
	h.do("POST", "/api/v1/auth/register", developer(email, h.inviteToken(1))).status(200)
}

func withToken(token string) string { return `{"token":"` + token + `"}` }

func newPassword(token, password string) string {
	return `{"token":"` + token + `","newpassword":"` + password + `"}`
}

func withEmail(email string) string { return `{"email":"` + email + `"}` }
