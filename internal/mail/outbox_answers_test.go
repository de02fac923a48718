package mail_test

import (
	"strings"
	"testing"
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
