package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
)

// mark logs in and returns the cookie that marks the browser.
func (h *harness) mark(email, password string, headers ...string) (cookie string) {
	h.t.Helper()
	h.clock.Advance(time.Second)
	return "Cookie: alta-device=" + h.do("POST", doors[0], credentials(email, password), headers...).status(200).cookie("alta-device")
}

// guess tries wrong passwords from each of the browsers at once, and returns how many
// were compared.
func (h *harness) guess(email string, cookies ...string) (compared int) {
	h.t.Helper()
	answers := h.together(6*len(cookies), func(i int) *http.Request {
		return request("POST", doors[i%2], credentials(email, fmt.Sprint("guess ", i)), cookies[i/6])
	})
	got := statuses(answers)
	if got[401]+got[429] != len(answers) {
		h.t.Errorf("answers: %v", got)
	}
	return got[401]
}

const noCookie = "X-Nothing: 1"

// TestResetEndsDeviceMarks: whoever has cookies of the old password guesses as any
// stranger does, also from many browsers at once.
func TestResetEndsDeviceMarks(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email := "ada@example.com"
		h.register(email)
		h.register("other@example.com")
		others := h.mark("other@example.com", password)
		var old []string
		for range 12 {
			old = append(old, h.mark(email, password))
		}
		h.reset(email).status(200)
		if n := h.guess(email, old...); n != 5 {
			t.Errorf("%d guesses were compared, want 5", n)
		}
		h.clock.Advance(time.Hour)
		now := h.mark(email, anotherPassword)
		if n := h.guess(email, append(old, noCookie)...); n != 5 {
			t.Errorf("after another log-in %d guesses were compared, want 5", n)
		}
		h.do("POST", doors[0], credentials(email, anotherPassword)).status(429)
		h.mark(email, anotherPassword, now)
		if n := h.guess("other@example.com", noCookie); n != 5 {
			t.Errorf("%d guesses at another user were compared, want 5", n)
		}
		h.mark("other@example.com", password, others) // whom the reset does not concern
	})
}

// TestAStrangerCannotLockOutAfterAReset: a stranger who goes on guessing keeps nobody
// out who has chosen a new password, at either door; the mark of before the reset
// counts no more.
func TestAStrangerCannotLockOutAfterAReset(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		email := "ada@example.com"
		h.registerDeveloper(email)
		before := h.mark(email, password)
		answer := h.reset(email).status(200)
		known := "Cookie: alta-device=" + answer.cookie("alta-device")
		if n := s.count("device_marks"); n != 1 {
			t.Errorf("%d browsers are marked, want the one of the reset", n)
		}
		for range 3 {
			if n := h.guess(email, before, noCookie); n != 5 {
				t.Errorf("%d guesses were compared, want 5", n)
			}
			for _, door := range doors {
				h.do("POST", door, credentials(email, anotherPassword), before).status(429)
				h.do("POST", door, credentials(email, anotherPassword), known).status(200)
			}
			h.clock.Advance(24*time.Hour + time.Second)
		}
	})
}

// TestMarksEndWithTheAccount: whoever signs up with the address next is not guessed at
// by the browsers of the account before.
func TestMarksEndWithTheAccount(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email := "ada@example.com"
		session := h.register(email)
		var old []string
		for range 10 {
			old = append(old, h.mark(email, password))
		}
		h.do("POST", "/api/users/me/deletion", `{"password":"`+password+`"}`, session).status(200)
		h.register(email)
		if n := h.guess(email, old...); n != 5 {
			t.Errorf("%d guesses were compared, want 5", n)
		}
	})
}

// TestAtMostTenDeviceMarks: of the browsers that have logged in the ten that did so
// last guess on their own.
func TestAtMostTenDeviceMarks(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		email := "ada@example.com"
		h.register(email)
		var cookies []string
		for range 13 {
			cookies = append(cookies, h.mark(email, password))
		}
		if n := h.guess(email, cookies...); n != 10*5+5 {
			t.Errorf("%d guesses were compared, want five of each of ten browsers and five of all others", n)
		}
		h.clock.Advance(time.Hour)
		expectStatuses(t, map[int]int{200: clients}, h.race(doors[1], func(int) string { return credentials(email, password) }))
		if n := s.count("device_marks"); n != 10 {
			t.Errorf("%d browsers are marked, want 10", n)
		}
	})
}

// TestABrowserKeepsItsMark: it is not counted as another with each log-in, and a mark
// is for one address.
func TestABrowserKeepsItsMark(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		h.register("ada@example.com")
		h.register("other@example.com")
		first := h.mark("ada@example.com", password)
		cookie := first
		before := s.count("device_marks")
		for range 12 {
			cookie = h.mark("ada@example.com", password, cookie)
		}
		if n := s.count("device_marks"); n != before {
			t.Errorf("%d browsers are marked, want %d", n, before)
		}
		if n := h.guess("ada@example.com", first, cookie, first); n != 5 {
			t.Errorf("%d guesses of one browser were compared, want 5", n)
		}
		if n := h.guess("other@example.com", first, noCookie); n != 5 {
			t.Errorf("%d guesses at another address were compared, want 5", n)
		}
		h.clock.Advance(365 * 24 * time.Hour)
		if n := h.guess("ada@example.com", cookie, noCookie); n != 5 {
			t.Errorf("a mark outlives its life: %d guesses were compared, want 5", n)
		}
	})
}

// rotated starts a server on the database with other secrets.
func rotated(t *testing.T, databaseURL string, h *harness, secrets ...string) *harness {
	t.Helper()
	other := start(t, databaseURL, func(c *handlers.Config) { c.Keys = must(identity.ParseKeyring(strings.Join(secrets, ","))) })
	other.clock.Set(h.clock.Now())
	return other
}

// TestLocksOutliveSecrets: what was counted under a secret counts under the next one,
// and so do the marks of browsers.
func TestLocksOutliveSecrets(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		before, next, last := strings.Repeat("test secret ", 4), strings.Repeat("next secret ", 4), strings.Repeat("last secret ", 4)
		h := start(t, databaseURL)
		email, right, wrong := "ada@example.com", credentials("ada@example.com", password), credentials("ada@example.com", "guess")
		h.register(email)
		known := h.mark(email, password)
		for range 4 {
			h.do("POST", doors[0], wrong).status(401)
			h.do("POST", doors[0], wrong, known).status(401)
		}
		two := rotated(t, databaseURL, h, next, before)
		two.do("POST", doors[0], wrong).status(401)
		two.do("POST", doors[0], right).status(429)
		two.do("POST", doors[0], wrong, known).status(401)
		two.do("POST", doors[0], right, known).status(429)
		h.do("POST", doors[0], wrong).status(401) // a server that does not have the new secret yet
		two.do("POST", doors[0], right).status(429)

		three := rotated(t, databaseURL, h, last, next) // without the first secret
		three.do("POST", doors[0], right).status(429)
		two.do("POST", doors[0], right).status(429) // in any order
		three.do("POST", doors[0], right).status(429)
		three.do("POST", doors[0], right, known).status(429)

		two = rotated(t, databaseURL, h, next, before)
		two.clock.Advance(time.Minute)
		two.do("POST", doors[0], right).status(200) // ends the count under each secret
		for range 4 {
			two.do("POST", doors[0], wrong).status(401)
		}
		two.do("POST", doors[0], right).status(200)
	})
}

// TestExportsOutliveSecrets: an export has the events about the address from before a
// secret was replaced.
func TestExportsOutliveSecrets(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		h.register("ada@example.com")
		h.forget("ada@example.com") // an event without a user
		next := rotated(t, databaseURL, h, strings.Repeat("next secret ", 4), strings.Repeat("test secret ", 4))
		bearer := "Authorization: Bearer " + next.do("POST", doors[0], credentials("ada@example.com", password)).status(200).get("token")
		if export := next.do("GET", "/api/users/me/export", "", bearer).status(200).Body.String(); !strings.Contains(export, `"mail_requested"`) {
			t.Errorf("the event is not in the export: %s", export)
		}
	})
}
