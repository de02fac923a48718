package mail_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/testdb"
)

// TestOutboxKeepsUnrecordedOutcomes: if the database fails just after a mail was
// accepted or refused, the mail is not sent again, and the outcome is written as
// soon as the database works.
func TestOutboxKeepsUnrecordedOutcomes(t *testing.T) {
	tests := []struct {
		name, state string
		err         error
	}{
		{"accepted", "sent", nil},
		{"refused", "dead", mail.ErrRefused},
		{"to be tried again", "pending", errAway},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h := newHarness(t, databaseURL)
				h.sender.failWith(test.err)
				id := h.add(h.user)
				repair := h.breakUpdates("NEW.attempts > OLD.attempts")
				h.flush()
				for range 3 { // the lease has ended, and no sender has the mail
					h.clock.Advance(lease)
					h.flush()
				}
				h.expectAttempts(1)
				h.expectMail(id, "pending", 0)
				repair()
				h.shutDown()
				h.expectMail(id, test.state, 1)
				h.flush()
				if want := map[string]int{"sent": 1, "dead": 1, "pending": 2}[test.state]; len(h.sender.attempts()) != want {
					t.Errorf("the sender had %d attempts, want %d", len(h.sender.attempts()), want)
				}
			})
		})
	}
}

// TestOutboxRecordsAfterACancellation: the outcome is recorded even if the
// request that waits for the mail is cancelled.
func TestOutboxRecordsAfterACancellation(t *testing.T) {
	tests := []struct {
		name, state string
		err         error
	}{
		{"accepted", "sent", nil},
		{"refused", "dead", mail.ErrRefused},
		{"failed", "pending", errAway},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h := newHarness(t, databaseURL)
				ctx, cancel := context.WithCancel(t.Context())
				h.sender.respond(func(context.Context, mail.Message) error {
					cancel()
					return test.err
				})
				id := h.addLeased(h.user)
				err := h.Deliver(ctx, uuid.MustParse(id))
				if (err == nil) != (test.err == nil) {
					t.Errorf("Deliver = %v", err)
				}
				h.expectMail(id, test.state, 1)
				if h.readRow(id).Leased && test.state == "pending" {
					t.Error("the attempt is over, and the mail is still leased")
				}
			})
		})
	}
}

// TestOutboxBoundsAnAttempt: an attempt has the deadline of the setting.
func TestOutboxBoundsAnAttempt(t *testing.T) {
	h := newHarness(t, testdb.SQLite(t))
	h.sender.respond(func(ctx context.Context, _ mail.Message) error {
		end, bounded := ctx.Deadline()
		if !bounded || time.Until(end) > timeout {
			t.Errorf("the deadline of the attempt is %v", end)
		}
		return nil
	})
	h.add(h.user)
	h.flush()
	h.expectAttempts(1)
}
