package mailbox_test

import (
	"errors"
	"html"
	"io/fs"
	"maps"
	"mime"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/site"
	"example.com/alta/internal/site/mailbox"
	"example.com/alta/internal/site/pagetest"
	"example.com/alta/internal/site/static"
)

// fakeMailbox is a mailbox in memory.
type fakeMailbox struct {
	mails map[string]mailbox.Mail
	err   error
}

func (f *fakeMailbox) List() ([]mailbox.Mail, error) {
	newest := func(a, b mailbox.Mail) int { return b.Date.Compare(a.Date) }
	return slices.SortedFunc(maps.Values(f.mails), newest), f.err
}

func (f *fakeMailbox) Read(name string) (mailbox.Mail, error) {
	if f.err != nil {
		return mailbox.Mail{}, f.err
	}
	mail, ok := f.mails[name]
	if !ok {
		return mailbox.Mail{}, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return mail, nil
}

var errBroken = errors.New("the disk is <full>")

func mailboxOf(mails ...mailbox.Mail) *fakeMailbox {
	f := &fakeMailbox{mails: map[string]mailbox.Mail{}}
	for _, mail := range mails {
		f.mails[mail.Name] = mail
	}
	return f
}

var verification = mailbox.Mail{
	Name:    "20260801T101502-01.eml",
	Date:    time.Date(2026, 8, 1, 12, 15, 2, 0, time.FixedZone("CEST", 7200)),
	From:    "Alta <alta@localhost>",
	To:      "john.doe@example.com",
	Subject: "Verify your email",
	Text:    "Welcome to Alta!\n\nVerify your email: http://localhost:8080/verify-email?token=abc&x=1.\n\nDid you not sign up? Ignore this mail.\n",
	HTML: `<!doctype html><html><head><title>Verify</title></head><body style="font-family: sans-serif; margin: 24px">
<h1 style="font-size: 20px">Welcome to Alta!</h1><p>Your account is almost ready. One click is missing.</p><p><a href="/verify-email?token=abc" style="display: block; padding: 60px 20px; background: #3b4fd8; color: #fff; text-align: center">Verify my email</a></p><script>document.title = "ran"</script></body></html>`,
	Raw: []byte("Subject: Verify your email\r\n\r\nWelcome to Alta!\r\n"),
}

var hostile = mailbox.Mail{Name: `a "b"?#%.eml`, Date: verification.Date.Add(time.Hour), From: pagetest.Evil, To: pagetest.Evil, Subject: pagetest.Evil, Text: pagetest.Evil + " javascript:alert(1) http://x/" + pagetest.Evil, Raw: []byte(pagetest.Evil)}

func TestMailbox(t *testing.T) {
	s := site.New(site.Config{Mailbox: mailboxOf()})
	pagetest.Contains(t, pagetest.Get(s, "GET", "/dev/mailbox"), 200, "No mails yet", "No SMTP server is set")
	pagetest.Contains(t, pagetest.Get(s, "GET", "/dev/mailbox", "Accept-Language: es"), 200, "Todavía no hay correos", "servidor SMTP")
	nameless := verification
	nameless.Name, nameless.Subject = "b.eml", ""
	s = site.New(site.Config{Mailbox: mailboxOf(verification, hostile, nameless)})
	w := pagetest.Get(s, "GET", "/dev/mailbox")
	pagetest.Contains(t, w, 200, `href="/dev/mailbox/a%20%22b%22%3F%23%25.eml"`, `href="/dev/mailbox/20260801T101502-01.eml"`, "(no subject)",
		`datetime="2026-08-01T10:15:02Z">2026-08-01 10:15:02<`, "john.doe@example.com")
	page := w.Body.String()
	if strings.Contains(page, "<script") || strings.Index(page, "11:15:02") > strings.Index(page, "10:15:02") {
		t.Errorf("the page is not escaped, or not with the newest first:\n%s", page)
	}
}

func TestMail(t *testing.T) {
	s := site.New(site.Config{Mailbox: mailboxOf(verification, hostile)})
	pagetest.Contains(t, pagetest.Get(s, "GET", verification.Path()), 200, "<h1>Verify your email</h1>", "Alta &lt;alta@localhost&gt;",
		`<a href="http://localhost:8080/verify-email?token=abc&amp;x=1">http://localhost:8080/verify-email?token=abc&amp;x=1</a>.`,
		`<iframe src="/dev/mailbox/20260801T101502-01.eml/html" title=`, `href="/dev/mailbox/20260801T101502-01.eml/raw"`)
	pagetest.Contains(t, pagetest.Get(s, "GET", verification.Path(), "Accept-Language: es"), 200, "Como texto", "Descargar")
	w := pagetest.Get(s, "GET", hostile.Path())
	pagetest.Contains(t, w, 200, `<a href="http://x/">`)
	_, page, _ := strings.Cut(w.Body.String(), "<main")
	if strings.Contains(page, "<script") || strings.Contains(page, "<iframe") || strings.Count(page, "<a ") != 3 {
		t.Errorf("the mail is not escaped, or has links too many:\n%s", page)
	}
	if strings.Count(html.UnescapeString(page), pagetest.Evil) < 4 {
		t.Errorf("the page has not all of the mail:\n%s", page)
	}
}

func TestMailHTML(t *testing.T) {
	s := site.New(site.Config{Mailbox: mailboxOf(verification)})
	w := pagetest.Get(s, "GET", verification.Path()+"/html")
	pagetest.Contains(t, w, 200, `<!doctype html><html><head><base target="_top"><title>`)
	for name, want := range map[string]string{
		"Content-Type":            "text/html; charset=utf-8",
		"Cache-Control":           "no-store",
		"Referrer-Policy":         "no-referrer",
		"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-top-navigation-by-user-activation; frame-ancestors 'self'",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestMailRaw(t *testing.T) {
	s := site.New(site.Config{Mailbox: mailboxOf(verification, hostile)})
	for _, mail := range []mailbox.Mail{verification, hostile} {
		w := pagetest.Get(s, "GET", mail.Path()+"/raw")
		disposition, parameters, err := mime.ParseMediaType(w.Header().Get("Content-Disposition"))
		if err != nil || disposition != "attachment" || parameters["filename"] != mail.Name {
			t.Errorf("Content-Disposition is %q, %v", w.Header().Get("Content-Disposition"), err)
		}
		if w.Code != 200 || w.Header().Get("Content-Type") != "message/rfc822" || w.Body.String() != string(mail.Raw) {
			t.Errorf("got %d %v %q", w.Code, w.Header(), w.Body)
		}
	}
}

// TestNamesElsewhere: whatever the mailbox would make of them, it is not asked
// for names that lead out of it.
func TestNamesElsewhere(t *testing.T) {
	box := mailboxOf()
	for _, name := range []string{"..", ".", "../x", "a/../b", "/etc/passwd", `..\x`, "a\x00b", "x/y"} {
		box.mails[name] = verification
	}
	s := site.New(site.Config{Mailbox: box})
	for _, name := range []string{"nope.eml", "..%2fx", "%2e%2e%2fx", "a%2f..%2fb", "%2fetc%2fpasswd", "..%5cx", "a%00b", "x%2fy", "%20"} {
		for _, rest := range []string{"", "/html", "/raw"} {
			pagetest.Contains(t, pagetest.Get(s, "GET", "/dev/mailbox/"+name+rest), 404, "Page not found")
		}
	}
	for _, name := range []string{"..", "."} {
		for _, rest := range []string{"", "/html", "/raw"} {
			r := httptest.NewRequest("GET", "/dev/mailbox/x"+rest, nil)
			r.URL.Path, r.URL.RawPath = "/dev/mailbox/"+name+rest, ""
			if w := pagetest.Do(s, r, nil); w.Code == 200 && strings.Contains(w.Body.String(), verification.Subject) {
				t.Errorf("%s leads to a mail", r.URL.Path)
			}
		}
	}
}

func TestBrokenMailbox(t *testing.T) {
	s := site.New(site.Config{Mailbox: &fakeMailbox{err: errBroken}})
	for _, target := range []string{"/dev/mailbox", "/dev/mailbox/a", "/dev/mailbox/a/html", "/dev/mailbox/a/raw"} {
		pagetest.Contains(t, pagetest.Get(s, "GET", target), 500, "The mailbox could not be read", "the disk is &lt;full&gt;")
	}
}

// TestHeaders: the pages have the site's headers, and a mail may be framed.
func TestHeaders(t *testing.T) {
	s := site.New(site.Config{Mailbox: mailboxOf(verification)})
	for path, policy := range map[string]string{
		"/dev/mailbox":      static.Policy,
		verification.Path(): static.Policy + "; frame-src 'self'",
	} {
		h := pagetest.Get(s, "GET", path).Header()
		for name, want := range map[string]string{
			"Content-Type":            "text/html; charset=utf-8",
			"Content-Language":        "en",
			"Vary":                    "Accept-Language",
			"Cache-Control":           "no-store",
			"Referrer-Policy":         "no-referrer",
			"Content-Security-Policy": policy,
			"Set-Cookie":              "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestHead(t *testing.T) {
	s := site.New(site.Config{Mailbox: mailboxOf(verification)})
	for _, path := range []string{"/dev/mailbox", verification.Path() + "/raw"} {
		head, whole := pagetest.Get(s, "HEAD", path), pagetest.Get(s, "GET", path)
		if head.Code != 200 || head.Header().Get("Content-Length") != whole.Header().Get("Content-Length") {
			t.Errorf("HEAD %s answers %d %v, GET %v", path, head.Code, head.Header(), whole.Header())
		}
	}
}
