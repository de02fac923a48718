package site

import (
	"html"
	"mime"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

func TestMailbox(t *testing.T) {
	s := New(Config{Mailbox: mailboxOf()})
	contains(t, get(s, "GET", "/dev/mailbox"), 200, "No mails yet", "No SMTP server is set")
	contains(t, get(s, "GET", "/dev/mailbox", "Accept-Language: es"), 200, "Todavía no hay correos", "servidor SMTP")
	nameless := verification
	nameless.Name, nameless.Subject = "b.eml", ""
	s = New(Config{Mailbox: mailboxOf(verification, hostile, nameless)})
	w := get(s, "GET", "/dev/mailbox")
	contains(t, w, 200, `href="/dev/mailbox/a%20%22b%22%3F%23%25.eml"`, `href="/dev/mailbox/20260801T101502-01.eml"`, "(no subject)",
		`datetime="2026-08-01T10:15:02Z">2026-08-01 10:15:02<`, "john.doe@example.com")
	page := w.Body.String()
	if strings.Contains(page, "<script") || strings.Index(page, "11:15:02") > strings.Index(page, "10:15:02") {
		t.Errorf("the page is not escaped, or not with the newest first:\n%s", page)
	}
}

func TestMail(t *testing.T) {
	s := New(Config{Mailbox: mailboxOf(verification, hostile)})
	contains(t, get(s, "GET", verification.Path()), 200, "<h1>Verify your email</h1>", "Alta &lt;alta@localhost&gt;",
		`<a href="http://localhost:8080/verify-email?token=abc&amp;x=1">http://localhost:8080/verify-email?token=abc&amp;x=1</a>.`,
		`<iframe src="/dev/mailbox/20260801T101502-01.eml/html" title=`, `href="/dev/mailbox/20260801T101502-01.eml/raw"`)
	contains(t, get(s, "GET", verification.Path(), "Accept-Language: es"), 200, "Como texto", "Descargar")
	w := get(s, "GET", hostile.Path())
	contains(t, w, 200, `<a href="http://x/">`)
	_, page, _ := strings.Cut(w.Body.String(), "<main")
	if strings.Contains(page, "<script") || strings.Contains(page, "<iframe") || strings.Count(page, "<a ") != 3 {
		t.Errorf("the mail is not escaped, or has links too many:\n%s", page)
	}
	if strings.Count(html.UnescapeString(page), evil) < 4 {
		t.Errorf("the page has not all of the mail:\n%s", page)
	}
}

func TestMailHTML(t *testing.T) {
	s := New(Config{Mailbox: mailboxOf(verification)})
	w := get(s, "GET", verification.Path()+"/html")
	contains(t, w, 200, `<!doctype html><html><head><base target="_top"><title>`)
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

func TestLeadOut(t *testing.T) {
	const base = `<base target="_top">`
	for _, test := range []struct{ before, after string }{
		{"", ""},
		{"", "<p>x"},
		{"<!DOCTYPE html>\n", "<p>x<head>"},
		{"<!doctype html>\n<html>\n", "<body>"},
		{"<HTML lang=en><HEAD class=a>", "<title>x"},
		{"\n<head>", "<base target=_self>"},
		{"<html>", "<header>x</header>"},
	} {
		if got, want := leadOut(test.before+test.after), test.before+base+test.after; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestMailRaw(t *testing.T) {
	s := New(Config{Mailbox: mailboxOf(verification, hostile)})
	for _, mail := range []Mail{verification, hostile} {
		w := get(s, "GET", mail.Path()+"/raw")
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
	s := New(Config{Mailbox: box})
	for _, name := range []string{"nope.eml", "..%2fx", "%2e%2e%2fx", "a%2f..%2fb", "%2fetc%2fpasswd", "..%5cx", "a%00b", "x%2fy", "%20"} {
		for _, rest := range []string{"", "/html", "/raw"} {
			contains(t, get(s, "GET", "/dev/mailbox/"+name+rest), 404, "Page not found")
		}
	}
	for _, name := range []string{"..", "."} {
		for _, rest := range []string{"", "/html", "/raw"} {
			r := httptest.NewRequest("GET", "/dev/mailbox/x"+rest, nil)
			r.URL.Path, r.URL.RawPath = "/dev/mailbox/"+name+rest, ""
			if w := do(s, r, nil); w.Code == 200 && strings.Contains(w.Body.String(), verification.Subject) {
				t.Errorf("%s leads to a mail", r.URL.Path)
			}
		}
	}
	for _, name := range []string{"", ".", "..", "a/b"} {
		if isName(name) {
			t.Errorf("%q is taken for a name", name)
		}
	}
}

func TestBrokenMailbox(t *testing.T) {
	s := New(Config{Mailbox: &fakeMailbox{err: errBroken}})
	for _, target := range []string{"/dev/mailbox", "/dev/mailbox/a", "/dev/mailbox/a/html", "/dev/mailbox/a/raw"} {
		contains(t, get(s, "GET", target), 500, "The mailbox could not be read", "the disk is &lt;full&gt;")
	}
}

func TestPieces(t *testing.T) {
	for text, want := range map[string][]piece{
		"":                         {{"", false}},
		"no link":                  {{"no link", false}},
		"http://a/b.":              {{"", false}, {"http://a/b", true}, {".", false}},
		"(see https://a/?x=1&y=2)": {{"(see ", false}, {"https://a/?x=1&y=2", true}, {")", false}},
		"<http://a> http://b":      {{"<", false}, {"http://a", true}, {"> ", false}, {"http://b", true}, {"", false}},
		"ftp://a javascript:b":     {{"ftp://a javascript:b", false}},
	} {
		if got := pieces(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}
