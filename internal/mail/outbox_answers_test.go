package mail_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/testdb"
)

// TestOutboxRecordsAnswersInAnyEncoding: a mail server answers in whatever
// encoding it likes, and the outcome is recorded all the same: the mail is tried
// again in time, or it is dead and not sent again.
func TestOutboxRecordsAnswersInAnyEncoding(t *testing.T) {
	for name, test := range map[string]struct {
		verb, reply, state, lastError string
	}{
		"451 in Latin-1":      {"RCPT", "451 4.3.0 Espa\xf1a: vuelva m\xe1s tarde", "pending", "Espa\uFFFDa: vuelva m\uFFFDs tarde"},
		"550 in Latin-1":      {"RCPT", "550 5.1.1 \xbfQui\xe9n?", "dead", "\uFFFDQui\uFFFDn?"},
		"550 in Shift JIS":    {".", "550 \x83\x81\x81[\x83\x8b", "dead", "550"},
		"451 with a NUL":      {"DATA", "451 a\x00b", "pending", "451 a"},
		"421 in the greeting": {"", "421 ocupado, ma\xf1ana", "pending", "ma\uFFFDana"},
	} {
		t.Run(name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h := newHarness(t, databaseURL)
				server := mail.StartScript(t, map[string]string{test.verb: test.reply})
				h.sender.respond(server.Send)
				id := h.add(h.user)
				h.flush()
				h.flush() // it is not due, or dead
				h.expectAttempts(1)
				h.expectMail(id, test.state, 1)
				row := h.readRow(id)
				if row.Leased || !utf8.ValidString(row.LastError) || !strings.Contains(row.LastError, test.lastError) {
					t.Errorf("the row is %+v, want the error to contain %q", row, test.lastError)
				}
			})
		})
	}
}

// TestOutboxKeepsMailsThatTheOperatorCanSave: if the server refuses the sender, or does
// not offer what the address takes, the mail waits, the log has an error, and the
// count a result of its own. It is sent as soon as the server takes it.
func TestOutboxKeepsMailsThatTheOperatorCanSave(t *testing.T) {
	for name, test := range map[string]struct {
		email   string
		replies map[string]string
	}{
		"550 to the sender":       {"ada@example.com", map[string]string{"MAIL": "550 5.7.1 sender not allowed"}},
		"553 to the sender":       {"ada@example.com", map[string]string{"MAIL": "553 5.7.1 not your address"}},
		"no credentials":          {"ada@example.com", map[string]string{"MAIL": "530 5.7.0 authenticate first"}},
		"554 to everybody":        {"ada@example.com", map[string]string{"": "554 no service for you"}},
		"no SMTPUTF8, local part": {"jos\u00e9@example.com", nil},
	} {
		t.Run(name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h := newHarness(t, databaseURL)
				var results []string
				h.Tried = func(_ mail.Kind, result string, _ time.Duration) { results = append(results, result) }
				user := h.user
				if test.email != user.Email {
					user = h.newUser(test.email)
				}
				h.sender.respond(mail.StartScript(t, test.replies).Send)
				id := h.add(user)
				h.flush()
				h.expectMail(id, "pending", 1)
				if !strings.Contains(h.log.String(), `"level":"ERROR"`) || !slices.Equal(results, []string{mail.ResultMisconfigured}) {
					t.Errorf("the results are %v, the log is %s", results, h.log)
				}
				h.sender.respond(mail.StartScript(t, map[string]string{"EHLO": "250-hello\r\n250 SMTPUTF8"}).Send)
				h.clock.Advance(time.Minute)
				h.flush()
				h.expectMail(id, "sent", 2)
			})
		})
	}
}
