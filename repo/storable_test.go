package repo_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestTextOfAnyOriginIsStored: both engines store the same valid UTF-8, whatever
// bytes arrive, in columns of every type and in values that are only compared.
func TestTextOfAnyOriginIsStored(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"Latin-1", "Espa\xf1a", "Espa\uFFFDa"},
		{"a series of invalid bytes", "a\xff\xfe\xfdb", "a\uFFFDb"},
		{"a cut character", "a\xe2\x82", "a\uFFFD"},
		{"surrogates in UTF-8", "\xed\xa0\x80", "\uFFFD"},
		{"NUL", "a\x00b", "a\uFFFDb"},
		{"NUL beside invalid bytes", "\x00\xff", "\uFFFD\uFFFD"},
		{"valid", "España \U0001F600 \u0085\t\n", "España \U0001F600 \u0085\t\n"},
		{"the replacement itself", "\uFFFD", "\uFFFD"},
		{"long", strings.Repeat("\xf1\x00", 5000), strings.Repeat("\uFFFD", 10000)},
	}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				check := func(column, got string) {
					t.Helper()
					if got != test.want || !utf8.ValidString(got) {
						t.Errorf("%s = %q, want %q", column, got, test.want)
					}
				}
				session := repo.Session{ID: uuid.New(), UserID: user.ID, Door: repo.DoorAPI, UserAgent: test.in, Address: test.in}
				mail := repo.Mail{ID: uuid.New(), UserID: user.ID, Kind: test.in, TokenID: &test.in, Payload: test.in}
				write(t, r, func(tx *repo.Tx) error {
					if err := tx.CreateSession(t.Context(), session, time.Hour); err != nil {
						return err
					}
					if _, err := tx.AddMail(t.Context(), mail, 0); err != nil {
						return err
					}
					if _, err := tx.UpdateUser(t.Context(), user.ID, repo.UserUpdate{FirstName: &test.in}); err != nil {
						return err
					}
					if err := tx.LinkProvider(t.Context(), user.ID, googleIdentity("1"), &test.in); err != nil {
						return err
					}
					return tx.Audit(t.Context(), repo.AuditEvent{
						Kind: test.in, Actor: test.in, Subject: test.in, Address: test.in, RequestID: test.in, Detail: test.in,
					})
				})
				sessions, err := r.Sessions(t.Context(), user.ID, start)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range sessions {
					if s.ID == session.ID {
						check("user_agent", s.UserAgent)
						check("sessions.address", s.Address)
					}
				}
				stored, err := r.Mail(t.Context(), mail.ID)
				if err != nil {
					t.Fatal(err)
				}
				check("outbox.kind", stored.Kind)
				check("token_id", *stored.TokenID)
				check("payload", stored.Payload)
				events, err := r.AuditEvents(t.Context(), 1)
				if err != nil {
					t.Fatal(err)
				}
				check("audit_events.kind", events[0].Kind)
				check("detail", events[0].Detail)
				after, err := r.UserByID(t.Context(), user.ID)
				if err != nil {
					t.Fatal(err)
				}
				check("first_name", after.FirstName)
				check("avatar_url", *after.AvatarURL)
				write(t, r, func(tx *repo.Tx) error {
					return tx.FinishMail(t.Context(), mail.ID, repo.MailDead, test.in)
				})
			})
		}
		for _, email := range []string{"ada@example.com\x00", "ada@\xffexample.com", "\x00", "ada\x00@example.com"} {
			if _, err := r.UserByEmail(t.Context(), email); err != repo.ErrNotFound {
				t.Errorf("UserByEmail(%q): %v, want ErrNotFound", email, err)
			}
		}
		if _, err := r.UserByProvider(t.Context(), googleIdentity("1\x00")); err != repo.ErrNotFound {
			t.Errorf("another's subject with NUL: %v, want ErrNotFound", err)
		}
	})
}
