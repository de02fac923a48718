package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

// told sends all due mails, and returns the subjects of those to the address that the
// test has not seen yet, one in a line.
func (h *harness) told(email string) string {
	h.t.Helper()
	var lines []string
	for line := range strings.Lines(h.mails()) {
		if subject, ok := strings.CutPrefix(line, "Mail to "+email+": "); ok {
			lines = append(lines, subject)
		}
	}
	return strings.Join(lines, "")
}

// expectTold fails the test unless exactly these subjects have been sent to the address.
func (h *harness) expectTold(email string, subjects ...string) {
	h.t.Helper()
	want := ""
	for _, subject := range subjects {
		want += subject + "\n"
	}
	if got := h.told(email); got != want {
		h.t.Errorf("%s was told %q, want %q", email, got, want)
	}
}

// guessUntilLocked enters wrong passwords until the log-in is locked.
func (h *harness) guessUntilLocked(email string) {
	h.t.Helper()
	for range 5 {
		h.do("POST", doors[0], credentials(email, "a wrong password")).status(401)
	}
	h.do("POST", doors[0], credentials(email, "a wrong password")).status(429)
}

// TestPeopleAreTold: of each thing that is done to an account, by whatever door, there is
// one mail in the user's language, and of what is refused there is none.
func TestPeopleAreTold(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		admin := h.register("admin@example.com")
		h.promote("admin@example.com")
		email := "ada@example.com"
		ada := h.customer(email)
		h.mails()
		keys, user := "/api/v1/account/api-keys", "/api/v1/admin/users/"+ada.id.String()

		h.do("POST", keys, `{"name":""}`, ada.session).status(400)
		h.do("DELETE", keys+"/"+ada.id.String(), "", ada.session).status(404)
		h.do("POST", user+"/suspend", "", ada.session).status(403)
		h.expectTold(email)

		id, _ := h.newKey(ada.session, `{"name":"ci"}`)
		h.expectTold(email, "A new API key was made")
		h.do("POST", keys+"/"+id+"/rotate", `{"overlap_hours":1}`, ada.session).status(201)
		h.expectTold(email, "An API key was rotated")
		h.do("DELETE", keys+"/"+id, "", ada.session).status(204)
		h.expectTold(email, "An API key was revoked")
		h.do("DELETE", keys+"/"+id, "", ada.session).status(404)
		h.do("DELETE", keys, "", ada.session).status(204)
		h.expectTold(email, "All your API keys were revoked")
		h.do("DELETE", keys, "", ada.session).status(204)
		h.expectTold(email) // there were none
		h.do("GET", "/api/accounts", "", ada.key).status(401)

		h.guessUntilLocked(email)
		h.expectTold(email, "Too many wrong passwords")
		h.clock.Advance(time.Minute)
		h.do("POST", doors[1], credentials(email, password)).status(200)
		h.expectTold(email, "New login to your account")
		h.newKey(ada.session, `{"name":"ci"}`)
		h.mails()
		h.reset(email).status(200)
		h.expectTold(email, "Your password was changed")
		if text := h.mailServer.to(email); !strings.Contains(text[len(text)-1].Text, "1 API key still works") {
			t.Errorf("the mail is:\n%s", text[len(text)-1].Text)
		}

		h.do("POST", user+"/suspend", "", admin).status(200)
		h.do("POST", user+"/suspend", "", admin).status(200) // changes nothing
		h.expectTold(email, "Your account was suspended")
		h.do("POST", user+"/resume", "", admin).status(200)
		h.expectTold(email, "Your account is active again")
		h.do("DELETE", "/api/admin/users/"+ada.id.String(), "", admin).status(200)
		h.expectTold(email, "Your account was deleted")
	})
}

// TestDevices: a log-in from a browser that has logged in before is no news, nor is the
// first one of all.
func TestDevices(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email, news := "ada@example.com", "New login to your account"
		h.registerDeveloper(email) // and logs in for the first time
		if got := h.told(email); strings.Contains(got, news) {
			t.Errorf("the first log-in is news: %q", got)
		}
		there := request("POST", doors[1], credentials(email, password), "User-Agent: "+firefox)
		there.RemoteAddr = "203.0.113.7:4711"
		answer := h.send(there).status(200)
		h.expectTold(email, news)
		mails := h.mailServer.to(email)
		text := strings.Join(strings.Fields(mails[len(mails)-1].Text), " ")
		for _, says := range []string{"From: 203.0.113.7", "With: Firefox on Linux", "When: 4 March 2026, 11:13"} {
			if !strings.Contains(text, says) {
				t.Errorf("the mail lacks %q:\n%s", says, text)
			}
		}
		known := "Cookie: alta-device=" + answer.cookie("alta-device")
		for _, door := range doors {
			h.do("POST", door, credentials(email, password), known).status(200)
		}
		h.expectTold(email)
		h.do("POST", doors[0], credentials(email, "wrong")).status(401)
		h.expectTold(email)

		reset := h.reset(email).status(200)
		h.mails()
		h.do("POST", doors[0], credentials(email, anotherPassword), "Cookie: alta-device="+reset.cookie("alta-device")).status(200)
		h.expectTold(email)
		h.do("POST", doors[0], credentials(email, anotherPassword), known).status(200) // the reset has ended this mark
		h.expectTold(email, news)
		h.do("POST", doors[0], credentials(email, anotherPassword)).status(200) // as a program does that keeps no cookies
		h.expectTold(email)
		h.clock.Advance(time.Hour)
		h.do("POST", doors[0], credentials(email, anotherPassword)).status(200)
		h.expectTold(email, news)
		h.atOnce(func(int) *http.Request {
			r := request("POST", doors[0], credentials(email, anotherPassword))
			r.RemoteAddr = "203.0.113.8:4711"
			return r
		})
		h.expectTold(email, news)
	})
}

// TestSwitchedOff: notices that make sense to switch off are not sent to whoever has done
// that; the others are.
func TestSwitchedOff(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email := "ada@example.com"
		ada := h.customer(email)
		h.mails()
		h.do("PUT", "/api/v1/user/notices", `{"notify_login":false,"notify_keys":false,"notify_lock":false}`, ada.session).status(200)
		id, _ := h.newKey(ada.session, `{"name":"ci"}`)
		h.do("POST", "/api/v1/account/api-keys/"+id+"/rotate", `{"overlap_hours":0}`, ada.session).status(201)
		h.do("DELETE", "/api/v1/account/api-keys", "", ada.session).status(204)
		h.guessUntilLocked(email)
		h.clock.Advance(time.Minute)
		h.do("POST", doors[0], credentials(email, password)).status(200)
		h.expectTold(email)
		h.reset(email).status(200)
		h.expectTold(email, "Your password was changed")
		h.setActiveBy(email, false)
		h.expectTold(email, "Your account was suspended")
		h.setActiveBy(email, true)
		h.expectTold(email, "Your account is active again")
		session := "Authorization: Bearer " + h.do("POST", doors[1], credentials(email, anotherPassword)).status(200).get("token")
		h.do("PUT", "/api/v1/user/notices", `{"notify_keys":true}`, session).status(200)
		h.newKey(session, `{"name":"ci"}`)
		h.expectTold(email, "A new API key was made")
	})
}

// setActiveBy suspends the user, or ends the suspension, as an administrator does.
func (h *harness) setActiveBy(email string, active bool) {
	h.t.Helper()
	by := strings.Replace(email, "@", "-admin@", 1)
	if _, err := h.repo.UserByEmail(h.t.Context(), by); err != nil {
		h.register(by)
		h.promote(by)
	}
	session := "Authorization: Bearer " + h.do("POST", doors[0], credentials(by, password)).status(200).get("token")
	path := map[bool]string{true: "/resume", false: "/suspend"}[active]
	h.do("POST", "/api/v1/admin/users/"+h.user(email).ID.String()+path, "", session).status(200)
}
