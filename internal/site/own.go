package site

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"example.com/alta/internal/site/static"
)

const pathLogIn = "/login"

// fieldNext names where a person wanted to go before logging in, and fieldDone
// what was done before a redirect, for a toast.
const (
	fieldNext        = "next"
	fieldDone        = "done"
	fieldIdempotency = "idempotency"
)

// own makes a handler of a page that goes by the caller's cookie. What is sent
// from pages elsewhere is refused here already, so that nobody is logged in by
// them either.
func (s *Site) own(do func(*visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := newVisit(w, r)
		v.site = s
		h := w.Header()
		h.Set("Content-Security-Policy", static.ScriptPolicy)
		h.Set("Referrer-Policy", "same-origin") // no-referrer would make the Origin of forms null
		h.Add("Vary", "Cookie")
		if s.origins.Check(r) != nil {
			v.card(http.StatusForbidden, card{Heading: v.text.Failed, Alert: v.text.Frame.OtherOrigin})
			return
		}
		do(v)
	}
}

// member makes do the answer for people who are logged in, and sends others to
// log in first.
func member(do func(*visit)) func(*visit) {
	return func(v *visit) {
		if !v.signedIn() {
			v.toLogIn()
			return
		}
		do(v)
	}
}

// signedIn reports whether the caller has a session's cookie. Whether the
// session still is one, the API knows.
func (v *visit) signedIn() bool {
	cookie, err := v.r.Cookie(v.site.config.SessionCookie)
	return err == nil && cookie.Value != ""
}

// toLogIn sends the person to log in, and back here after it.
func (v *visit) toLogIn() {
	next := v.r.URL.Path
	if v.r.Method == http.MethodGet || v.r.Method == http.MethodHead {
		next = v.r.URL.RequestURI()
	}
	v.redirect(pathLogIn + "?" + url.Values{fieldNext: {next}}.Encode())
}

// redirect sends the person to another page, by GET.
func (v *visit) redirect(path string) { http.Redirect(v.w, v.r, path, http.StatusSeeOther) }

// done sends the person to the page, which says what was done: text.done knows
// the code.
func (v *visit) done(path, code string) {
	v.redirect(path + "?" + url.Values{fieldDone: {code}}.Encode())
}

// localPath returns path if it leads to a page of this server, else fallback:
// a link must not be able to send people elsewhere.
func localPath(path, fallback string) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\t\r\n") {
		return fallback
	}
	return path
}

// send calls the API as the caller, by the caller's cookie, and hands on the
// cookies that it sets. The body is sent as JSON; nil: none is. key makes the
// call idempotent; empty: it is not.
func (v *visit) send(method, path string, body any, key string) answer {
	var content []byte
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			panic(err) // the caller's type has no form in JSON
		}
	}
	r := v.site.request(v.r, method, path, content)
	for _, name := range []string{"Cookie", "Origin", "Sec-Fetch-Site"} {
		if values := v.r.Header.Values(name); len(values) > 0 {
			r.Header[name] = values
		}
	}
	r.Header.Set("Accept-Language", v.text.Language) // of the mails that come of it
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	recorded := v.site.record(r)
	for _, cookie := range recorded.header.Values("Set-Cookie") {
		v.w.Header().Add("Set-Cookie", cookie)
	}
	v.keep((&http.Response{Header: recorded.header}).Cookies())
	return recorded.answer()
}

// keep has what the visit does from now on go by the cookies that were set just
// now, as the browser will.
func (v *visit) keep(set []*http.Cookie) {
	for _, cookie := range set {
		kept := slices.DeleteFunc(v.r.Cookies(), func(c *http.Cookie) bool { return c.Name == cookie.Name })
		if cookie.MaxAge >= 0 {
			kept = append(kept, &http.Cookie{Name: cookie.Name, Value: cookie.Value})
		}
		v.r.Header.Del("Cookie")
		for _, c := range kept {
			v.r.AddCookie(c)
		}
	}
}

// get reads what the API answers to the caller into the value. When it answers
// anything but success, the person has been told, and get returns false.
func (v *visit) get(path string, into any) bool {
	a := v.send(http.MethodGet, path, nil, "")
	if !a.ok() {
		v.fail(a)
		return false
	}
	a.decode(into)
	return true
}

// fail answers that the API would not do what the page cannot do without.
func (v *visit) fail(a answer) {
	switch a.status {
	case http.StatusUnauthorized:
		v.toLogIn()
	case http.StatusForbidden:
		v.card(http.StatusForbidden, card{Heading: v.text.Failed, Alert: v.text.Frame.Forbidden})
	case http.StatusNotFound:
		v.card(http.StatusNotFound, card{Heading: v.text.NotFound, Says: v.text.Frame.Gone})
	case http.StatusBadRequest: // the address has what the API does not take
		v.card(http.StatusNotFound, card{Heading: v.text.NotFound, Says: v.text.NotFoundSays})
	default:
		v.refuse(a, card{Heading: v.text.Failed})
	}
}

// idempotency returns what makes a form be done once, however often it is
// sent: what was sent with it, or a new one.
func (v *visit) idempotency() string {
	if sent := v.r.PostFormValue(fieldIdempotency); sent != "" {
		return sent
	}
	return uuid.NewString()
}

// frame fills in what the layout shows around a page.
func (v *visit) frame(p *page) {
	p.Own, p.SignedIn = true, v.signedIn()
	p.Back = v.r.URL.Path
	if v.r.Method == http.MethodGet {
		p.Back = v.r.URL.RequestURI()
	}
	p.Toast = v.text.done(v.r.URL.Query().Get(fieldDone))
	p.Scripts = append([]*static.Asset{static.Script}, p.Scripts...)
}
