package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"example.com/alta/internal/site/static"
)

const pathLogIn = "/login"

// fieldNext has the page that a person wanted before logging in, and fieldDone the
// code of a toast after a redirect.
const (
	fieldNext        = "next"
	fieldDone        = "done"
	fieldIdempotency = "idempotency"
)

// withSession makes a handler of a page that goes by the caller's cookie. It
// rejects forms of other sites, so that they cannot log anybody in either.
func (s *Site) withSession(answer func(*visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := s.newVisit(w, r)
		v.session = &session{cookie: s.config.SessionCookie}
		h := w.Header()
		h.Set("Content-Security-Policy", static.ScriptPolicy)
		h.Set("Referrer-Policy", "same-origin") // no-referrer would make the Origin of forms null
		h.Add("Vary", "Cookie")
		if s.origins.Check(r) != nil {
			v.showCard(http.StatusForbidden, card{Heading: v.text.Failed, Alert: v.text.Frame.OtherOrigin})
			return
		}
		answer(v)
	}
}

// requireLogin lets answer serve people who are logged in, and sends others to
// log in first. It returns nil for nil.
func requireLogin(answer func(*visit)) func(*visit) {
	if answer == nil {
		return nil
	}
	return func(v *visit) {
		if !v.isSignedIn() {
			v.redirectToLogIn()
			return
		}
		answer(v)
	}
}

// isSignedIn reports whether the caller has a session's cookie. Only the API
// knows whether the session is still valid.
func (v *visit) isSignedIn() bool {
	cookie, err := v.r.Cookie(v.session.cookie)
	return err == nil && cookie.Value != ""
}

// redirectToLogIn sends the person to log in, and back here after it.
func (v *visit) redirectToLogIn() {
	next := v.r.URL.Path
	if v.r.Method == http.MethodGet || v.r.Method == http.MethodHead {
		next = v.r.URL.RequestURI()
	}
	v.redirect(pathLogIn + "?" + url.Values{fieldNext: {next}}.Encode())
}

// redirect sends the person to another page, by GET.
func (v *visit) redirect(path string) { http.Redirect(v.w, v.r, path, http.StatusSeeOther) }

// redirectDone sends the person to the page, with a toast: text.describeDone knows
// the code.
func (v *visit) redirectDone(path, code string) { v.redirect(donePath(path, url.Values{}, code)) }

// donePath returns the path of a page with the query for a toast.
func donePath(path string, query url.Values, code string) string {
	query.Set(fieldDone, code)
	return withQuery(path, query)
}

// withQuery adds values to a path, if there are any.
func withQuery(path string, values url.Values) string {
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
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

// call calls the API as the caller, with the caller's cookie, and passes on the
// cookies that the API sets. The body is sent as JSON; nil: none is sent. key
// makes the call idempotent; empty: it is not.
func (v *visit) call(method, path string, body any, key string) answer {
	return v.callWith(method, path, body, map[string]string{"Idempotency-Key": key})
}

// callWith is call with other headers. Those that are empty are not sent.
func (v *visit) callWith(method, path string, body any, headers map[string]string) answer {
	var content []byte
	if body != nil {
		content = encode(body)
	}
	r := v.api.newRequest(v.r, method, path, content)
	for _, name := range []string{"Cookie", "Origin", "Sec-Fetch-Site"} {
		if values := v.r.Header.Values(name); len(values) > 0 {
			r.Header[name] = values
		}
	}
	r.Header.Set("Accept-Language", v.text.Language) // of the mails that the call sends
	for name, value := range headers {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	a := v.api.do(r)
	v.passOnCookies(a)
	v.applyCookies((&http.Response{Header: a.header}).Cookies())
	return a
}

// passOnCookies sets the cookies of the answer in the browser.
func (v *visit) passOnCookies(a answer) {
	for _, cookie := range a.header.Values("Set-Cookie") {
		v.w.Header().Add("Set-Cookie", cookie)
	}
}

// applyCookies makes the visit go by the cookies that were set just now, as the
// browser will.
func (v *visit) applyCookies(set []*http.Cookie) {
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

// queryNumber returns the whole number that the page's query has under the name.
func (v *visit) queryNumber(name string) (n int, ok bool) {
	n, err := strconv.Atoi(v.r.URL.Query().Get(name))
	return n, err == nil
}

// get reads the API's answer to the caller into the value. If the API does not
// answer with success, get shows the error and returns false.
func (v *visit) get(path string, into any) bool {
	_, ok := v.getTagged(path, into)
	return ok
}

// getTagged is get for a resource with an entity tag, which it returns.
func (v *visit) getTagged(path string, into any) (tag string, ok bool) {
	a := v.call(http.MethodGet, path, nil, "")
	if !a.ok() {
		v.showError(a)
		return "", false
	}
	a.decode(into)
	return a.header.Get("ETag"), true
}

// idempotencyKey returns the key of the form that was sent, or a new one. With
// it a form has one effect however often it is sent.
func (v *visit) idempotencyKey() string {
	if sent := v.r.PostFormValue(fieldIdempotency); sent != "" {
		return sent
	}
	return uuid.NewString()
}

// fillLayout fills in what the layout shows around a page with a session.
func (v *visit) fillLayout(p *page) {
	p.Own, p.SignedIn, p.Session = true, v.isSignedIn(), v.sessionName()
	p.Back = v.r.URL.Path
	if v.r.Method == http.MethodGet {
		p.Back = v.r.URL.RequestURI()
	}
	p.Toast = v.text.describeDone(v.r.URL.Query().Get(fieldDone))
	p.Scripts = append([]*static.Asset{static.Script}, p.Scripts...)
}
