package handlers_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// hangUps is a ledger that calls hook, unless it is nil, in the middle of its
// transactions: when a call is charged, before its handler runs.
type hangUps struct {
	hook func()
	end  func() // writes what waits and takes nothing any more
}

func withHangUps(t *testing.T, databaseURL string, u *hangUps) func(*handlers.Config) {
	return func(c *handlers.Config) {
		now := func() time.Time {
			if u.hook != nil {
				u.hook()
			}
			return c.Now()
		}
		r := must(repo.Open(context.Background(), databaseURL, now))
		t.Cleanup(func() { r.Close() })
		c.Ledger = meter.NewLedger(r, now, slog.New(slog.DiscardHandler))
		u.end = runLedger(t, c.Ledger)
	}
}

// TestHangingUpIsCharged: whoever goes away in the middle of a call has had
// it, whether the handler notices (as those do that read) or not.
func TestHangingUpIsCharged(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		u := &hangUps{}
		h := start(t, databaseURL, withHangUps(t, databaseURL, u))
		ada := h.customer("ada@example.com")
		for _, test := range []struct {
			target, header string
			status         int // that nobody is there to read
		}{{sandbox, "X-Nothing: 1", 200}, {sandbox, withKey("one"), 200}, {"/api/accounts", "X-Nothing: 1", 503}} {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			u.hook = cancel
			recorder := httptest.NewRecorder()
			h.ServeHTTP(recorder, request("GET", test.target, "", ada.key, test.header).WithContext(ctx))
			if recorder.Code != test.status || ctx.Err() == nil {
				t.Errorf("%s: got %d, want %d; hung up: %v", test.target, recorder.Code, test.status, ctx.Err())
			}
		}
		u.end()
		h.wantTokenDeltas(ada, -10, -10, -1)
	})
}

// TestHangUpThenRetry: a client that hung up and makes the call again with its
// Idempotency-Key pays once.
func TestHangUpThenRetry(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		u := &hangUps{}
		h := start(t, databaseURL, withHangUps(t, databaseURL, u))
		ada := h.customer("ada@example.com")
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		u.hook = cancel
		h.ServeHTTP(httptest.NewRecorder(), request("GET", "/api/accounts", "", ada.key, withKey("one")).WithContext(ctx))
		u.hook = nil
		h.do("GET", "/api/accounts", "", ada.key, withKey("one")).status(200)
		h.wantTokenDeltas(ada, -1)
	})
}
