package handlers_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/testdb"
)

// visit calls a page. The contract says nothing about its response.
func (h *harness) visit(method, target string, form url.Values, headers ...string) *response {
	h.t.Helper()
	r := request(method, target, form.Encode(), headers...)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer := &response{httptest.NewRecorder(), h.t}
	h.ServeHTTP(answer, r)
	return answer
}

// TestPagesEndToEnd: a person verifies an address and sets a new password with the
// pages alone.
func TestPagesEndToEnd(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	email := "ada@example.com"
	h.registerUnverified(email)
	h.mails()
	h.clock.Advance(time.Minute)
	h.visit("POST", "/verify-email", url.Values{"email": {email}}).status(200)
	h.expectMails(mailVerify)
	h.visit("POST", "/verify-email", url.Values{"token": {"nonsense"}}).status(400)
	h.follow("verification", "/verify-email", nil)
	h.do("POST", "/api/v1/auth/login", credentials(email, password)).status(200)

	h.visit("GET", "/forgot-password", nil).status(200)
	h.visit("POST", "/forgot-password", url.Values{"email": {"not an address"}}).status(400)
	h.visit("POST", "/forgot-password", url.Values{"email": {email}}).status(200)
	h.visit("POST", "/reset-password", url.Values{"token": {h.secret("reset")}, "newpassword": {"short"}}).status(400)
	h.follow("reset", "/reset-password", url.Values{"newpassword": {anotherPassword}})
	h.logIn(email, anotherPassword, 200, 200)
}

// follow opens the newest mail's link as a browser does, and sends the page's form
// with what a person types.
func (h *harness) follow(kind, page string, typed url.Values) {
	h.t.Helper()
	token := h.secret(kind)
	link := map[string]string{"verification": "verifyEmail", "reset": "verifyPasswordLink"}[kind]
	location := must(url.Parse(h.visit("GET", "/api/v1/auth/"+link+"?token="+token, nil).status(302).Header().Get("Location")))
	if location.Path != page {
		h.t.Errorf("the link leads to %s, want %s", location.Path, page)
	}
	body := h.visit("GET", location.RequestURI(), nil).status(200).Body.String()
	if !strings.Contains(body, `action="`+page+`"`) || !strings.Contains(body, `value="`+token+`"`) {
		h.t.Fatalf("the page has no form for the token:\n%s", body)
	}
	form := url.Values{"token": {token}}
	for name, values := range typed {
		form[name] = values
	}
	h.visit("POST", page, form).status(200)
	again := map[string]int{"verification": 200, "reset": 400}[kind]
	h.visit("POST", page, form).status(again)
}

// TestPagesAreLimited: forms are limited by the person's own address, also behind a
// proxy, in the class of the operation that they call.
func TestPagesAreLimited(t *testing.T) {
	h := start(t, testdb.SQLite(t), withTrustedProxies("192.0.2.0/24"),
		withRates(map[string]contract.Rate{"auth": {Calls: 2, Window: time.Minute}, "revoke": {Calls: 2, Window: time.Minute}}))
	forms := map[string]url.Values{
		"/verify-email": {"token": {"x"}}, "/forgot-password": {"email": {"ada@example.com"}}, "/reset-password": {"token": {"x"}, "newpassword": {password}},
	}
	i := 0
	for page, form := range forms {
		i++
		from := "X-Forwarded-For: 198.51.100." + string(rune('0'+i))
		for range 2 {
			if code := h.visit("POST", page, form, from).Code; code == 429 {
				t.Fatalf("%s is limited before its time", page)
			}
		}
		if after := h.visit("POST", page, form, from).status(429).Header().Get("Retry-After"); after != "30" {
			t.Errorf("%s: Retry-After is %q", page, after)
		}
		want := map[bool]int{false: 429, true: 401}[page == "/reset-password"] // one count for both, but a reset has its own
		h.do("POST", "/api/v1/auth/login", credentials("ada@example.com", "x"), from).status(want)
		want = map[bool]int{false: 200, true: 429}[page == "/verify-email"] // looking costs nothing, but for what the API tells of a sign-up
		h.visit("GET", page+"?token=x", nil, from).status(want)
	}
	h.do("POST", "/api/v1/auth/login", credentials("ada@example.com", "x"), "X-Forwarded-For: 198.51.100.9").status(401)
}

// TestPagesAreSafe: the headers of pages tell browsers what not to do.
func TestPagesAreSafe(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	for _, target := range []string{"/verify-email", "/verify-email?token=x", "/forgot-password", "/reset-password?token=x", "/reset-password"} {
		for _, method := range []string{"GET", "HEAD"} {
			header := h.visit(method, target, nil).Header()
			for name, want := range map[string]string{
				"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Content-Type": "text/html; charset=utf-8",
			} {
				if got := header.Get(name); got != want {
					t.Errorf("%s %s: %s is %q, want %q", method, target, name, got, want)
				}
			}
			policy := strings.Join(header.Values("Content-Security-Policy"), "; ")
			if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "form-action 'self'") ||
				strings.Contains(policy, "unsafe") {
				t.Errorf("%s %s: the policy is %q", method, target, policy)
			}
			if header.Get("X-Request-Id") == "" || header.Get("Set-Cookie") != "" {
				t.Errorf("%s %s: headers %v", method, target, header)
			}
		}
	}
}

// TestPagesEscape: text in a link, and text that a person typed, is escaped.
func TestPagesEscape(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	const evil = `"><script>alert(1)</script>`
	for _, answer := range []*response{
		h.visit("GET", "/confirm-deletion?token="+url.QueryEscape(evil), nil),
		h.visit("GET", "/reset-password?token="+url.QueryEscape(evil), nil),
		h.visit("POST", "/forgot-password", url.Values{"email": {evil}}),
		h.visit("POST", "/verify-email", url.Values{"email": {evil}}),
	} {
		if strings.Contains(answer.Body.String(), "<script") || !strings.Contains(answer.Body.String(), "&lt;script") {
			t.Errorf("got %s", answer.Body)
		}
	}
}

// TestPagesQuoteAmounts: a page says how much an account has by the problem that
// the API tells it. A stored failure tells no amount.
func TestPagesQuoteAmounts(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	registered := h.visit("POST", "/register", url.Values{
		"email": {"ada@example.com"}, "password": {password}, "firstName": {"Ada"}, "lastName": {"Lovelace"}, "currency": {"ARS"},
	}).status(303)
	var cookies []string
	for _, cookie := range registered.Result().Cookies() {
		cookies = append(cookies, cookie.Name+"="+cookie.Value)
	}
	headers := []string{"Cookie: " + strings.Join(cookies, "; "), "Sec-Fetch-Site: same-origin"}
	page := h.visit("GET", "/app/add", nil, headers...).status(200).Body.String()
	_, options, _ := strings.Cut(page, `<select id="accountId"`)
	_, option, _ := strings.Cut(options, `<option value="`)
	account, _, _ := strings.Cut(option, `"`)
	form := url.Values{"type": {"EXPENSE"}, "amount": {"1234.50"}, "accountId": {account}, "date": {"2026-03-05"}, "idempotency": {"key-1"}}
	for _, says := range []string{"There is not enough money in the account. It has 0.00.<", "There is not enough money in the account.<"} {
		body := h.visit("POST", "/app/add", form, headers...).status(400).Body.String()
		if !strings.Contains(body, `id="amount-error">`+says) {
			t.Errorf("the page does not say %q:\n%s", says, body)
		}
	}
}

// TestUnknownPagesOfBrowsers holds that a browser gets a page for a path that does not
// exist, and keeps the JSON of the API's paths.
func TestUnknownPagesOfBrowsers(t *testing.T) {
	h := start(t, testdb.SQLite(t), func(c *handlers.Config) { c.SecurityContact = "mailto:security@example.com" })
	const browser = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, test := range []struct {
		method, path string
		headers      []string
		isPage       bool
	}{
		{"GET", "/nope", []string{browser}, true},
		{"POST", "/nope", []string{browser}, true},
		{"HEAD", "/nope", []string{browser}, true},
		{"GET", "/app/nope/nope/nope", []string{browser}, true},
		{"GET", "/nope", nil, false},
		{"GET", "/nope", []string{"Accept: */*"}, false},
		{"GET", "/api/nope", []string{browser}, false},
		{"GET", "/api/v1/nope", []string{browser}, false},
	} {
		answer := h.visit(test.method, test.path, nil, test.headers...)
		header := answer.Header()
		if isPage := header.Get("Content-Type") == "text/html; charset=utf-8"; answer.Code != 404 || isPage != test.isPage {
			t.Errorf("%s %s is answered %d %v\n%s", test.method, test.path, answer.Code, header, answer.Body)
		}
		if header.Get("X-Request-Id") == "" || test.isPage && header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: the headers are %v", test.method, test.path, header)
		}
		if has := strings.Contains(answer.Body.String(), `<a class="button" href="/">`); has != test.isPage {
			t.Errorf("%s %s: the way home is there: %t", test.method, test.path, has)
		}
	}
	for path, want := range map[string]string{
		"/favicon.ico": "\x00\x00\x01\x00", "/robots.txt": "User-agent: *\n", "/.well-known/security.txt": "Contact: mailto:security@example.com\nExpires: ",
	} {
		if answer := h.visit("GET", path, nil); answer.Code != 200 || !strings.HasPrefix(answer.Body.String(), want) {
			t.Errorf("%s is answered %d %q", path, answer.Code, answer.Body)
		}
	}
}
