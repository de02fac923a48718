package handlers_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"example.com/alta/handlers"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// moments are points in the middle of calls, each just before a password is
// hashed or compared: what was read before may be over by then.
type moments struct {
	mu    sync.Mutex
	hooks []func() // for the next ones
	count int
}

// then has f run at the n-th moment from now, 1 being the next.
func (m *moments) then(n int, f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks = append(make([]func(), n-1), f)
}

func (m *moments) come(time.Duration) {
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

// hashes returns how many passwords have been hashed or compared.
func (m *moments) hashes() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.count
}

// withMoments lets m see each password that is hashed.
func withMoments(t *testing.T, m *moments) func(*handlers.Config) {
	return func(c *handlers.Config) {
		c.Hasher = identity.NewHasher(identity.HasherConfig{Cost: 4, Queue: 256, Wait: 30 * time.Second, Waited: m.come})
		t.Cleanup(c.Hasher.Close)
	}
}

// saboteur makes statements fail, in the database itself.
type saboteur struct {
	t        *testing.T
	url      string
	db       *sqlx.DB
	postgres bool
}

func newSaboteur(t *testing.T, databaseURL string) *saboteur {
	t.Helper()
	s := &saboteur{t: t, url: databaseURL, db: testdb.Connect(t, databaseURL), postgres: repo.IsPostgres(databaseURL)}
	if !s.postgres { // the server may be writing, too
		s.db.SetMaxOpenConns(1)
		s.db.MustExec("PRAGMA busy_timeout = 10000")
	}
	return s
}

// refuse has statements of a kind such as "INSERT ON users" fail for rows of
// which the condition is true; mend ends that.
func (s *saboteur) refuse(what, condition string) (mend func()) {
	s.t.Helper()
	_, table, _ := strings.Cut(what, " ON ")
	body := "BEGIN SELECT RAISE(ABORT, 'sabotage'); END"
	drop := "DROP TRIGGER sabotage"
	if s.postgres {
		s.db.MustExec(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'sabotage'; END$$`)
		body, drop = "EXECUTE FUNCTION refuse()", drop+" ON "+table
	}
	s.db.MustExec("CREATE TRIGGER sabotage BEFORE " + what + " FOR EACH ROW WHEN (" + condition + ") " + body)
	return func() { s.db.MustExec(drop) }
}

// count returns how many rows the table has.
func (s *saboteur) count(table string) (n int) {
	s.t.Helper()
	if err := s.db.Get(&n, "SELECT COUNT(*) FROM "+table); err != nil {
		s.t.Fatal(err)
	}
	return n
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
