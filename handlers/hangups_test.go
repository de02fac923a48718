package handlers_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
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

// TestHangingUpIsCharged: a client that hangs up after it was charged gets what it
// has paid, if it still listens.
func TestHangingUpIsCharged(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		hook := &chargeHook{}
		h := start(t, databaseURL, withChargeHook(t, databaseURL, hook))
		ada := h.customer("ada@example.com")
		for _, test := range []struct{ target, header string }{
			{sandbox, "X-Nothing: 1"}, {sandbox, withKey("one")}, {"/api/accounts", "X-Nothing: 1"}, {"/api/accounts", withKey("two")},
		} {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			hook.run = cancel
			recorder := httptest.NewRecorder()
			h.ServeHTTP(recorder, request("GET", test.target, "", ada.key, test.header).WithContext(ctx))
			if recorder.Code != 200 || ctx.Err() == nil {
				t.Errorf("%s: got %d, want 200; hung up: %v", test.target, recorder.Code, ctx.Err())
			}
		}
		hook.end()
		h.wantTokenDeltas(ada, -10, -10, -1, -1)
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

// TestHalfClosedConnectionGetsWhatItPays: a client may close its side of the
// connection after the request (RFC 9112, section 9.6). It gets the response that it
// is charged for, or neither.
func TestHalfClosedConnectionGetsWhatItPays(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		ada := h.customer("ada@example.com")
		server := httptest.NewServer(h)
		defer server.Close()
		var deltas []int64
		for range 50 { // below the plan's limit a minute
			connection := must(net.Dial("tcp", server.Listener.Addr().String()))
			fmt.Fprintf(connection, "GET /api/accounts HTTP/1.1\r\nHost: alta\r\n%s\r\n\r\n", ada.key)
			if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			response := must(http.ReadResponse(bufio.NewReader(connection), nil))
			switch response.StatusCode {
			case 200:
				deltas = append(deltas, -1)
			case 503: // the server noticed it before it charged
			default:
				t.Errorf("got %s", response.Status)
			}
			_ = connection.Close()
		}
		h.wantTokenDeltas(ada, deltas...)
	})
}
