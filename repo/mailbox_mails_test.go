package repo_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestMailsAreCountedOneByOne: of transactions that count at once, as many pass as a
// cap says.
func TestMailsAreCountedOneByOne(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		err := errors.Join(atOnce(64, func(int) error {
			return r.InTx(t.Context(), func(tx *repo.Tx) error {
				if err := tx.LockMailbox(t.Context(), "box"); err != nil {
					return err
				}
				counted, err := tx.MailsTo(t.Context(), "box", start.Add(-1), uuid.New(), "reset")
				if err != nil || len(counted) >= 5 {
					return err
				}
				return tx.CountMail(t.Context(), uuid.New(), "box", "reset")
			})
		})...)
		if err != nil {
			t.Fatal(err)
		}
		if n := queryInt(t, r, `SELECT COUNT(*) FROM mailbox_mails`); n != 5 {
			t.Errorf("%d mails were counted, want 5", n)
		}
	})
}

// TestRequestsTakeTurns: requests of one network wait for their own only, and a second
// one for a mailbox is none.
func TestRequestsTakeTurns(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		add := func(mailbox, client string) {
			t.Helper()
			c.Advance(1000)
			err := r.InTx(t.Context(), func(tx *repo.Tx) error {
				return tx.AddMailRequest(t.Context(), repo.MailRequest{
					ID: uuid.New(), Kind: "reset", Email: mailbox, Mailbox: mailbox, Client: client,
				})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for i := range 600 {
			add(fmt.Sprint("flood ", i), "2001:db8::/48")
		}
		add("flood 0", "192.0.2.0/24")
		add("honest", "192.0.2.0/24")
		requests, err := r.MailRequests(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"flood 0", "honest", "flood 1"} {
			if requests[i].Mailbox != want {
				t.Errorf("request %d is for %s, want %s", i, requests[i].Mailbox, want)
			}
		}
		if n := queryInt(t, r, `SELECT COUNT(*) FROM mail_requests`); n != 501 {
			t.Errorf("%d requests wait, want 500 of the flood and the honest one", n)
		}
		err = r.InTx(t.Context(), func(tx *repo.Tx) error { return tx.DropMailRequests(t.Context(), "honest", "none") })
		if n := queryInt(t, r, `SELECT COUNT(*) FROM mail_requests WHERE mailbox = 'honest'`); n != 0 || err != nil {
			t.Errorf("%d requests are left, %v", n, err)
		}
	})
}
