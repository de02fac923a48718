package mail_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

var errAway = errors.New("connection refused")

// TestOutboxTriesAgain: the worker tries again after 5 s, then after twice as long
// each time, at most 15 minutes, for a day. Each attempt sends the same mail.
func TestOutboxTriesAgain(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := newHarness(t, databaseURL)
		h.sender.failWith(errAway)
		id := h.add(h.user)
		for attempt, pause := 1, 5*time.Second; ; attempt++ {
			h.flush()
			h.expectAttempts(attempt)
			if h.readRow(id).State != "pending" || t.Failed() {
				break
			}
			h.clock.Advance(pause - time.Microsecond)
			h.flush()
			h.expectAttempts(attempt)
			h.clock.Advance(time.Microsecond)
			pause = min(2*pause, 15*time.Minute)
		}
		// The first nine attempts take 1,275 s; then there is one every 900 s for a day.
		const attempts = 9 + 95
		h.expectMail(id, "dead", attempts)
		h.expectAttempts(attempts)
		first := h.sender.attempts()[0]
		for _, m := range h.sender.attempts() {
			if m.ID != id || m.To != "ada@example.com" || !m.Date.Equal(first.Date) || m.Text != first.Text {
				t.Fatalf("a later attempt sent another mail: %+v", m)
			}
		}
		h.clock.Advance(48 * time.Hour)
		h.flush()
		h.expectAttempts(attempts)
	})
}

// TestOutboxEnds: after its final outcome a mail is not tried again, and its
// payload is erased.
func TestOutboxEnds(t *testing.T) {
	tests := []struct {
		name     string
		end      func(h *harness)
		state    string
		attempts int
	}{
		{"sent", func(*harness) {}, "sent", 1},
		{"refused", func(h *harness) { h.sender.failWith(fmt.Errorf("550: %w", mail.ErrRefused)) }, "dead", 1},
		{"sent in the end", func(h *harness) {
			h.sender.failWith(errAway)
			h.flush()
			h.clock.Advance(5 * time.Second)
			h.sender.failWith(nil)
		}, "sent", 2},
		{"refused in the end", func(h *harness) {
			h.sender.failWith(errAway)
			h.flush()
			h.clock.Advance(5 * time.Second)
			h.sender.failWith(mail.ErrRefused)
		}, "dead", 2},
		{"given up", func(h *harness) {
			h.sender.failWith(errAway)
			h.clock.Advance(24 * time.Hour)
		}, "dead", 1},
		{"replaced", func(h *harness) { h.add(h.user) }, "cancelled", 0},
		{"cancelled", func(h *harness) {
			h.inTx(func(tx *repo.Tx) error { return tx.CancelMail(h.t.Context(), h.user.ID, string(mail.KindWelcome)) })
		}, "cancelled", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h := newHarness(t, databaseURL)
				id := h.add(h.user)
				if secret := secretsIn(h.readRow(id).Payload); secret != "" {
					t.Errorf("%s is stored in the clear", secret)
				}
				test.end(h)
				h.flush()
				h.expectMail(id, test.state, test.attempts)
				if dead := test.state == "dead"; dead != (h.readRow(id).LastError != "") {
					t.Errorf("the last error is %q", h.readRow(id).LastError)
				}
				attempts := len(h.sender.attempts())
				h.clock.Advance(72 * time.Hour)
				h.flush()
				h.expectAttempts(attempts)
				if secret := secretsIn(h.log.String()); secret != "" {
					t.Errorf("%s is in the log", secret)
				}
			})
		})
	}
}

// TestOutboxUsesTheCurrentAddress: the address is looked up when the mail is sent.
func TestOutboxUsesTheCurrentAddress(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := newHarness(t, databaseURL)
		h.add(h.user)
		h.db.MustExec(`UPDATE users SET email = 'lovelace@example.com' WHERE email = 'ada@example.com'`)
		h.flush()
		h.expectAttempts(1)
		if to := h.sender.attempts()[0].To; to != "lovelace@example.com" {
			t.Errorf("the mail went to %s", to)
		}
	})
}

// TestOutboxGivesUpUnreadableMails: a mail is given up at once if its secret is no
// longer in the list, or if its payload belongs to another row.
func TestOutboxGivesUpUnreadableMails(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(h *harness, id string)
	}{
		{"the secret was dropped", func(h *harness, _ string) {
			h.Outbox = h.newOutbox(h.repo, "another secret that is long enough as well")
		}},
		{"the payload of another row", func(h *harness, id string) {
			other := h.readRow(h.addLeased(h.newUser("other@example.com"))).Payload
			h.db.MustExec(`UPDATE outbox SET payload = $1 WHERE id = $2`, other, id)
		}},
		{"no payload", func(h *harness, id string) {
			h.db.MustExec(`UPDATE outbox SET payload = '' WHERE id = $1`, id)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h := newHarness(t, databaseURL)
				id := h.add(h.user)
				test.spoil(h, id)
				h.flush()
				h.expectMail(id, "dead", 1)
				h.clock.Advance(5 * time.Second)
				h.flush()
				h.expectMail(id, "dead", 1)
				h.expectAttempts(0)
			})
		})
	}
}
