package handlers_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// spelling is a spelling of an address, and how it is shown.
type spelling struct{ typed, shown string }

var mailboxes = []struct {
	name, canonical string
	spellings       []spelling
}{
	{"A-label", "ana@xn--bcher-kva.example", []spelling{
		{"ana@bücher.example", "ana@bücher.example"}, {"ana@XN--BCHER-KVA.example", "ana@xn--bcher-kva.example"},
		{"Ana@BÜCHER.Example", "ana@bücher.example"}, {"ana@bu\u0308cher.example", "ana@bücher.example"},
	}},
	{"sharp s", "ana@xn--strae-oqa.example", []spelling{
		{"ana@straße.example", "ana@straße.example"}, {"ana@xn--strae-oqa.example", "ana@xn--strae-oqa.example"},
	}},
	{"middle dot", "ana@xn--parallel-koa.cat", []spelling{
		{"ana@xn--parallel-koa.cat", "ana@xn--parallel-koa.cat"}, {"ana@PARAL·LEL.cat", "ana@paral·lel.cat"},
	}},
	{"fullwidth", "ana@example.com", []spelling{{"ana@ＥＸＡＭＰＬＥ.com", "ana@example.com"}, {"ANA@example.com", "ana@example.com"}}},
	{"local part", "jos\u00e9@example.com", []spelling{{"JOSE\u0301@example.com", "jos\u00e9@example.com"}, {"jos\u00e9@example.com", "jos\u00e9@example.com"}}},
	{"quotes", "ana.b@example.com", []spelling{{`"ana.b"@example.com`, `"ana.b"@example.com`}, {"ana.b@example.com", "ana.b@example.com"}}},
}

// TestOneMailboxOnePerson: whoever signs up by one spelling of an address is the
// person of all others, at both doors, in mails, locks and for the issuer, and sees
// the one that was typed last.
func TestOneMailboxOnePerson(t *testing.T) {
	for _, mailbox := range mailboxes {
		t.Run(mailbox.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h := startWithGoogle(t, databaseURL)
				for i, signedUp := range mailbox.spellings {
					p := onePerson{withGoogle: h, canonical: mailbox.canonical, password: password}
					p.signUp(signedUp)
					for _, other := range slices.Concat(mailbox.spellings[:i], mailbox.spellings[i+1:]) {
						p.expectTaken(other)
						p.lockOut(signedUp, other)
						p.reset(other)
						p.logIn(other)
					}
					p.signInAndDelete(mailbox.spellings[(i+1)%len(mailbox.spellings)])
				}
			})
		})
	}
}

// onePerson is somebody with a mailbox.
type onePerson struct {
	*withGoogle
	canonical, password string
	resets              int
	bearer              string // of the last log-in
}

// body returns a JSON object of names and values by turns.
func body(pairs ...string) string {
	object := map[string]string{}
	for pair := range slices.Chunk(pairs, 2) {
		object[pair[0]] = pair[1]
	}
	return string(must(json.Marshal(object)))
}

func (p *onePerson) register(s spelling) *response {
	return p.do("POST", "/api/v1/auth/register", body("email", s.typed, "password", password, "invite_token", p.inviteToken(1)))
}

func (p *onePerson) signUp(s spelling) {
	p.t.Helper()
	p.register(s).status(200)
	p.do("POST", "/api/v1/auth/verifyEmail", withToken(p.secret("verification"))).status(200)
	p.mails()
	user := p.user(p.canonical)
	if user.DisplayEmail != s.shown || len(p.mailServer.to(p.canonical)) == 0 {
		p.t.Errorf("%s is shown as %s, and %d mails went to %s", s.typed, user.DisplayEmail, len(p.mailServer.to(p.canonical)), p.canonical)
	}
}

func (p *onePerson) expectTaken(s spelling) {
	p.t.Helper()
	p.do("POST", "/api/auth/register", body("email", s.typed, "password", password, "firstName", "John", "lastName", "Doe")).status(409)
	if got := p.register(s).status(400).get("code"); got != "email_taken" {
		p.t.Errorf("a registration of %s: %s", s.typed, got)
	}
}

// lockOut guesses by both spellings: five in all.
func (p *onePerson) lockOut(one, other spelling) {
	p.t.Helper()
	for i := range 5 {
		p.do("POST", doors[i%2], credentials([]spelling{one, other}[i%2].typed, "guess")).status(401)
	}
	for i, s := range []spelling{one, other} {
		p.do("POST", doors[i], credentials(s.typed, p.password)).status(429)
	}
}

func (p *onePerson) reset(s spelling) {
	p.t.Helper()
	p.do("POST", "/api/v1/auth/forgetpassword", body("email", s.typed)).status(200)
	p.resets++
	p.password = fmt.Sprint("password number ", p.resets)
	p.do("PUT", "/api/v1/auth/newpassword", newPassword(p.secret("reset"), p.password)).status(200)
	p.mails()
}

func (p *onePerson) logIn(s spelling) {
	p.t.Helper()
	for _, door := range doors {
		answer := p.do("POST", door, credentials(s.typed, p.password)).status(200)
		if door == doors[0] { // the other ends older sessions
			p.bearer = "Authorization: Bearer " + answer.get("token")
		}
		// The browser that has logged in is known by all spellings.
		p.do("POST", door, credentials(p.canonical, p.password), "Cookie: alta-device="+answer.cookie("alta-device")).status(200)
		p.do("POST", door, credentials(s.typed, p.password)).status(200)
	}
	for _, shown := range []struct{ path, member string }{
		{"/api/users/me", "email"}, {"/api/auth/profile", "user.email"}, {"/api/users/me/export", "profile.email"},
	} {
		if got := p.do("GET", shown.path, "", p.bearer).status(200).get(shown.member); got != s.shown {
			p.t.Errorf("%s shows %s after a log-in as %s, want %s", shown.path, got, s.typed, s.shown)
		}
	}
}

// signInAndDelete signs in by the issuer, who links the one person, and deletes the
// account.
func (p *onePerson) signInAndDelete(s spelling) {
	p.t.Helper()
	shown := p.user(p.canonical).DisplayEmail
	bearer := p.signIn(googleUser("7", s.typed)).signedIn()
	if got := p.user(p.canonical).DisplayEmail; p.users() != 1 || got != shown {
		p.t.Errorf("there are %d users after a sign-in as %s, and it is shown as %s", p.users(), s.typed, got)
	}
	p.do("POST", deletion, withPassword(p.password), bearer).status(200)
	left := linesWith(testdb.Dump(p.t, p.databaseURL), p.canonical, s.shown, p.keys.Pseudonym(p.canonical), p.keys.Pseudonym(s.shown))
	if len(left) > 0 {
		p.t.Errorf("left of %s: %q", s.typed, left)
	}
	if n := p.auditCount(repo.AuditDelete); n == 0 {
		p.t.Error("no deletion is recorded")
	}
}

// TestMailboxesThatAreTwo: what the standards call two mailboxes is two people.
func TestMailboxesThatAreTwo(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	for i, email := range []string{
		"ana@strasse.example", "ana@straße.example", "ana@βόλος.example", "ana@βόλοσ.example", "ana@नामक्ष.example", "ana@नामक्\u200dष.example",
		"ana+b@example.com", "ana@example.com", "ａna@example.com",
	} {
		h.register(email)
		if n := h.users(); n != i+1 {
			t.Errorf("there are %d users after %s, want %d", n, email, i+1)
		}
	}
}
