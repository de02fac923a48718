package e2e

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
)

// visitor uses the pages of a server with the development mailbox in a browser.
type visitor struct {
	*server
	tab *browser.Tab
}

func (v visitor) open(t *testing.T, path string) {
	t.Helper()
	v.tab.Do(t, chromedp.Navigate(v.url+path))
}

// sees takes a screenshot under the name, and fails the test unless the page has
// the heading.
func (v visitor) sees(t *testing.T, name, heading string) {
	t.Helper()
	browser.Screenshot(t, v.tab, name)
	if got := v.tab.Text(t, "h1"); got != heading {
		t.Errorf("%s: the heading is %q, want %q: %s", name, got, heading, v.tab.Text(t, "main"))
	}
}

// press presses the form's button, and fails the test unless that leads to a page
// with the heading.
func (v visitor) press(t *testing.T, name, heading string) {
	t.Helper()
	v.tab.Follow(t, "main form button")
	v.sees(t, name, heading)
}

// openMail opens the newest mail with the subject in the mailbox, follows its link
// and returns it.
func (v visitor) openMail(t *testing.T, subject string) (link string) {
	t.Helper()
	var path string
	eventually(t, subject+" is in the mailbox", func() error {
		if path = v.mailPath(t, subject); path == "" {
			return errors.New("it is not")
		}
		return nil
	})
	v.open(t, "/dev/mailbox")
	v.sees(t, "chromium-mailbox", "Mailbox")
	v.tab.Follow(t, fmt.Sprintf("main a[href=%q]", path))
	v.sees(t, "chromium-mail", subject)
	found := linkInMail.FindStringSubmatch(v.call(t, 200, "GET", path, "").body)
	if found == nil || !strings.HasPrefix(found[1], v.url) {
		t.Fatalf("the mail has no link: %q", found)
	}
	v.tab.Follow(t, `main .text a[href*="token="]`)
	return found[1]
}

const submit = "main form button[type=submit]"

// submit types values, by field, into the page's form and sends it, without the
// browser's own validation.
func (v visitor) submit(t *testing.T, values map[string]string) {
	t.Helper()
	for field, value := range values {
		v.tab.Fill(t, "#"+field, value)
	}
	v.tab.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("main form").noValidate = true`))
	v.tab.Follow(t, submit)
}

// expectPath fails the test unless the browser shows the path.
func (v visitor) expectPath(t *testing.T, path string) {
	t.Helper()
	location, err := chromedp.Run(v.tab, chromedp.Location())
	if got, _, _ := strings.Cut(strings.TrimPrefix(location, v.url), "?"); err != nil || got != path {
		t.Errorf("the browser is at %s, %v, want %s: %s", location, err, path, v.tab.Text(t, "body"))
	}
}

// says fails the test unless the element's text contains want.
func (v visitor) says(t *testing.T, selector, want string) {
	t.Helper()
	if got := v.tab.Text(t, selector); !strings.Contains(got, want) {
		t.Errorf("%s says %q, want %q in it", selector, got, want)
	}
}

// makeKey makes one key, though its form is sent twice.
func (v visitor) makeKey(t *testing.T) (key string) {
	t.Helper()
	v.open(t, "/account/credentials")
	v.tab.Do(t, chromedp.Click(chromedp.CSS(".make summary")))
	v.tab.Fill(t, "#name", "browser")
	v.tab.Follow(t, ".make button")
	key = v.newKey(t, "pages-new-key")
	v.tab.Do(t, chromedp.Reload()) // which sends the form again
	v.says(t, "#new-key", key)
	v.open(t, "/account/credentials")
	v.sees(t, "pages-credentials", "Credentials")
	if n, err := chromedp.Run(v.tab, chromedp.Evaluate[int](`document.querySelectorAll("[data-key-id]").length`)); err != nil || n != 3 {
		t.Errorf("there are %d keys, %v, want three: that of the sign-up, one made by a call and this one", n, err)
	}
	v.says(t, "[data-key-id]", "Used by the docs in this tab")
	return key
}

// newKey returns the key that the page shows. It fails the test unless the key
// works and the tab remembers it.
func (v visitor) newKey(t *testing.T, picture string) (key string) {
	t.Helper()
	v.sees(t, picture, "Your new API key")
	key = v.tab.Text(t, "#new-key")
	v.call(t, 200, "GET", "/api/v1/account/balance", "", byKey(key))
	if got := v.kept(t); got != key {
		t.Errorf("the tab keeps %q, want the key", got)
	}
	v.says(t, "[data-kept-says]", "This tab remembers the key")
	v.says(t, "button[data-copy]", "Copy")
	return key
}

// kept returns the key that the tab remembers for the documentation.
func (v visitor) kept(t *testing.T) string {
	t.Helper()
	key, err := chromedp.Run(v.tab, chromedp.Evaluate[string](`sessionStorage.getItem("alta.apiKey") ?? ""`))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (v visitor) revokeKey(t *testing.T, key string) {
	t.Helper()
	v.open(t, "/account/credentials")
	v.tab.Do(t, chromedp.Click(chromedp.CSS("[data-key-id] .danger summary")))
	v.tab.Follow(t, "[data-key-id] .danger button")
	v.expectPath(t, "/account/credentials")
	v.says(t, "[data-toast]", "API key revoked")
	v.call(t, 401, "GET", "/api/v1/sandbox", "", byKey(key))
	if got := v.kept(t); got != "" {
		t.Errorf("the tab still keeps %q", got)
	}
}

func (v visitor) logOut(t *testing.T) {
	t.Helper()
	v.tab.Follow(t, "header form button")
	v.expectPath(t, "/login")
	v.says(t, "[data-toast]", "You are logged out.")
}
