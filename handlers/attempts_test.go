package handlers_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// failures returns how many failed log-ins are counted, and how many buckets are
// locked.
func (s *testDatabase) failures() (count, locks int) {
	s.t.Helper()
	err := errors.Join(
		s.db.Get(&count, "SELECT COALESCE(SUM(failures), 0) FROM login_failures"),
		s.db.Get(&locks, "SELECT COUNT(*) FROM login_failures WHERE locked_until IS NOT NULL"),
	)
	if err != nil {
		s.t.Fatal(err)
	}
	return count, locks
}

func (s *testDatabase) wantFailures(count, locks int) {
	s.t.Helper()
	if n, l := s.failures(); n != count || l != locks {
		s.t.Errorf("%d failures are counted and %d buckets are locked, want %d and %d", n, l, count, locks)
	}
}

// TestFailedLogInsAreNotWrongPasswords: a log-in that ends in 500, wherever it
// fails, is not held against the address: neither the attempt nor its lock.
func TestFailedLogInsAreNotWrongPasswords(t *testing.T) {
	const ada, suspended, unverified = "ada@example.com", "suspended@example.com", "unverified@example.com"
	const failed = "NEW.kind = '" + repo.AuditLoginFail + "'"
	for name, test := range map[string]struct{ what, condition, email, password string }{
		"the session":               {"INSERT ON sessions", "TRUE", ada, password},
		"the end of older sessions": {"DELETE ON sessions", "TRUE", ada, password},
		"the event":                 {"INSERT ON audit_events", "NEW.kind = '" + repo.AuditLogin + "'", ada, password},
		"the end of failures":       {"DELETE ON login_failures", "TRUE", ada, password},
		"the event of a failure":    {"INSERT ON audit_events", failed, ada, "wrong password"},
		"an unknown address":        {"INSERT ON audit_events", failed, "nobody@example.com", password},
		"a suspended user":          {"INSERT ON audit_events", failed, suspended, password},
		"the token of a mail":       {"INSERT ON one_time_tokens", "TRUE", unverified, password},
		"a mail":                    {"INSERT ON outbox", "TRUE", unverified, password},
	} {
		t.Run(name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
				h.registerDeveloper(ada)
				h.do("POST", doors[1], credentials(ada, password)).status(200) // two sessions: the next log-in ends one
				h.register(suspended)
				h.setActive(suspended, false)
				h.registerUnverified(unverified)
				s.db.MustExec("DELETE FROM outbox") // so that a log-in sends another mail
				s.db.MustExec("DELETE FROM one_time_tokens")
				h.clock.Advance(time.Minute) // the pause between such mails

				call := func(int) *http.Request { return request("POST", doors[1], credentials(test.email, test.password)) }
				mend := s.failOn(test.what, test.condition)
				for range 6 {
					h.send(call(0)).status(500)
				}
				s.wantFailures(0, 0)
				expectStatuses(t, map[int]int{500: clients}, statuses(h.atOnce(call)))
				s.wantFailures(0, 0)
				mend()
				for range 4 {
					h.do("POST", doors[0], credentials(ada, "wrong password")).status(401)
				}
				h.do("POST", doors[0], credentials(ada, password)).status(200)
			})
		})
	}
}

// TestALockThatIsNotRecorded: the fifth wrong password is answered with 500 until
// its lock is recorded, and counts then.
func TestALockThatIsNotRecorded(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		wrong := credentials("ada@example.com", "wrong password")
		mend := s.failOn("INSERT ON audit_events", "NEW.kind = '"+repo.AuditLoginLock+"'")
		for range 4 {
			h.do("POST", doors[0], wrong).status(401)
		}
		for range 6 {
			h.do("POST", doors[0], wrong).status(500)
		}
		s.wantFailures(4, 0)
		mend()
		h.do("POST", doors[0], wrong).status(401)
		h.do("POST", doors[0], wrong).status(429)
		s.wantFailures(5, 1)
	})
}

// TestFailedDeletionsAreNotWrongPasswords is the same for the deletion of an
// account, which asks for the password, too.
func TestFailedDeletionsAreNotWrongPasswords(t *testing.T) {
	for name, test := range map[string]struct{ what, condition, password string }{
		"the sessions":           {"DELETE ON sessions", "TRUE", password},
		"the categories":         {"DELETE ON categories", "TRUE", password},
		"the user":               {"UPDATE ON users", "NEW.deleted_at IS NOT NULL", password},
		"the event":              {"INSERT ON audit_events", "NEW.kind = '" + repo.AuditDelete + "'", password},
		"the event of a failure": {"INSERT ON audit_events", "NEW.kind = '" + repo.AuditLoginFail + "'", "wrong password"},
	} {
		t.Run(name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
				bearer := h.register("ada@example.com")
				h.do("POST", "/api/categories", `{"name":"Books","type":"EXPENSE","color":"#112233","icon":"book"}`, bearer).status(201)
				call := func(int) *http.Request { return request("POST", deletion, withPassword(test.password), bearer) }
				mend := s.failOn(test.what, test.condition)
				for range 6 {
					h.send(call(0)).status(500)
				}
				expectStatuses(t, map[int]int{500: clients}, statuses(h.atOnce(call)))
				s.wantFailures(0, 0)
				mend()
				h.do("POST", deletion, withPassword(password), bearer).status(200)
			})
		})
	}
}

// afterHashes runs functions of a test in the middle of a call, after its password
// was compared: when the transaction with the outcome begins.
type afterHashes struct {
	hashHooks
	hook func() // for the next transaction
}

func (a *afterHashes) runAfterNext(f func()) { a.runAt(1, func() { a.hook = f }) }

// withAfterHashes makes the server call a.
func withAfterHashes(t *testing.T, databaseURL string, a *afterHashes) func(*handlers.Config) {
	return func(c *handlers.Config) {
		now := c.Now
		c.Repo = must(repo.Open(context.Background(), databaseURL, func() time.Time {
			if hook := a.hook; hook != nil {
				a.hook = nil
				hook()
			}
			return now()
		}))
		t.Cleanup(func() { c.Repo.Close() })
		withHashHooks(t, &a.hashHooks)(c)
	}
}

// TestHangingUpIsNoWrongPassword: a client that hangs up before its password is
// compared has not guessed, and neither has one with the right password. A wrong
// password that was compared counts all the same: guesses would be free for those
// who hang up.
func TestHangingUpIsNoWrongPassword(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		hooks := &afterHashes{}
		h, s := start(t, databaseURL, withAfterHashes(t, databaseURL, hooks)), openTestDatabase(t, databaseURL)
		h.register("ada@example.com")
		hangUp := func(arrange func(hangUp func()), password string) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			arrange(cancel)
			h.ServeHTTP(httptest.NewRecorder(), request("POST", doors[0], credentials("ada@example.com", password)).WithContext(ctx))
			if ctx.Err() == nil {
				t.Error("the client did not hang up")
			}
		}
		before := func(f func()) { hooks.runAt(1, f) }
		for range 6 {
			hangUp(before, password)
			hangUp(before, "wrong password")
			hangUp(hooks.runAfterNext, password)
		}
		s.wantFailures(0, 0)
		for range 5 {
			hangUp(hooks.runAfterNext, "wrong password")
		}
		s.wantFailures(5, 1)
		h.do("POST", doors[0], credentials("ada@example.com", password)).status(429)
	})
}

// TestPanicsAreNoWrongPasswords: a bug in the middle of a log-in is not held against
// the address either.
func TestPanicsAreNoWrongPasswords(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		hooks := &afterHashes{}
		h, s := start(t, databaseURL, withAfterHashes(t, databaseURL, hooks)), openTestDatabase(t, databaseURL)
		h.register("ada@example.com")
		for range 6 {
			hooks.runAfterNext(func() { panic("a bug") })
			h.do("POST", doors[0], credentials("ada@example.com", password)).status(500)
		}
		s.wantFailures(0, 0)
		h.do("POST", doors[0], credentials("ada@example.com", password)).status(200)
	})
}
