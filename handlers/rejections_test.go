package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

const (
	describePath = "/api/v1/auth/verifyEmail/sign-up"
	rejectPath   = "/api/v1/auth/verifyEmail/reject"
)

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"

// signUpFrom signs somebody up at the app door from the address, with Firefox, and
// returns the header with the session.
func (h *harness) signUpFrom(email, address string) (bearer string) {
	h.t.Helper()
	r := request("POST", "/api/auth/register", registration(email), "User-Agent: "+firefox)
	r.RemoteAddr = address + ":4711"
	return "Authorization: Bearer " + h.send(r).status(201).get("token")
}

// TestTheMailSaysWhoseSignUpItIs: the mail, the API and the page say when and from where
// somebody signed up, at either door, and nothing of that is kept once the address is
// verified.
func TestTheMailSaysWhoseSignUpItIs(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email := "ada@example.com"
		h.signUpFrom(email, "203.0.113.7")
		h.clock.Advance(time.Hour)
		h.resend(email)
		token := h.secret("verification")
		mail := strings.Join(strings.Fields(h.mailServer.to(email)[0].Text), " ")
		for _, says := range []string{
			"Registro: 4 de marzo de 2026, 11:13 (America/Argentina/Buenos Aires)", "Desde: 203.0.113.7", "Con: Firefox en Linux", "No fui yo",
		} {
			if !strings.Contains(mail, says) {
				t.Errorf("the mail lacks %q:\n%s", says, mail)
			}
		}
		answer := h.do("POST", describePath, withToken(token)).status(200)
		for name, want := range map[string]string{
			"email": email, "created_at": "2026-03-04T14:13:20.000Z", "timezone": "America/Argentina/Buenos_Aires", "address": "203.0.113.7",
			"user_agent": firefox,
		} {
			if got := answer.get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if !strings.Contains(answer.Body.String(), `"verified":false`) {
			t.Errorf("the address is not verified: %s", answer.Body)
		}
		page := h.visit("GET", "/verify-email?token="+token, nil, "Accept-Language: en").status(200).Body.String()
		for _, says := range []string{"4 March 2026, 11:13", "203.0.113.7", "Firefox on Linux", "This was not me"} {
			if !strings.Contains(page, says) {
				t.Errorf("the page lacks %q", says)
			}
		}
		h.do("POST", "/api/v1/auth/verifyEmail", withToken(token)).status(200)
		after := h.do("POST", describePath, withToken(token)).status(200)
		if !strings.Contains(after.Body.String(), `"verified":true`) || after.get("address")+after.get("user_agent") != "" {
			t.Errorf("once it is verified: %s", after.Body)
		}
		h.registerUnverified("dev@example.com")
		if got := h.do("POST", describePath, withToken(h.secret("verification"))).status(200); got.get("address") == "" {
			t.Errorf("the API door: %s", got.Body)
		}
		h.clock.Advance(73 * time.Hour)
		h.do("POST", describePath, withToken(h.secret("verification"))).status(400)
	})
}

// TestRejectSignUp: the owner of an address who did not sign up ends whatever was made
// with it, and the address is free again.
func TestRejectSignUp(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		email := "victim@example.com"
		stranger := h.register(email)
		id := h.user(email).ID.String()
		h.resend(email)
		token := h.secret("verification")
		h.do("POST", rejectPath, withToken(spoil(token))).status(400)
		h.do("POST", rejectPath, withToken("nonsense")).status(400)
		h.do("POST", rejectPath, `{}`).status(400)
		h.visit("POST", "/verify-email", url.Values{"token": {token}, "do": {"reject"}}).status(200)

		h.do("GET", "/api/auth/profile", "", stranger).status(401)
		for _, path := range []string{rejectPath, describePath, "/api/v1/auth/verifyEmail"} {
			h.do("POST", path, withToken(token)).status(400)
		}
		h.expectMails("")
		if left := linesWith(testdb.Dump(t, databaseURL), email, h.keys.Pseudonym(email)); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
		var detail string
		if err := s.db.Get(&detail, "SELECT detail FROM audit_events WHERE kind = '"+repo.AuditDelete+"' AND user_id = $1", id); err != nil {
			t.Fatal(err)
		}
		if detail != "the owner of the address rejected the sign-up" {
			t.Errorf("the audit event says %q", detail)
		}
		h.do("POST", doors[0], credentials(email, password)).status(401)
		h.register(email)
	})
}

// TestVerifiedIsNotRejected: the token that has verified the address rejects nothing, and
// goes on to answer whoever follows the link again.
func TestVerifiedIsNotRejected(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("ada@example.com")
		h.resend("ada@example.com")
		token := h.secret("verification")
		h.do("POST", "/api/v1/auth/verifyEmail", withToken(token)).status(200)
		for range 6 { // more than a token may be tried
			h.do("POST", rejectPath, withToken(token)).status(400)
		}
		page := h.visit("POST", "/verify-email", url.Values{"token": {token}, "do": {"reject"}}, "Accept-Language: en").status(400)
		if !strings.Contains(page.Body.String(), `href="/forgot-password"`) {
			t.Errorf("the page does not say what to do instead:\n%s", page.Body)
		}
		h.do("POST", "/api/v1/auth/verifyEmail", withToken(token)).status(200)
		h.do("GET", "/api/auth/profile", "", bearer).status(200)
	})
}

// TestRejectingNeedsTheToken: neither other tokens of the user nor a suspended user's do.
func TestRejectingNeedsTheToken(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.register("ada@example.com")
	h.forget("ada@example.com")
	h.do("POST", rejectPath, withToken(h.secret("reset"))).status(400)
	h.resend("ada@example.com")
	token := h.secret("verification")
	h.setActive("ada@example.com", false)
	h.do("POST", rejectPath, withToken(token)).status(400)
	h.do("POST", describePath, withToken(token)).status(400)
	if n := h.users(); n != 1 {
		t.Errorf("there are %d users, want 1", n)
	}
}

// TestVerifyAndRejectAtOnce: of calls that verify the address and calls that reject the
// sign-up, with one token, only one kind succeeds, and a rejection only once.
func TestVerifyAndRejectAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		for range 3 {
			email := "ada@example.com"
			h.register(email)
			h.clock.Advance(time.Minute)
			h.resend(email)
			token := h.secret("verification")
			verified, rejected := map[int]int{}, map[int]int{}
			for i, answer := range h.atOnce(func(i int) *http.Request {
				return request("POST", []string{"/api/v1/auth/verifyEmail", rejectPath}[i%2], withToken(token))
			}) {
				[]map[int]int{verified, rejected}[i%2][answer.Code]++
			}
			user, err := h.repo.UserByEmail(t.Context(), email)
			switch gone := err != nil; {
			case gone && (rejected[200] != 1 || rejected[400] != clients/2-1 || verified[400] != clients/2):
				t.Errorf("the account is gone: verifying is %v, rejecting %v", verified, rejected)
			case !gone && (user.EmailVerifiedAt == nil || verified[200] == 0 || rejected[400] != clients/2):
				t.Errorf("the account stays: verifying is %v, rejecting %v", verified, rejected)
			case !gone:
				h.write(func(tx *repo.Tx) error { return tx.EraseUser(t.Context(), user.ID, nil) })
			}
		}
	})
}
