package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/testdb"
)

const paidPage = "/docs/accounts/get-api-accounts"

// filledIn waits until the page of an operation has the key that the tab keeps.
func (v visitor) filledIn(t *testing.T, key string) {
	t.Helper()
	v.tab.Do(t, chromedp.WaitVisible(chromedp.CSS("#forget")))
	if got := v.value(t, `document.querySelector("#run-key").value`); got != key {
		t.Errorf("the field has %q, want the key", got)
	}
}

// value returns the text that the script comes to.
func (v visitor) value(t *testing.T, script string) string {
	t.Helper()
	value, err := chromedp.Run(v.tab, chromedp.Evaluate[string](script))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return value
}

// hasNot fails the test if the tab keeps the key, or the page has it anywhere.
func (v visitor) hasNot(t *testing.T, when, key string) {
	t.Helper()
	const everything = `JSON.stringify(Object.entries(sessionStorage)) + JSON.stringify(Object.entries(localStorage)) +
		document.documentElement.outerHTML + [...document.querySelectorAll("input, textarea")].map(({ value }) => value).join()`
	if strings.Contains(v.value(t, everything), key) {
		t.Errorf("%s, the browser still has the key", when)
	}
}

// goesBack goes to the page before. Unlike chromedp.NavigateBack, it does not wait for an
// event that pages do not have that are shown as they were.
func (v visitor) goesBack(t *testing.T, path string) {
	t.Helper()
	v.script(t, `setTimeout(() => history.back())`)
	eventually(t, "the browser is back at "+path, func() error {
		got, err := chromedp.Run(v.tab, chromedp.Evaluate[string](`location.pathname`))
		if err == nil && got != path {
			err = fmt.Errorf("it is at %s", got)
		}
		return err
	})
}

// logIn logs the tab in, as the next person at the machine does.
func (v visitor) logIn(t *testing.T, email string) {
	t.Helper()
	v.open(t, "/login?next=/account")
	v.submit(t, map[string]string{"email": email, "password": password})
	v.expectPath(t, "/account")
}

// endSessions ends all sessions of the person by another client.
func (v visitor) endSessions(t *testing.T, d developer) {
	t.Helper()
	session := v.call(t, 200, "POST", "/api/v1/auth/login", credentials(d.email, password)).token(t)
	var list struct {
		Sessions []struct {
			ID      string
			Current bool
		}
	}
	if err := json.Unmarshal([]byte(v.call(t, 200, "GET", "/api/v1/auth/sessions", "", bearer(session)).body), &list); err != nil {
		t.Fatal(err)
	}
	for _, other := range list.Sessions {
		if !other.Current {
			v.call(t, 204, "DELETE", "/api/v1/auth/sessions/"+other.ID, "", bearer(session))
		}
	}
	v.call(t, 200, "POST", "/api/v1/auth/logout", "", bearer(session))
}

// TestBrowserForgetsWithTheSession: the key that somebody has made in a tab is neither
// shown to nor paid for by the next person there, however the session ended.
func TestBrowserForgetsWithTheSession(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL)
	ada, bob := s.developer(t, databaseURL, "ada@example.com"), s.developer(t, databaseURL, "bob@example.com")
	ledger := func() string {
		return s.call(t, 200, "GET", "/api/v1/account/transactions?limit=200", "", byKey(ada.key)).body
	}
	v := visitor{s, browser.Start(t)}
	makeKey := func() (key string) {
		v.logIn(t, ada.email)
		v.open(t, "/account/credentials")
		v.tab.Do(t, chromedp.Click(chromedp.CSS(".make summary")))
		v.tab.Fill(t, "#name", "browser")
		v.tab.Follow(t, ".make button")
		return v.newKey(t, "kept-key")
	}
	key := makeKey()
	v.open(t, paidPage)
	v.filledIn(t, key)
	v.runs(t, "200 OK", "charged 1 token, 1,999 left")

	v.endSessions(t, ada)
	spent := ledger()
	v.script(t, `document.querySelector("#answer").replaceChildren()`)
	v.tab.Do(t, chromedp.Click(chromedp.CSS("#run button[type=submit]")), chromedp.WaitVisible(chromedp.CSS("#answer p")))
	v.says(t, "#answer", "The key is forgotten")
	v.hasNot(t, "after a run on the open page", key)

	key = makeKey()
	v.endSessions(t, ada)
	v.open(t, paidPage)
	v.tab.Do(t, chromedp.Poll[chromedp.Void](`sessionStorage.getItem("alta.apiKey") === null`))
	v.hasNot(t, "on the next page", key)

	key = makeKey()
	v.endSessions(t, ada)
	v.logIn(t, bob.email)
	v.hasNot(t, "with Bob logged in", key)
	v.open(t, paidPage)
	v.runs(t, "401 Unauthorized")
	v.hasNot(t, "on the page that Bob runs", key)
	if got := ledger(); got != spent {
		t.Errorf("Ada's tokens were spent: %s, before %s", got, spent)
	}
	for _, path := range []string{"/account", "/login"} {
		v.goesBack(t, path)
		v.hasNot(t, "on the way back to "+path, key)
	}
	if got := v.tab.Complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// TestTabsForgetTogether: a log-out empties the other tabs. A key that is typed by
// somebody who is not logged in goes when somebody logs in.
func TestTabsForgetTogether(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL)
	ada := s.developer(t, databaseURL, "ada@example.com")
	v := visitor{s, browser.Start(t)}
	other, cancel := chromedp.NewContext(v.tab)
	t.Cleanup(cancel)
	w := visitor{s, &browser.Tab{Context: other}}
	typeKey := func(v visitor) {
		v.open(t, paidPage)
		v.tab.Fill(t, "#run-key", ada.key)
		v.tab.Do(t, chromedp.Blur(chromedp.CSS("#run-key")))
		v.filledIn(t, ada.key)
	}
	gone := chromedp.Poll[chromedp.Void](`sessionStorage.getItem("alta.apiKey") === null && document.querySelector("#run-key").value === ""`)

	v.logIn(t, ada.email)
	typeKey(w)
	w.runs(t, "200 OK")
	v.logOut(t)
	w.tab.Do(t, gone)
	w.hasNot(t, "after a log-out in another tab", ada.key)
	if got := w.value(t, `document.querySelector("#answer").textContent`); got != "" {
		t.Errorf("the answer is still there: %s", got)
	}

	typeKey(w)
	w.runs(t, "200 OK")
	w.open(t, paidPage)
	w.filledIn(t, ada.key)
	v.logIn(t, ada.email)
	w.tab.Do(t, gone)
	w.hasNot(t, "after somebody has logged in", ada.key)
}

// TestWayBackHasNoSecrets: neither the page that shows a new key once nor a page of the
// documentation has it when the browser shows the page as it was.
func TestWayBackHasNoSecrets(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL)
	ada := s.developer(t, databaseURL, "ada@example.com")
	v := visitor{s, browser.Start(t)}
	v.open(t, paidPage)
	v.tab.Fill(t, "#run-key", ada.key)
	v.tab.Do(t, chromedp.Blur(chromedp.CSS("#run-key")))
	v.filledIn(t, ada.key)
	v.script(t, `globalThis.asItWas = true`)
	v.script(t, `sessionStorage.removeItem("alta.apiKey")`) // as a log-in elsewhere would
	v.open(t, "/docs")
	v.goesBack(t, paidPage)
	if kept := v.value(t, `String(globalThis.asItWas)`); kept != "true" {
		t.Skip("this browser loads pages anew on the way back")
	}
	v.hasNot(t, "on the way back", ada.key)
}

// TestDraftsAreNotShownToOthers: what somebody typed and did not send is not in the form
// when the next person goes back to it.
func TestDraftsAreNotShownToOthers(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.SQLite(t))
	s.register(t, "bob@example.com")
	v := newAppUser(t, s, "ada@example.com").visitor
	const form, draft = "/app/add", "a gift for Bob"
	v.open(t, form)
	v.tab.Fill(t, "#description", draft)
	v.open(t, "/app/accounts")
	v.logOut(t)
	v.logIn(t, "bob@example.com")
	v.script(t, `setTimeout(() => navigation.traverseTo(navigation.entries().findLast(({ url }) => url.endsWith("`+form+`")).key))`)
	eventually(t, "the browser is back at the form", func() error {
		at, err := chromedp.Run(v.tab, chromedp.Evaluate[string](`document.body.hidden + location.pathname + document.readyState`))
		if err == nil && at != "false"+form+"complete" {
			err = fmt.Errorf("it is at %s", at)
		}
		return err
	})
	if got := v.value(t, `document.querySelector("#description").value`); got != "" {
		t.Errorf("Bob sees %q", got)
	}
}
