package handlers_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/handlers"
	"example.com/alta/internal/testdb"
)

// states returns the status of each service by name, with "" for the overall one.
func (h *harness) states() map[string]string {
	h.t.Helper()
	var body struct {
		Overall  string
		Services []struct{ Name, Status string }
	}
	if err := json.Unmarshal(h.do("GET", "/api/v1/status", "").status(200).Body.Bytes(), &body); err != nil {
		h.t.Fatal(err)
	}
	got := map[string]string{"": body.Overall}
	for _, service := range body.Services {
		got[service.Name] = service.Status
	}
	return got
}

func (h *harness) expectStates(overall, database, mail string) {
	h.t.Helper()
	want := map[string]string{"": overall, "api": "operational", "database": database, "mail": mail}
	if diff := cmp.Diff(want, h.states()); diff != "" {
		h.t.Errorf("status (-want +got):\n%s", diff)
	}
}

// TestStatus: the status shows a failure as long as it lasts.
func TestStatus(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
	h.register("ada@example.com")
	h.expectStates("operational", "operational", "operational")
	h.mailServer.setDown(true)
	h.forget("ada@example.com")
	h.mails()
	h.expectStates("operational", "operational", "operational") // it is young yet
	h.clock.Advance(5*time.Minute + time.Microsecond)
	h.expectStates("degraded", "operational", "degraded")
	h.mailServer.setDown(false)
	h.clock.Advance(time.Hour)
	h.mails()
	h.expectStates("operational", "operational", "operational")
	mend := s.hideTable("outbox")
	h.expectStates("partial_outage", "operational", "down")
	mend()
	h.expectStates("operational", "operational", "operational")
}

// TestStatusWithoutADatabase: without a database, everything is down, and the status
// says so.
func TestStatusWithoutADatabase(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.endLedger()
	if err := h.repo.Close(); err != nil {
		t.Fatal(err)
	}
	h.expectStates("major_outage", "down", "down")
	h.do("GET", "/healthz", "").status(200)
}

// pinged are limits in a shared store, which may be away.
type pinged struct {
	noLimits
	err error
}

func (p pinged) Ping(context.Context) error { return p.err }

// TestStatusOfSharedLimits: the status has the service "rate limits" if limits are
// shared.
func TestStatusOfSharedLimits(t *testing.T) {
	for want, err := range map[string]error{"operational": nil, "degraded": errors.New("connection refused")} {
		h := start(t, testdb.SQLite(t), func(c *handlers.Config) { c.Limits = pinged{err: err} })
		if got := h.states(); got["rate limits"] != want || got[""] != want {
			t.Errorf("%v: got %v, want %s", err, got, want)
		}
	}
}
