package handlers_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/handlers"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// customer is a user with a plan, and what speaks for them.
type customer struct {
	email   string
	id      uuid.UUID
	session string // header
	key     string // likewise
}

// customer signs somebody up at the API door, verified and logged in.
func (h *harness) customer(email string) customer {
	h.t.Helper()
	session := h.develop(email)
	return customer{email, h.user(email).ID, session, byKey(h.secret("key"))}
}

func byKey(key string) string { return "X-API-Key: " + key }

func withKey(key string) string { return "Idempotency-Key: " + key }

// newKey makes an API key by the API.
func (h *harness) newKey(session, body string) (id, key string) {
	h.t.Helper()
	answer := h.do("POST", "/api/v1/account/api-keys", body, session).status(201)
	return answer.get("id"), answer.get("key")
}

// addKey makes an API key and returns its id.
func (h *harness) addKey(session string) string {
	h.t.Helper()
	id, _ := h.newKey(session, `{"name":"another"}`)
	return id
}

// leave takes or gives tokens until the user has n.
func (h *harness) leave(c customer, n int64) {
	h.t.Helper()
	h.write(func(tx *repo.Tx) error {
		_, err := meter.Adjust(context.Background(), tx, c.id, n-h.balance(c), repo.TokenCause{Endpoint: "test", RequestID: uuid.NewString()})
		return err
	})
}

func (h *harness) balance(c customer) int64 {
	h.t.Helper()
	return must(h.repo.Ledger(context.Background(), c.id)).Balance
}

// moves returns what was taken and given by calls of the API, the oldest
// first.
func (h *harness) moves(c customer, kinds ...string) (deltas []int64) {
	h.t.Helper()
	rows := must(h.repo.TokenRows(context.Background(), c.id, 10_000))
	for i := len(rows) - 1; i >= 0; i-- {
		for _, kind := range kinds {
			if rows[i].Kind == kind {
				deltas = append(deltas, rows[i].Delta)
			}
		}
	}
	return deltas
}

// calls returns what calls took and were given back.
func (h *harness) calls(c customer) []int64 {
	h.t.Helper()
	return h.moves(c, repo.TokensDebit, repo.TokensRefund)
}

// awaitRefunds makes the ledger write the pending refunds. The ledger writes
// them between other entries, so each entry here is an occasion.
func (h *harness) awaitRefunds(c customer, refunds int) {
	h.t.Helper()
	for range 1000 {
		if len(h.moves(c, repo.TokensRefund)) >= refunds {
			return
		}
		if _, err := h.config.Ledger.Refill(c.id); err != nil {
			h.t.Fatal(err)
		}
	}
	h.t.Fatalf("there are no %d refunds", refunds)
}

// verify holds all ledgers to their rows.
func (h *harness) verify() {
	h.t.Helper()
	if bad, total, err := h.repo.VerifyLedgers(context.Background()); err != nil || len(bad) > 0 || total == 0 {
		h.t.Errorf("of %d ledgers these do not add up: %v %v", total, bad, err)
	}
}

// suspend keeps the user out, or lets the user in again.
func (h *harness) suspend(email string, suspended bool) {
	h.t.Helper()
	h.write(func(tx *repo.Tx) error {
		_, err := tx.SetActive(context.Background(), h.user(email).ID, !suspended)
		return err
	})
}

// errGone is for handlers that are made to fail.
var errGone = errors.New("secret of the house")

// withPanics has the server panic when it looks at its clock for the n-th time
// after panics is set to n. A call by key looks for who calls, and for its limit,
// before it is charged.
func withPanics(panics *int) func(*handlers.Config) {
	return func(c *handlers.Config) {
		now := c.Now
		c.Now = func() time.Time {
			if *panics--; *panics == 0 {
				panic(errGone)
			}
			return now()
		}
	}
}

// hideTable makes all reads of the table fail until mend is called.
func (s *testDatabase) hideTable(table string) (mend func()) {
	s.t.Helper()
	s.db.MustExec("ALTER TABLE " + table + " RENAME TO hidden")
	return func() { s.db.MustExec("ALTER TABLE hidden RENAME TO " + table) }
}

// badKeys are API keys that open nothing, by what is wrong: with the answer
// 401, and with 403 those of owners who may not use them. good is one that
// works.
func badKeys(h *harness, good customer) (unauthorized, forbidden map[string]string) {
	h.t.Helper()
	key := good.key[len(byKey("")):]
	last := byte('0')
	if key[len(key)-1] == last {
		last = '1'
	}
	revokedID, revoked := h.newKey(good.session, `{"name":"revoked"}`)
	h.do("DELETE", "/api/v1/account/api-keys/"+revokedID, "", good.session).status(204)
	_, expired := h.newKey(good.session, `{"name":"expired","expires_in":60}`)
	h.clock.Advance(time.Minute)
	h.join("unverified@example.com")
	unverified := h.secret("key")
	suspended := h.customer("suspended@example.com")
	h.suspend(suspended.email, true)
	return map[string]string{
			"empty": "", "not a key": "nonsense", "a wrong checksum": key[:len(key)-1] + string(last), "cut off": key[:len(key)-1],
			"in capitals": "ALTA_" + key[5:], "a blank before it": " " + key, "unknown": identity.NewAPIKey(),
			"revoked": revoked, "expired": expired, "a session's": good.session[len("Authorization: Bearer "):],
		}, map[string]string{
			"an unverified owner's": unverified, "a suspended owner's": suspended.key[len(byKey("")):],
		}
}

// TestHarnessSettles: a refund that is asked for is written by the time that
// the tests look at it, and one that nobody asked for is not made up.
func TestHarnessSettles(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	d := meter.Debit{UserID: ada.id, Cost: 10, Endpoint: "GET /", RequestID: uuid.NewString()}
	must(h.config.Ledger.Charge(d))
	h.config.Ledger.Refund(d)
	h.awaitRefunds(ada, 1)
	if n := h.balance(ada); n != 2000 {
		t.Errorf("the balance is %d, want 2000", n)
	}
}
