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

// TestOutboxTriesAgain: after 5 s, then after twice as long each time, up to a
// quarter of an hour, for a day; always as the same mail.
func TestOutboxTriesAgain(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		o := open(t, databaseURL)
		o.carrier.fail(errAway)
		id := o.add(o.user, false)
		for try, pause := 1, 5*time.Second; ; try++ {
			o.flush()
			o.expectTries(try)
			if o.row(id).State != "pending" || t.Failed() {
				break
			}
			o.clock.Advance(pause - time.Microsecond)
			o.flush()
			o.expectTries(try)
			o.clock.Advance(time.Microsecond)
			pause = min(2*pause, 15*time.Minute)
		}
		// 1,275 s for the first nine tries, and one every 900 s until a day is over.
		const tries = 9 + 95
		o.expect(id, "dead", tries)
		o.expectTries(tries)
		first := o.carrier.tried()[0]
		for _, m := range o.carrier.tried() {
			if m.ID != id || m.To != "ada@example.com" || !m.Date.Equal(first.Date) || m.Text != first.Text {
				t.Fatalf("a later try was another mail: %+v", m)
			}
		}
		o.clock.Advance(48 * time.Hour)
		o.flush()
		o.expectTries(tries)
	})
}

// TestOutboxEnds: whatever becomes of a mail, it is not tried again, and
// what it said is gone.
func TestOutboxEnds(t *testing.T) {
	tests := []struct {
		name     string
		end      func(o *office)
		state    string
		attempts int
	}{
		{"sent", func(*office) {}, "sent", 1},
		{"refused", func(o *office) { o.carrier.fail(fmt.Errorf("550: %w", mail.ErrRefused)) }, "dead", 1},
		{"sent in the end", func(o *office) {
			o.carrier.fail(errAway)
			o.flush()
			o.clock.Advance(5 * time.Second)
			o.carrier.fail(nil)
		}, "sent", 2},
		{"refused in the end", func(o *office) {
			o.carrier.fail(errAway)
			o.flush()
			o.clock.Advance(5 * time.Second)
			o.carrier.fail(mail.ErrRefused)
		}, "dead", 2},
		{"given up", func(o *office) {
			o.carrier.fail(errAway)
			o.clock.Advance(24 * time.Hour)
		}, "dead", 1},
		{"replaced", func(o *office) { o.add(o.user, false) }, "cancelled", 0},
		{"cancelled", func(o *office) {
			o.write(func(tx *repo.Tx) error { return tx.CancelMail(o.t.Context(), o.user.ID, string(mail.KindWelcome)) })
		}, "cancelled", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				o := open(t, databaseURL)
				id := o.add(o.user, false)
				if secret := secretsIn(o.row(id).Payload); secret != "" {
					t.Errorf("%s waits in the clear", secret)
				}
				test.end(o)
				o.flush()
				o.expect(id, test.state, test.attempts)
				if dead := test.state == "dead"; dead != (o.row(id).LastError != "") {
					t.Errorf("the last error is %q", o.row(id).LastError)
				}
				tries := len(o.carrier.tried())
				o.clock.Advance(72 * time.Hour)
				o.flush()
				o.expectTries(tries)
				if secret := secretsIn(o.log.String()); secret != "" {
					t.Errorf("%s is in the log", secret)
				}
			})
		})
	}
}

// TestOutboxWritesToTheAddressOfTheDay: the address is looked up when the mail
// is sent.
func TestOutboxWritesToTheAddressOfTheDay(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		o := open(t, databaseURL)
		o.add(o.user, false)
		o.db.MustExec(`UPDATE users SET email = 'lovelace@example.com' WHERE email = 'ada@example.com'`)
		o.flush()
		o.expectTries(1)
		if to := o.carrier.tried()[0].To; to != "lovelace@example.com" {
			t.Errorf("the mail went to %s", to)
		}
	})
}

// TestOutboxCannotRead: a mail that was sealed with a secret that is no longer
// in the list is given up at once, not tried for ever; nor is one moved from
// another row.
func TestOutboxCannotRead(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(o *office, id string)
	}{
		{"the secret was dropped", func(o *office, _ string) {
			o.Outbox = o.another(o.repo, "another secret that is long enough as well")
		}},
		{"the row of another", func(o *office, id string) {
			other := o.row(o.add(o.newUser("other@example.com"), true)).Payload
			o.db.MustExec(`UPDATE outbox SET payload = $1 WHERE id = $2`, other, id)
		}},
		{"nothing at all", func(o *office, id string) {
			o.db.MustExec(`UPDATE outbox SET payload = '' WHERE id = $1`, id)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				o := open(t, databaseURL)
				id := o.add(o.user, false)
				test.spoil(o, id)
				o.flush()
				o.expect(id, "dead", 1)
				o.clock.Advance(5 * time.Second)
				o.flush()
				o.expect(id, "dead", 1)
				o.expectTries(0)
			})
		})
	}
}
