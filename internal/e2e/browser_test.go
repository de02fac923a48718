package e2e

import (
	"net/http"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestSecurityHeadersAreOnEveryAnswer collects an answer of every kind.
func TestSecurityHeadersAreOnEveryAnswer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, publicURL string }{
		{"http", "http://alta.example.com"},
		{"https", "https://alta.example.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, testdb.SQLite(t), "--public-url", test.publicURL, "--insecure-http", "--auth-rate", "7/h", "--cors-origins", "https://app.example.com")
			created := s.call(t, 201, "POST", "/api/auth/register", registration("john.doe@example.com", password))
			authorization := bearer(created.token(t))
			answers := map[string]answer{
				"sign-up":                      created,
				"log-in":                       s.call(t, 200, "POST", "/api/auth/login", credentials("john.doe@example.com", password)),
				"health":                       s.call(t, 200, "GET", "/healthz", ""),
				"metrics":                      s.call(t, 401, "GET", "/metrics", ""),
				"profile":                      s.call(t, 200, "GET", "/api/auth/profile", "", authorization),
				"invalid":                      s.call(t, 400, "POST", "/api/auth/register", `{}`),
				"malformed":                    s.call(t, 400, "POST", "/api/auth/register", `{`),
				"wrong password":               s.call(t, 401, "POST", "/api/auth/login", credentials("john.doe@example.com", "wrong password")),
				"taken":                        s.call(t, 409, "POST", "/api/auth/register", registration("john.doe@example.com", password)),
				"too large":                    s.call(t, 413, "POST", "/api/auth/register", `"`+strings.Repeat("x", 200_000)+`"`),
				"not JSON":                     s.call(t, 415, "POST", "/api/auth/register", "a=b", "Content-Type: application/x-www-form-urlencoded"),
				"rate limited":                 s.call(t, 429, "POST", "/api/auth/login", `{}`),
				"withTLSAndPassword, app door": s.call(t, 401, "GET", "/api/auth/profile", ""),
				"withTLSAndPassword, API door": s.call(t, 401, "GET", "/api/v1/auth/sessions", ""),
				"unknown, app door":            s.call(t, 404, "GET", "/api/nope", ""),
				"unknown, API door":            s.call(t, 404, "GET", "/api/v1/nope", ""),
				"outside both doors":           s.call(t, 404, "GET", "/nope", ""),
				"method, app door":             s.call(t, 404, "PUT", "/api/auth/login", ""),
				"method, API door":             s.call(t, 405, "PUT", "/api/v1/auth/sessions", ""),
				"preflight, listed":            s.call(t, 204, "OPTIONS", "/api/auth/login", "", "Origin: https://app.example.com", "Access-Control-Request-Method: POST"),
				"preflight, stranger":          s.call(t, 204, "OPTIONS", "/api/auth/login", "", "Origin: https://evil.example.com", "Access-Control-Request-Method: POST"),
				"log-out":                      s.call(t, 200, "POST", "/api/v1/auth/logout", "", authorization),
			}
			for kind, a := range answers {
				for name, want := range map[string]string{
					"X-Content-Type-Options":  "nosniff",
					"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
					"Referrer-Policy":         "no-referrer",
					"Cache-Control":           "no-store",
				} {
					if got := a.header.Get(name); got != want {
						t.Errorf("%s: %s is %q, want %q", kind, name, got, want)
					}
				}
				if a.header.Get("X-Request-Id") == "" {
					t.Errorf("%s: no X-Request-Id", kind)
				}
				if sent := a.header.Get("Strict-Transport-Security") != ""; sent != (test.name == "https") {
					t.Errorf("%s: Strict-Transport-Security is %q", kind, a.header.Get("Strict-Transport-Security"))
				}
			}
		})
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, publicURL, session, device, secure string }{
		{"http", "http://localhost:8080", "alta", "alta-device", ""},
		{"https", "https://alta.example.com", "__Host-alta", "__Host-alta-device", "; Secure"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, testdb.SQLite(t), "--public-url", test.publicURL)
			created := s.call(t, 201, "POST", "/api/auth/register", registration("john.doe@example.com", password))
			login := s.call(t, 200, "POST", "/api/auth/login", credentials("john.doe@example.com", password))
			for _, a := range []answer{created, login} {
				session := a.cookie(t, test.session)
				want := test.session + "=" + a.token(t) + "; Path=/; Max-Age=604800; HttpOnly" + test.secure + "; SameSite=Lax"
				if session.Raw != want {
					t.Errorf("got\n%s\nwant\n%s", session.Raw, want)
				}
				device := a.cookie(t, test.device)
				if !device.HttpOnly || device.Secure != (test.secure != "") || device.Path != "/" || device.Domain != "" || device.SameSite != http.SameSiteLaxMode {
					t.Errorf("the device's cookie is %s", device.Raw)
				}
			}
			header := "Cookie: " + test.session + "=" + login.token(t)
			s.call(t, 200, "GET", "/api/auth/profile", "", header)
			out := s.call(t, 200, "POST", "/api/v1/auth/logout", "", header).cookie(t, test.session)
			if out.Value != "" || out.MaxAge >= 0 || out.Path != "/" || out.Secure != (test.secure != "") {
				t.Errorf("log-out sets %s, want the cookie cleared", out.Raw)
			}
			s.call(t, 401, "GET", "/api/auth/profile", "", header)
			for _, wrong := range []string{test.device, "Alta", "__Secure-alta", "alta-session"} {
				s.call(t, 401, "GET", "/api/auth/profile", "", "Cookie: "+wrong+"="+created.token(t))
			}
		})
	}
}

// TestHostPrefixIsNotOptional: a subdomain, or an attacker on the network, can set
// a cookie without the prefix.
func TestHostPrefixIsNotOptional(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.SQLite(t), "--public-url", "https://alta.example.com")
	token := s.register(t, "john.doe@example.com")
	s.call(t, 401, "GET", "/api/auth/profile", "", "Cookie: alta="+token)
	s.call(t, 200, "GET", "/api/auth/profile", "", "Cookie: __Host-alta="+token)
}

func TestCORS(t *testing.T) {
	t.Parallel()
	const listed = "https://app.example.com"
	s := start(t, testdb.SQLite(t), "--cors-origins", listed+",http://localhost:5173")
	closed := start(t, testdb.SQLite(t))
	for _, test := range []struct {
		name, origin string
		server       *server
		allowed      bool
	}{
		{"listed", listed, s, true},
		{"second of the list", "http://localhost:5173", s, true},
		{"stranger", "https://evil.example.com", s, false},
		{"listed, another scheme", "http://app.example.com", s, false},
		{"listed, another port", listed + ":8443", s, false},
		{"below the listed", "https://x.app.example.com", s, false},
		{"above the listed", "https://example.com", s, false},
		{"longer than the listed", listed + ".evil.example", s, false},
		{"opaque", "null", s, false},
		{"no list", listed, closed, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			preflight, err := test.server.try(t.Context(), "OPTIONS", "/api/users/me", "", "Origin: "+test.origin,
				"Access-Control-Request-Method: PATCH", "Access-Control-Request-Headers: authorization, content-type")
			if err != nil {
				t.Fatal(err)
			}
			simple := test.server.call(t, 401, "GET", "/api/users/me", "", "Origin: "+test.origin)
			want, credentials := "", ""
			if test.allowed {
				want, credentials = test.origin, "true"
			}
			for kind, a := range map[string]answer{"preflight": preflight, "call": simple} {
				if got := a.header.Get("Access-Control-Allow-Origin"); got != want {
					t.Errorf("%s: Access-Control-Allow-Origin is %q, want %q", kind, got, want)
				}
				if got := a.header.Get("Access-Control-Allow-Credentials"); got != credentials {
					t.Errorf("%s: Access-Control-Allow-Credentials is %q, want %q", kind, got, credentials)
				}
			}
			if methods := preflight.header.Get("Access-Control-Allow-Methods"); strings.Contains(methods, "PATCH") != test.allowed {
				t.Errorf("Access-Control-Allow-Methods is %q", methods)
			}
			if headers := preflight.header.Get("Access-Control-Allow-Headers"); strings.Contains(headers, "Authorization") != test.allowed {
				t.Errorf("Access-Control-Allow-Headers is %q", headers)
			}
		})
	}
}

// TestPagesElsewhereCannotUseTheCookie makes the calls that a page of another
// origin can make a browser send.
func TestPagesElsewhereCannotUseTheCookie(t *testing.T) {
	t.Parallel()
	const listed = "https://app.example.com"
	s := start(t, testdb.SQLite(t), "--cors-origins", listed)
	token := s.register(t, "john.doe@example.com")
	byCookie, byBearer := "Cookie: alta="+token, bearer(token)
	for _, test := range []struct {
		name   string
		sent   []string
		change int // status of a call that changes something
	}{
		{"other site", []string{"Sec-Fetch-Site: cross-site", "Origin: https://evil.example.com"}, 403},
		{"other site without Origin", []string{"Sec-Fetch-Site: cross-site"}, 403},
		{"sibling domain", []string{"Sec-Fetch-Site: same-site", "Origin: https://other.example.com"}, 403},
		{"old browser, other origin", []string{"Origin: https://evil.example.com"}, 403},
		{"old browser, opaque origin", []string{"Origin: null"}, 403},
		{"listed origin", []string{"Sec-Fetch-Site: cross-site", "Origin: " + listed}, 200},
		{"own page", []string{"Sec-Fetch-Site: same-origin", "Origin: " + s.url}, 200},
		{"old browser, own page", []string{"Origin: " + s.url}, 200},
		{"typed address", []string{"Sec-Fetch-Site: none"}, 200},
		{"no browser", nil, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := "Evil " + test.name
			body := `{"firstName":"` + name + `"}`
			refused := s.call(t, test.change, "PATCH", "/api/users/me", body, append(test.sent, byCookie)...)
			if want := `{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}`; test.change == 403 && strings.TrimSpace(refused.body) != want {
				t.Errorf("got %s, want %s", refused.body, want)
			}
			me := s.call(t, 200, "GET", "/api/users/me", "", append(test.sent, byCookie)...)
			if changed := strings.Contains(me.body, name); changed != (test.change == 200) {
				t.Errorf("answered %d, and the user is %s", test.change, me.body)
			}
			if test.change == 403 {
				s.call(t, 403, "POST", "/api/v1/auth/logout", "", append(test.sent, byCookie)...)
			}
			s.call(t, 200, "PATCH", "/api/users/me", body, append(test.sent, byBearer)...)
		})
	}
}
