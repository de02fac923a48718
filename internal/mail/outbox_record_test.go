package mail_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/testdb"
)

// TestOutboxKeepsWhatItCouldNotRecord: a database that fails just after a mail
// was accepted, or refused, does not have it sent again; the outcome is
// written as soon as that is possible.
func TestOutboxKeepsWhatItCouldNotRecord(t *testing.T) {
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
				o := open(t, databaseURL)
				o.carrier.fail(test.err)
				id := o.add(o.user, false)
				mend := o.refuse("NEW.attempts > OLD.attempts")
				o.flush()
				for range 3 { // its lease is over, and nobody is sending it
					o.clock.Advance(lease)
					o.flush()
				}
				o.expectTries(1)
				o.expect(id, "pending", 0)
				mend()
				o.stop()
				o.expect(id, test.state, 1)
				o.flush()
				if want := map[string]int{"sent": 1, "dead": 1, "pending": 2}[test.state]; len(o.carrier.tried()) != want {
					t.Errorf("the carrier had %d tries, want %d", len(o.carrier.tried()), want)
				}
			})
		})
	}
}

// TestOutboxRecordsForNobody: whoever waited for the mail has gone, and what
// became of it is recorded all the same.
func TestOutboxRecordsForNobody(t *testing.T) {
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
				o := open(t, databaseURL)
				ctx, hangUp := context.WithCancel(t.Context())
				o.carrier.do(func(context.Context, mail.Message) error {
					hangUp()
					return test.err
				})
				id := o.add(o.user, true)
				err := o.Deliver(ctx, uuid.MustParse(id))
				if (err == nil) != (test.err == nil) {
					t.Errorf("Deliver = %v", err)
				}
				o.expect(id, test.state, 1)
				if o.row(id).Leased && test.state == "pending" {
					t.Error("nobody sends it, and it is still leased")
				}
			})
		})
	}
}

// TestOutboxBoundsATry: a mail server that hangs has as long as the setting
// says.
func TestOutboxBoundsATry(t *testing.T) {
	o := open(t, testdb.SQLite(t))
	o.carrier.do(func(ctx context.Context, _ mail.Message) error {
		end, bounded := ctx.Deadline()
		if !bounded || time.Until(end) > timeout {
			t.Errorf("the try has until %v", end)
		}
		return nil
	})
	o.add(o.user, false)
	o.flush()
	o.expectTries(1)
}
