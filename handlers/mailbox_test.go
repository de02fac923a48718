package handlers_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/alta/handlers"
	"example.com/alta/internal/testdb"
)

// TestMailboxIsLocal: only a browser on the server's machine sees the mailbox, and
// only if nobody else can reach the server. A page of another site whose name
// resolves to this machine, and a proxy on it, are refused.
func TestMailboxIsLocal(t *testing.T) {
	const local = "http://localhost:8080"
	tests := []struct {
		name, public, host, peer, header string
		want                             int
	}{
		{"at the machine", local, "localhost:8080", "127.0.0.1:5", "", 200},
		{"by address", local, "127.0.0.1:8080", "127.0.0.1:5", "", 200},
		{"by another of its addresses", "http://127.0.0.1", "127.8.9.1", "127.0.0.2:5", "", 200},
		{"by IPv6", "http://[::1]:8080", "[::1]:8080", "[::1]:5", "", 200},
		{"by IPv4 in IPv6", local, "localhost", "[::ffff:127.0.0.1]:5", "", 200},
		{"a peer elsewhere", local, "localhost:8080", "192.0.2.1:5", "", 404},
		{"a peer in IPv6", local, "localhost:8080", "[2001:db8::1]:5", "", 404},
		{"no peer", local, "localhost:8080", "", "", 404},
		{"another name", local, "evil.test:8080", "127.0.0.1:5", "", 404},
		{"a name that begins alike", local, "localhost.evil.test", "127.0.0.1:5", "", 404},
		{"an address that begins alike", local, "127.0.0.1.evil.test", "127.0.0.1:5", "", 404},
		{"an address elsewhere", local, "192.0.2.1", "127.0.0.1:5", "", 404},
		{"any address", local, "0.0.0.0:8080", "127.0.0.1:5", "", 404},
		{"no name", local, "", "127.0.0.1:5", "", 404},
		{"a public server", "https://alta.example.com", "localhost:8080", "127.0.0.1:5", "", 404},
		{"Forwarded", local, "localhost:8080", "127.0.0.1:5", "Forwarded: for=192.0.2.1", 404},
		{"X-Forwarded-For", local, "localhost:8080", "127.0.0.1:5", "X-Forwarded-For: 127.0.0.1", 404},
		{"X-Forwarded-Host", local, "localhost:8080", "127.0.0.1:5", "X-Forwarded-Host: localhost", 404},
		{"X-Real-IP", local, "localhost:8080", "127.0.0.1:5", "X-Real-IP: 127.0.0.1", 404},
		{"Via", local, "localhost:8080", "127.0.0.1:5", "Via: 1.1 proxy", 404},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := start(t, testdb.SQLite(t), withMailbox(t, test.public))
			name := must(h.config.Mailbox.List())[0].Name
			for _, target := range []string{"/dev/mailbox", "/dev/mailbox/" + name, "/dev/mailbox/" + name + "/html", "/dev/mailbox/" + name + "/raw"} {
				r := request("GET", target, "")
				if test.header != "" {
					r = request("GET", target, "", test.header)
				}
				r.Host, r.RemoteAddr = test.host, test.peer
				answer := &response{httptest.NewRecorder(), t}
				h.ServeHTTP(answer, r)
				answer.status(test.want)
				if shown := strings.Contains(answer.Body.String(), "anary") || strings.Contains(answer.Body.String(), "cage"); shown != (test.want == 200) {
					t.Errorf("%s: the mail is shown: %v", target, shown)
				}
			}
		})
	}
}

// TestNoMailbox: with a mail server, the path does not exist.
func TestNoMailbox(t *testing.T) {
	h := start(t, testdb.SQLite(t), func(c *handlers.Config) { c.PublicURL = must(url.Parse("http://localhost:8080")) })
	get := func(target string) *response {
		r := request("GET", target, "")
		r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:5"
		return h.send(r).status(404)
	}
	got, want := get("/dev/mailbox").Body.String(), get("/dev/nothing").Body.String()
	if got != strings.ReplaceAll(want, "/dev/nothing", "/dev/mailbox") {
		t.Errorf("got %s, unlike %s", got, want)
	}
}

// TestFormsOfOtherSites: a form of another site gains nothing from the reader's
// cookies: the page acts as for an anonymous reader.
func TestFormsOfOtherSites(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	login := h.do("POST", "/api/auth/register", registration("ada@example.com")).status(201)
	cookie := "Cookie: alta=" + login.get("token")
	h.visit("POST", "/forgot-password", url.Values{"email": {"ada@example.com"}}, cookie, "Origin: https://evil.test", "Sec-Fetch-Site: cross-site")
	h.visit("POST", "/api/v1/auth/logout", url.Values{}, cookie, "Origin: https://evil.test", "Sec-Fetch-Site: cross-site").status(403)
	h.do("GET", "/api/auth/profile", "", cookie).status(200)
	for _, event := range must(h.repo.AuditEvents(t.Context(), 100)) {
		if event.Kind == "mail_requested" && event.Actor != "anonymous" {
			t.Errorf("the mail was asked for by %s", event.Actor)
		}
	}
}
