package mail

import (
	"bytes"
	"errors"
	netmail "net/mail"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/mail/eml"
	"example.com/alta/internal/testkit"
)

var testDate = time.Date(2026, 3, 4, 14, 13, 20, 123456000, time.UTC)

func testFrom() *netmail.Address {
	return &netmail.Address{Name: "Alta", Address: "no-reply@alta.example.com"}
}

func testMessage(to string) Message {
	return Message{
		ID: "0b5f3c1e-8a52-4f0e-9a56-6a2d7c1f9b10", To: to, Date: testDate,
		Content: Content{Subject: "Verify your email", Text: "Hello\n\n.\n..dots\nend\n", HTML: "<p>Hello</p>\n"},
	}
}

func render(t *testing.T, m Message, from *netmail.Address) []byte {
	t.Helper()
	message, err := build(m, from)
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if _, err := message.WriteTo(&raw); err != nil {
		t.Fatal(err)
	}
	return raw.Bytes()
}

func TestBuildWritesTheHeaders(t *testing.T) {
	raw := render(t, testMessage("ana@example.com"), testFrom())
	m, err := eml.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"From":           `"Alta" <no-reply@alta.example.com>`,
		"To":             "<ana@example.com>",
		"Subject":        "Verify your email",
		"Date":           "Wed, 04 Mar 2026 14:13:20 +0000",
		"Message-Id":     "<0b5f3c1e-8a52-4f0e-9a56-6a2d7c1f9b10@alta.example.com>",
		"Auto-Submitted": "auto-generated",
		"Mime-Version":   "1.0",
		"User-Agent":     "",
		"X-Mailer":       "",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if !strings.HasPrefix(m.Header.Get("Content-Type"), "multipart/alternative;") {
		t.Errorf("Content-Type is %q", m.Header.Get("Content-Type"))
	}
	for part, want := range map[string]int{
		"Content-Type: text/plain; charset=UTF-8\r\n":         1,
		"Content-Type: text/html; charset=UTF-8\r\n":          1,
		"Content-Transfer-Encoding: quoted-printable\r\n":     2,
		"Content-Type: text/plain; charset=UTF-8\r\n\r\nHell": 1,
	} {
		if got := strings.Count(string(raw), part); got != want {
			t.Errorf("the mail has %q %d times, want %d:\n%s", part, got, want, raw)
		}
	}
}

func TestBuildKeepsTheContent(t *testing.T) {
	type parsed struct {
		To string
		Content
	}
	long := strings.Repeat("Ñandú y cigüeña ", 40)
	for _, subject := range []string{
		"Verify your email", "Verifica tu contraseña", "日本語の件名 🎉", `quotes " and <angles> & =?signs`,
		strings.TrimSpace(long), strings.Repeat("x", 300),
	} {
		for _, to := range unusualAddresses {
			m := testMessage(to)
			m.Subject, m.Text, m.HTML = subject, "trailing space \n"+long+"\n=3D =\n", "<p>"+long+"</p>\n"
			got, err := eml.Parse(render(t, m, testFrom()))
			if err != nil {
				t.Fatalf("%s, %s: %v", to, subject, err)
			}
			want := parsed{To: to, Content: m.Content}
			read := parsed{To: got.To, Content: Content{Subject: got.Subject, Text: got.Text, HTML: got.HTML}}
			if diff := cmp.Diff(want, read); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", to, subject, diff)
			}
		}
	}
}

// unusualAddresses are in the form in which they are read back: quoted only if
// necessary.
var unusualAddresses = []string{
	"ana@example.com",
	"ana+tag@example.com",
	"o'hara!#$%&*/=?^_`{|}~-@example.com",
	`"a b"@example.com`,
	`"a  b  c"@example.com`,
	`"a\"b\\c"@example.com`,
	`"a@b"@example.com`,
	`"<x>, y;"@example.com`,
	`".dots.."@example.com`,
	"josé@ñandú.example",
	"用户@例子.example",
	"ana@ñandú.example",
	"ana@[192.0.2.1]",
	strings.Repeat("l", 64) + "@" + strings.Repeat("d", 60) + "." + strings.Repeat("e", 60) + ".example",
}

func TestBuildRefuses(t *testing.T) {
	for name, change := range map[string]func(*Message){
		"no recipient":       func(m *Message) { m.To = "" },
		"no domain":          func(m *Message) { m.To = "ana" },
		"no local part":      func(m *Message) { m.To = "@example.com" },
		"two":                func(m *Message) { m.To = "ana@example.com, eve@example.com" },
		"two in brackets":    func(m *Message) { m.To = "ana@example.com>, <eve@example.com" },
		"a name":             func(m *Message) { m.To = "Ana <ana@example.com>" },
		"a line break":       func(m *Message) { m.To = "ana@example.com\r\nBcc: eve@example.com" },
		"a quoted break":     func(m *Message) { m.To = "\"a\r\n b\"@example.com" },
		"a quoted tab":       func(m *Message) { m.To = "\"a\tb\"@example.com" },
		"a NUL":              func(m *Message) { m.To = "a\x00na@example.com" },
		"broken UTF-8":       func(m *Message) { m.To = "a\xffna@example.com" },
		"no ID":              func(m *Message) { m.ID = "" },
		"an ID with a path":  func(m *Message) { m.ID = "../x" },
		"an ID with a break": func(m *Message) { m.ID = "x\r\nBcc: eve@example.com" },
		"an ID with a >":     func(m *Message) { m.ID = "x>" },
	} {
		m := testMessage("ana@example.com")
		change(&m)
		_, err := build(m, testFrom())
		if !errors.Is(err, ErrRefused) {
			t.Errorf("%s: got %v, want ErrRefused", name, err)
		} else if m.To != "" && m.To != "ana" && strings.Contains(err.Error(), m.To) {
			t.Errorf("%s: the error shows the recipient: %v", name, err)
		}
	}
}

func TestBuildKeepsASubjectOnItsLine(t *testing.T) {
	m := testMessage("ana@example.com")
	m.Subject = "Hello\r\nBcc: eve@example.com\r\n\r\n<b>"
	got, err := eml.Parse(render(t, m, testFrom()))
	if err != nil {
		t.Fatal(err)
	}
	if got.Header.Get("Bcc") != "" || strings.ContainsAny(got.Subject, "\r\n") {
		t.Errorf("the subject made headers: %q, %v", got.Subject, got.Header)
	}
}

func TestBuildWritesAnASCIIDomainIntoTheMessageID(t *testing.T) {
	from := &netmail.Address{Name: "Ñandú", Address: "aviso@ñandú.example"}
	got, err := eml.Parse(render(t, testMessage("ana@example.com"), from))
	if err != nil {
		t.Fatal(err)
	}
	if want := "0b5f3c1e-8a52-4f0e-9a56-6a2d7c1f9b10@xn--and-6ma2c.example"; got.MessageID != want {
		t.Errorf("the Message-ID is %s, want %s", got.MessageID, want)
	}
	if want := "Ñandú <aviso@ñandú.example>"; got.From != want {
		t.Errorf("From is %s, want %s", got.From, want)
	}
}

// hasHostName reports whether the name of this machine is in raw, as a word.
func hasHostName(t *testing.T, raw []byte) bool {
	t.Helper()
	host, err := os.Hostname()
	if err != nil || host == "" || host == "localhost" {
		testkit.Missing(t, "this machine has no name to look for")
	}
	return regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(host) + `\b`).Match(raw)
}

func TestBuildDoesNotNameTheMachine(t *testing.T) {
	if raw := render(t, testMessage("ana@example.com"), testFrom()); hasHostName(t, raw) {
		t.Errorf("the mail names the machine:\n%s", raw)
	}
}
