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

// chargeHook runs a function of a test in the middle of the ledger's transactions,
// unless it is nil: when a call is charged, before its handler runs.
type chargeHook struct {
	run func()
	end func() // writes what waits and takes nothing any more
}

func withChargeHook(t *testing.T, databaseURL string, hook *chargeHook) func(*handlers.Config) {
	return func(c *handlers.Config) {
		now := func() time.Time {
			if hook.run != nil {
				hook.run()
			}
			return c.Now()
		}
		r := must(repo.Open(context.Background(), databaseURL, now))
		t.Cleanup(func() { r.Close() })
		c.Ledger = meter.NewLedger(r, now, slog.New(slog.DiscardHandler))
		hook.end = runLedger(t, c.Ledger)
	}
}

// TestHangingUpIsCharged: a client that hangs up during a call is charged for it,
// whether the handler notices or not.
func TestHangingUpIsCharged(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		hook := &chargeHook{}
		h := start(t, databaseURL, withChargeHook(t, databaseURL, hook))
		ada := h.customer("ada@example.com")
		for _, test := range []struct {
			target, header string
			status         int // that nobody is there to read
		}{{sandbox, "X-Nothing: 1", 200}, {sandbox, withKey("one"), 200}, {"/api/accounts", "X-Nothing: 1", 503}} {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			hook.run = cancel
			recorder := httptest.NewRecorder()
			h.ServeHTTP(recorder, request("GET", test.target, "", ada.key, test.header).WithContext(ctx))
			if recorder.Code != test.status || ctx.Err() == nil {
				t.Errorf("%s: got %d, want %d; hung up: %v", test.target, recorder.Code, test.status, ctx.Err())
			}
		}
		hook.end()
		h.wantTokenDeltas(ada, -10, -10, -1)
	})
}

// TestHangUpThenRetry: a client that hangs up and repeats the call with its
// Idempotency-Key is charged once.
func TestHangUpThenRetry(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		hook := &chargeHook{}
		h := start(t, databaseURL, withChargeHook(t, databaseURL, hook))
		ada := h.customer("ada@example.com")
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		hook.run = cancel
		h.ServeHTTP(httptest.NewRecorder(), request("GET", "/api/accounts", "", ada.key, withKey("one")).WithContext(ctx))
		hook.run = nil
		h.do("GET", "/api/accounts", "", ada.key, withKey("one")).status(200)
		h.wantTokenDeltas(ada, -1)
	})
}
