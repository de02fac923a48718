package handlers_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

const (
	storageText = "The storage cannot take writes at the moment. Try again shortly."
	appStorage  = `{"statusCode":503,"message":"` + storageText + `","error":"Service Unavailable"}` + "\n"
)

// refuseWrites makes the database refuse every write until mend is called.
func (h *harness) refuseWrites() (mend func()) {
	h.t.Helper()
	set := func(on bool) {
		h.t.Helper()
		if _, err := h.repo.Pools()["writer"].ExecContext(h.t.Context(), fmt.Sprintf("PRAGMA query_only = %t", on)); err != nil {
			h.t.Fatal(err)
		}
	}
	set(true)
	return func() { set(false) }
}

// TestStorageThatTakesNoWrites: readiness and the status say so, calls that write are
// answered 503 with a text about the storage, nothing is charged, and reads go on. It
// passes by itself.
func TestStorageThatTakesNoWrites(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	h.do("GET", "/readyz", "").status(200)
	mend := h.refuseWrites()
	if err := h.repo.ProbeWrite(t.Context()); !errors.Is(err, repo.ErrStorage) {
		t.Fatalf("the probe: %v", err)
	}
	ready := h.do("GET", "/readyz", "").status(503)
	if ready.Body.String() != appStorage || ready.Header().Get("Retry-After") == "" {
		t.Errorf("readiness: %s %v", ready.Body, ready.Header())
	}
	h.expectStates("partial_outage", "degraded", "down")
	for _, header := range []string{"X-Nothing: 1", withKey("one")} {
		answer := h.do("GET", sandbox, "", ada.key, header).status(503)
		if answer.get("message") != storageText || answer.get("code") != "overloaded" || answer.Header().Get("Retry-After") == "" {
			t.Errorf("a call by key: %s %v", answer.Body, answer.Header())
		}
		answer.charged("", "")
	}
	if answer := h.do("POST", "/api/categories", `{"name":"Books","type":"EXPENSE","icon":"book"}`, ada.session).status(503); answer.Body.String() != appStorage {
		t.Errorf("a write: %s", answer.Body)
	}
	h.do("GET", "/api/accounts", "", ada.session).status(200)
	h.do("GET", "/api/v1/account/balance", "", ada.key).status(200)

	mend()
	h.do("GET", "/readyz", "").status(503) // until it is tried
	if err := h.repo.ProbeWrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.do("GET", "/readyz", "").status(200)
	h.expectStates("operational", "operational", "operational")
	h.do("GET", sandbox, "", ada.key, withKey("one")).status(200).charged("10", "1990")
	h.stopLedger()
	h.wantTokenDeltas(ada, -10) // and no refund of what was never charged
}

// TestStorageIsLoggedOnce: the log has one line when the storage begins to fail, one a
// minute at most if the reason changes, and one when it works again.
func TestStorageIsLoggedOnce(t *testing.T) {
	var written testkit.Buffer
	clock, away := testkit.NewClock(time.Date(2026, 3, 4, 14, 13, 20, 0, time.UTC)), []bool{}
	found := handlers.NewStorageWatch(slog.New(slog.NewTextHandler(&written, nil)), clock.Now, func(is bool) { away = append(away, is) })
	full, gone := errors.New("full"), errors.New("gone")
	expect := func(what string, errors, infos int) {
		t.Helper()
		log := written.String()
		if e, i := strings.Count(log, "level=ERROR"), strings.Count(log, "level=INFO"); e != errors || i != infos {
			t.Errorf("%s: %d errors and %d infos, want %d and %d:\n%s", what, e, i, errors, infos, log)
		}
	}
	found(nil)
	expect("well", 0, 0)
	for range 100 {
		found(full)
		clock.Advance(time.Second)
		found(full)
	}
	expect("full", 1, 0)
	found(gone)
	expect("gone, after a while", 2, 0)
	found(full)
	expect("at once another reason", 2, 0)
	found(nil)
	found(nil)
	expect("well again", 2, 1)
	if log := written.String(); !strings.Contains(log, "after=1m40s") || !strings.Contains(log, "error=gone") {
		t.Errorf("logged\n%s", log)
	}
	if want := []bool{true, false}; len(away) != 2 || away[0] != want[0] || away[1] != want[1] {
		t.Errorf("the metric was set to %v, want %v", away, want)
	}
}
