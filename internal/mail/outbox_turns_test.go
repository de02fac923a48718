package mail_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// floodMails are the mails of one network before anybody else's.
const floodMails = 2000

// addFlood adds mails that a network caused. They are of one user and as many kinds.
func (h *harness) addFlood(client string) {
	h.t.Helper()
	first := h.addDraft(mail.Draft{UserID: h.user.ID, Client: client})
	keys := must(identity.ParseKeyring(secret + secret))
	var letter string
	h.inTx(func(tx *repo.Tx) error {
		m, err := tx.Mail(h.t.Context(), uuid.MustParse(first))
		if err == nil {
			letter, err = keys.Open(identity.PurposeOutbox, first, m.Payload)
		}
		return err
	})
	tx := h.db.MustBegin()
	defer tx.Rollback()
	for i := range floodMails - 1 {
		id := uuid.NewString()
		tx.MustExec(`
INSERT INTO outbox (id, user_id, kind, state, payload, client, due_at, created_at)
SELECT $1, user_id, $2, state, $3, client, due_at, created_at FROM outbox WHERE id = $4`,
			id, fmt.Sprint("kind ", i), keys.Seal(identity.PurposeOutbox, id, letter), first)
	}
	if err := tx.Commit(); err != nil {
		h.t.Fatal(err)
	}
}

// TestMailsTakeTurns: behind 2,000 mails that one network caused, those of another
// network, of the command line and of a retry are among the first.
func TestMailsTakeTurns(t *testing.T) {
	for _, test := range []struct{ name, client string }{{"another network", "192.0.2.0/24"}, {"no network", ""}} {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h := newHarness(t, databaseURL)
				h.addFlood("2001:db8::/48")
				h.clock.Advance(time.Minute)
				h.addDraft(mail.Draft{UserID: h.newUser("grace@example.com").ID, Client: test.client})
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				h.sender.respond(func(_ context.Context, m mail.Message) error {
					if m.To == "grace@example.com" {
						stop()
					}
					return nil
				})
				h.Run(ctx)
				before := slices.IndexFunc(h.sender.attempts(), func(m mail.Message) bool { return m.To == "grace@example.com" })
				if before < 0 || before > 32 {
					t.Errorf("%d mails were sent before, want at most one batch", before)
				}
			})
		})
	}
}

// TestNoNetworkIsKept: when a mail is sent, dead or cancelled, the network that caused it
// is forgotten.
func TestNoNetworkIsKept(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := newHarness(t, databaseURL)
		network := func(id string) (client string) {
			if err := h.db.Get(&client, `SELECT client FROM outbox WHERE id = $1`, id); err != nil {
				t.Fatal(err)
			}
			return client
		}
		add := func() string { return h.addDraft(mail.Draft{UserID: h.user.ID, Client: "192.0.2.0/24"}) }
		cancelled, dead := add(), add()
		if got := network(dead); got != "192.0.2.0/24" {
			t.Errorf("a pending mail has the network %q", got)
		}
		h.sender.failWith(mail.ErrRefused)
		h.flush()
		h.sender.failWith(nil)
		sent := add()
		h.flush()
		for state, id := range map[string]string{"cancelled": cancelled, "dead": dead, "sent": sent} {
			if got := network(id); got != "" || h.readRow(id).State != state {
				t.Errorf("the mail that is to be %s is %s and has the network %q", state, h.readRow(id).State, got)
			}
		}
	})
}
