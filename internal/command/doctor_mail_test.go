package command_test

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testsmtp"
)

// silentServer returns the address of a server that accepts connections and sends
// nothing.
func silentServer(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String() // the kernel accepts the connections
}

func TestDoctorWithoutAMailServer(t *testing.T) {
	t.Parallel()
	env := storage(t, testdb.SQLite(t))
	_, found := doctor(t, env)
	if detail, dir := found["mail"].detail, filepath.Join(env["ALTA_DATA_DIR"], "mail"); !strings.Contains(detail, "ALTA_SMTP_URL") ||
		!strings.HasSuffix(detail, dir) {
		t.Errorf("got %q, want that none is set and where mails are kept (%s)", detail, dir)
	}
}

const mailPassword = "hunter2canary"

// Configurations of mail servers.
func withPassword(c *testsmtp.Config) { c.Username, c.Password = "alta", mailPassword }
func withTLS(c *testsmtp.Config)      { c.TLS = true }
func implicitTLS(c *testsmtp.Config)  { c.ImplicitTLS = true }

// mailServers are mail servers, mistakes in their URL, and the result of doctor.
var mailServers = []struct {
	name      string
	configure []func(*testsmtp.Config)
	change    func(url string) string
	fails     bool
	says      string
}{
	{"open", nil, nil, false, "not encrypted, not authenticated"},
	{"password", []func(*testsmtp.Config){withPassword}, nil, false, "not encrypted, authenticated as alta"},
	{"wrong password", []func(*testsmtp.Config){withPassword},
		func(url string) string { return strings.Replace(url, mailPassword, mailPassword+"x", 1) }, true, "AUTH: 535"},
	{"unknown user", []func(*testsmtp.Config){withPassword},
		func(url string) string { return strings.Replace(url, "alta", "nobody", 1) }, true, "AUTH: 535"},
	{"password where none is taken", nil,
		func(url string) string { return strings.Replace(url, "://", "://alta:"+mailPassword+"@", 1) }, true, "offers none of"},
	{"no STARTTLS though required", []func(*testsmtp.Config){withPassword},
		func(url string) string { return url + "?starttls=required" }, true, "STARTTLS: it is required, and the server does not offer it"},
	{"certificate of a stranger", []func(*testsmtp.Config){withPassword, withTLS}, nil, true, "STARTTLS: tls: failed to verify certificate"},
	{"TLS with the certificate of a stranger", []func(*testsmtp.Config){withPassword, implicitTLS}, nil, true, "TLS: tls: failed to verify certificate"},
	{"TLS where there is none", []func(*testsmtp.Config){withPassword},
		func(url string) string { return strings.Replace(url, "smtp:", "smtps:", 1) }, true, "TLS: tls: first record does not look like a TLS handshake"},
}

// TestDoctorConnectsToTheMailServer does not trust the certificates of the tests'
// servers. A test of internal/e2e has a process that does.
func TestDoctorConnectsToTheMailServer(t *testing.T) {
	t.Parallel()
	for _, test := range mailServers {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			post := testsmtp.Start(t, test.configure...)
			url := post.URL()
			if test.change != nil {
				url = test.change(url)
			}
			env := storage(t, testdb.SQLite(t)).with("ALTA_SMTP_URL", url)
			checkMail(t, env, test.fails, test.says)
			if n := len(post.Mails()); n > 0 {
				t.Errorf("doctor has sent %d mails", n)
			}
			if r := run(t, env, "doctor"); strings.Contains(r.stdout+r.stderr, mailPassword) {
				t.Errorf("the password is shown:\n%s%s", r.stdout, r.stderr)
			}
		})
	}
}

// checkMail runs doctor and checks the result for the mail server.
func checkMail(t *testing.T, env environment, fails bool, says string) {
	t.Helper()
	failed := ""
	if fails {
		failed = "mail"
	}
	expectDoctor(t, env, failed, "", allChecks...)
	_, found := doctor(t, env)
	if detail := found["mail"].detail; !strings.Contains(detail, says) {
		t.Errorf("got %q, want it to say %q", detail, says)
	}
}

func TestDoctorReportsAMailServerThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	gone := testsmtp.Start(t)
	gone.Stop()
	down := strings.TrimPrefix(gone.URL(), "smtp://")
	for _, test := range []struct{ name, url, says string }{
		{"down", "smtp://alta:" + mailPassword + "@" + down, "smtp://" + down + ": connect: "},
		{"no such host", "smtp://alta:" + mailPassword + "@mail.invalid:2525", "smtp://mail.invalid:2525: connect: "},
		{"silent", "smtp://alta:" + mailPassword + "@" + silentServer(t), "the greeting: context deadline exceeded"},
		{"silent, TLS", "smtps://alta:" + mailPassword + "@" + silentServer(t), "TLS: context deadline exceeded"},
		{"not usable", "smtp://alta:" + mailPassword + "@127.0.0.1:0", "ALTA_SMTP_URL: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := storage(t, testdb.SQLite(t)).with("ALTA_SMTP_URL", test.url).with("ALTA_SMTP_TIMEOUT", "300ms")
			checkMail(t, env, true, test.says)
			if r := run(t, env, "doctor"); strings.Contains(r.stdout+r.stderr, mailPassword) {
				t.Errorf("the password is shown:\n%s%s", r.stdout, r.stderr)
			}
		})
	}
}
