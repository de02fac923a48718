package command_test

import (
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testsmtp"
)

const (
	takesServer = "it takes smtp://USER:PASSWORD@HOST:PORT or smtps://"
	takesSender = "it takes an address such as Alta <no-reply@example.com>"
	takesPages  = "it takes http:// or https://, a host and at most a path"
)

// badMailSettings are further badSettings, about mails and links.
var badMailSettings = []struct{ name, setting, value, takes string }{
	{"server of another scheme", "ALTA_SMTP_URL", "http://mail.example.com", takesServer},
	{"server without scheme", "ALTA_SMTP_URL", "mail.example.com:587", takesServer},
	{"server without slashes", "ALTA_SMTP_URL", "smtp:mail.example.com", takesServer},
	{"server without host", "ALTA_SMTP_URL", "smtp://:587", takesServer},
	{"server with a blank host", "ALTA_SMTP_URL", "smtp://mail example.com", takesServer},
	{"server with a named port", "ALTA_SMTP_URL", "smtp://mail.example.com:smtp", takesServer},
	{"server with port 0", "ALTA_SMTP_URL", "smtp://mail.example.com:0", "from 1 to 65535"},
	{"server with a port too high", "ALTA_SMTP_URL", "smtps://mail.example.com:65536", "from 1 to 65535"},
	{"server with a path", "ALTA_SMTP_URL", "smtp://mail.example.com/inbox", "something after the host"},
	{"server with a fragment", "ALTA_SMTP_URL", "smtp://mail.example.com#x", "something after the host"},
	{"server with a user alone", "ALTA_SMTP_URL", "smtp://alta@mail.example.com", "a user takes a password"},
	{"server with a line break in the user", "ALTA_SMTP_URL", "smtp://a%0D%0Ab:c@mail.example.com", "control characters"},
	{"server with an unknown parameter", "ALTA_SMTP_URL", "smtp://mail.example.com?tls=required", "the only parameter"},
	{"server with another value", "ALTA_SMTP_URL", "smtp://mail.example.com?starttls=no", "the only parameter"},
	{"server with one parameter too many", "ALTA_SMTP_URL", "smtp://mail.example.com?starttls=required&x=1", "the only parameter"},
	{"STARTTLS where TLS is there already", "ALTA_SMTP_URL", "smtps://mail.example.com?starttls=required", "the only parameter"},
	{"cap without a day", "ALTA_MAILBOX_CAP", "5/h", "it takes N/h,M/d"},
	{"cap of a day below that of an hour", "ALTA_MAILBOX_CAP", "5/h,4/d", "with M from N"},
	{"cap of nothing", "ALTA_MAILBOX_CAP", "0/h,4/d", "it takes N/h,M/d"},
	{"cap without units", "ALTA_MAILBOX_CAP", "5,10", "it takes N/h,M/d"},
	{"time for a mail without unit", "ALTA_SMTP_TIMEOUT", "5", "it takes a duration"},
	{"time for a mail too short", "ALTA_SMTP_TIMEOUT", "99ms", "from 100ms to 30s"},
	{"time for a mail too long", "ALTA_SMTP_TIMEOUT", "31s", "from 100ms to 30s"},
	{"time for a mail negative", "ALTA_SMTP_TIMEOUT", "-5s", "from 100ms to 30s"},
	{"sender without address", "ALTA_MAIL_FROM", "Alta", takesSender},
	{"sender without domain", "ALTA_MAIL_FROM", "Alta <no-reply>", takesSender},
	{"sender with a bad domain", "ALTA_MAIL_FROM", "Alta <no-reply@exa_mple..com>", takesSender},
	{"two senders", "ALTA_MAIL_FROM", "a@example.com, b@example.com", takesSender},
	{"sender with a line break", "ALTA_MAIL_FROM", "Alta <a@example.com>\r\nBcc: b@example.com", takesSender},
	{"name with a line break", "ALTA_NAME", "Mi\nCaja", "one line"},
	{"name with a control character", "ALTA_NAME", "Mi\tCaja", "control characters"},
	{"name with a space at the end", "ALTA_NAME", "Mi Caja ", "takes a name such as Alta"},
	{"name too long", "ALTA_NAME", strings.Repeat("ñ", 51), "at most 50 characters"},
	{"frontend of another scheme", "ALTA_FRONTEND_URL", "ftp://app.example.com", takesPages},
	{"frontend without scheme", "ALTA_FRONTEND_URL", "app.example.com", takesPages},
	{"frontend without host", "ALTA_FRONTEND_URL", "https:///account", takesPages},
	{"frontend with a query", "ALTA_FRONTEND_URL", "https://app.example.com/?a=b", takesPages},
	{"frontend with a fragment", "ALTA_FRONTEND_URL", "https://app.example.com/#/account", takesPages},
	{"frontend that is a script", "ALTA_FRONTEND_URL", "javascript:alert(1)", takesPages},
	{"retention of mails without a time", "ALTA_RETENTION", "mail=", "it takes a duration"},
	{"retention of mails too short", "ALTA_RETENTION", "audit=90d,mail=59m", "it takes a duration"},
	{"retention of mails too long", "ALTA_RETENTION", "mail=36501d", "it takes a duration"},
}

// TestErrorsHideTheMailPassword: errors about the URL of the mail server appear in
// logs, so they must not show the password.
func TestErrorsHideTheMailPassword(t *testing.T) {
	t.Parallel()
	const canary = "hunter2canary"
	for _, test := range []struct{ name, value string }{
		{"scheme", "imap://alta:" + canary + "@mail.example.com"},
		{"no scheme", "alta:" + canary + "@mail.example.com:587"},
		{"host", "smtp://alta:" + canary + "@"},
		{"host malformed", "smtp://alta:" + canary + "@mail example.com"},
		{"port", "smtp://alta:" + canary + "@mail.example.com:99999"},
		{"port malformed", "smtp://alta:" + canary + "@mail.example.com:port"},
		{"path", "smtp://alta:" + canary + "@mail.example.com/x"},
		{"parameter", "smtp://alta:" + canary + "@mail.example.com?starttls=" + canary},
		{"password without user", "smtp://:" + canary + "@mail.example.com"},
		{"password not encoded", "smtp://alta:" + canary + "%@mail.example.com"},
		{"password with a slash", "smtp://alta:" + canary + "/x@mail.example.com"},
		{"control characters", "smtp://alta:" + canary + "%00@mail.example.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := storage(t, testdb.SQLite(t)).with("ALTA_SMTP_URL", test.value)
			for _, refusal := range []result{serveRefused(t, env).fails("ALTA_SMTP_URL: "), run(t, env, "doctor").fails()} {
				if strings.Contains(refusal.stdout+refusal.stderr, canary) {
					t.Errorf("the password is shown:\n%s%s", refusal.stdout, refusal.stderr)
				}
			}
		})
	}
}

// TestServeWhenReachable: with the settings that it then requires, a server listens
// on an address that others can reach.
func TestServeWhenReachable(t *testing.T) {
	t.Parallel()
	env := storage(t, testdb.SQLite(t)).
		with("ALTA_PUBLIC_URL", "https://alta.example.com").
		with("ALTA_SMTP_URL", testsmtp.Start(t).URL())
	s := serve(t, env, "--listen", "0.0.0.0:0")
	s.url = strings.Replace(s.url, "0.0.0.0", "127.0.0.1", 1)
	s.url = strings.Replace(s.url, "[::]", "127.0.0.1", 1)
	if status, body := s.call(t, "GET", "/readyz", "", ""); status != 200 {
		t.Errorf("got %d %s, want 200", status, body)
	}
	if status, body := s.call(t, "GET", "/dev/mailbox", "", ""); status != 404 {
		t.Errorf("the development mailbox is served: %d %.200s", status, body)
	}
}
