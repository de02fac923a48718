package site

import (
	"net/url"
	"strings"
	"testing"

	"example.com/alta/internal/problem"
)

var credentials = url.Values{"email": {"john.doe@example.com"}, "password": {"SecurePass123!"}, "next": {"/app/accounts?x=1"}}

func TestLogIn(t *testing.T) {
	api := &fakeAPI{status: 200, body: `{"token":"t"}`}
	// The API sets the session's cookie here, and the pages go by it at once.
	s := New(Config{API: api, Contract: theContract(), SessionCookie: "alta"})
	for _, test := range []struct{ next, balance, want string }{
		{"", noPlan, "/app"},
		{"", freePlan, "/account"},
		{"/account/credentials?x=1", "", "/account/credentials?x=1"},
		{"//evil.example.com", noPlan, "/app"},
		{"https://evil.example.com", freePlan, "/account"},
	} {
		api.on("GET "+apiBalance, 200, test.balance)
		values := url.Values{"email": {"john.doe@example.com"}, "password": {"SecurePass123!"}, "next": {test.next}}
		w := post(s, "/login", values, "Cookie: alta-device=d; alta=old")
		leads(t, w, test.want)
		if got := w.Header().Values("Set-Cookie"); len(got) == 0 || got[0] != "alta=secret" {
			t.Errorf("the cookies handed on are %q", got)
		}
		calls := api.asked()
		if call := calls[0]; call.Method != "POST" || call.URL.Path != apiAppLogIn || call.Header.Get("Cookie") != "alta-device=d; alta=old" ||
			call.body != `{"email":"john.doe@example.com","password":"SecurePass123!"}` {
			t.Errorf("the API was asked %+v", call)
		}
		if test.balance != "" && calls[1].Header.Get("Cookie") != "alta-device=d; alta=secret" {
			t.Errorf("the balance was asked for with %v", calls[1].Header)
		}
	}
	api.on("GET "+apiBalance, 500, internal)
	leads(t, post(s, "/login", url.Values{}), "/app")
}

func TestLogInRefused(t *testing.T) {
	api := &fakeAPI{}
	s := signUpSite(api)
	for _, test := range []struct {
		failure          error
		want             int
		retryAfter       string
		english, spanish string
	}{
		{problem.ErrCredentials, 400, "", "The email or the password is wrong.", "El correo o la contraseña no son correctos."},
		{problem.ErrSuspended, 403, "", "This account is suspended.", "Esta cuenta está suspendida."},
		{locked, 429, "60", `role="alert" data-wait="60">Too many attempts. Wait 60 seconds`, "Espera 60 segundos"},
		{problem.ErrOverloaded, 503, "5", "The server is busy. Wait 5 seconds", "Espera 5 segundos"},
		{problem.ErrStorage, 503, "5", "Nothing can be saved at the moment. Wait 5 seconds", "De momento no se puede guardar nada. Espera 5 segundos"},
		{rejected("email format"), 400, "", "Enter a valid email address.", "Escribe una dirección de correo válida."},
		{errBroken, 500, "", "went wrong on our side", "Algo ha fallado"},
	} {
		api.fail(test.failure)
		w := post(s, "/login", credentials)
		contains(t, w, test.want, test.english, "<title>Error: ", `role="alert"`, `value="john.doe@example.com"`, `name="next" value="/app/accounts?x=1"`)
		contains(t, post(s, "/login", credentials, "Accept-Language: es"), test.want, test.spanish)
		lacks(t, w, "SecurePass123!")
		if waits := strings.Contains(w.Body.String(), "/assets/wait.js"); waits != (test.retryAfter != "") {
			t.Errorf("%v: the page has the script that counts: %v", test.failure, waits)
		}
		if got := w.Header().Get("Retry-After"); got != test.retryAfter {
			t.Errorf("%v: Retry-After is %q", test.failure, got)
		}
	}
	contains(t, post(s, "/login", credentials, "Sec-Fetch-Site: cross-site"), 403, "sent from another site")
}

func TestLogInUnverified(t *testing.T) {
	api := &fakeAPI{failure: problem.ErrUnverified}
	s := signUpSite(api)
	w := post(s, "/login", credentials)
	contains(t, w, 403, "Check your inbox", "john.doe@example.com is not verified yet", `action="/verify-email"`,
		`<input type="hidden" name="email" value="john.doe@example.com">`, `href="/dev/mailbox"`)
	contains(t, post(s, "/login", credentials, "Accept-Language: es"), 403, "todavía no está verificada")
	s = New(Config{API: api, Contract: theContract(), SessionCookie: memberCookie})
	lacks(t, post(s, "/login", credentials), "mailbox")
}

func TestGoogleFailed(t *testing.T) {
	s := signUpSite(&fakeAPI{})
	contains(t, get(s, "GET", "/login?error=auth_failed"), 200, `role="alert"`, "Signing in with Google did not work.")
	contains(t, get(s, "GET", "/login?error=auth_failed", "Accept-Language: es"), 200, "No se ha podido iniciar sesión con Google.")
	lacks(t, get(s, "GET", "/login?error="+url.QueryEscape(evil)), "<script>alert")
}

func TestSignedIn(t *testing.T) {
	api := &fakeAPI{}
	api.on("GET "+apiProfile, 200, profileOfJohn)
	api.on("GET "+apiBalance, 200, freePlan)
	s := signUpSite(api)
	for path, next := range map[string]string{"/login": "/account", "/register": "/account", "/login?next=%2Fapp%2Fbudgets": "/app/budgets", "/login?next=%2F%2Fevil": "/account"} {
		contains(t, get(s, "GET", path, memberHeader), 200, "You are logged in", "john.doe@example.com", `class="button" href="`+next+`"`, `action="/logout"`)
	}
	contains(t, get(s, "GET", "/login", memberHeader, "Accept-Language: es"), 200, "Tienes la sesión iniciada")
	if call := api.asked()[0]; call.Header.Get("Cookie") != memberCookie+"=x" {
		t.Errorf("the API was asked with %v", call.Header)
	}

	// A session that has ended must not keep anybody from logging in.
	api.on("GET "+apiProfile, 401, `{"statusCode":401,"message":"Unauthorized"}`)
	w := get(s, "GET", "/login?next=%2Fapp", memberHeader)
	contains(t, w, 200, `name="password"`, `name="next" value="/app"`, `href="/register"`)
	lacks(t, w, "/logout")
	isCleared(t, w.Header().Values("Set-Cookie"))
	api.on("GET "+apiProfile, 503, overloaded)
	contains(t, get(s, "GET", "/login", memberHeader), 200, `name="password"`)
}

// isCleared checks that the session's cookie is.
func isCleared(t *testing.T, set []string) {
	t.Helper()
	const want = memberCookie + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
	if len(set) == 0 || set[len(set)-1] != want {
		t.Errorf("the cookies set are %q, want %q at last", set, want)
	}
}

func TestLogOut(t *testing.T) {
	api := &fakeAPI{status: 200, body: `{"message":"Logout successful"}`}
	s := signUpSite(api)
	w := post(s, "/logout", nil, memberHeader, "Origin: https://alta.example.com")
	leads(t, w, "/login?done=logged-out")
	isCleared(t, w.Header().Values("Set-Cookie"))
	call := api.asked()[0]
	if call.Method != "POST" || call.URL.Path != apiLogOut || call.Header.Get("Cookie") != memberCookie+"=x" || call.Header.Get("Origin") != "https://alta.example.com" {
		t.Errorf("the API was asked %+v", call)
	}
	contains(t, get(s, "GET", "/login?done=logged-out"), 200, `role="status"`, "You are logged out.")

	api.answer(401, `{}`)
	w = post(s, "/logout", nil, memberHeader)
	leads(t, w, "/login?done=logged-out")
	isCleared(t, w.Header().Values("Set-Cookie"))
	api.answer(500, internal)
	w = post(s, "/logout", nil, memberHeader)
	contains(t, w, 500, "went wrong on our side")
	api.asked()
	contains(t, post(s, "/logout", nil, memberHeader, "Sec-Fetch-Site: cross-site"), 403, "sent from another site")
	contains(t, get(s, "GET", "/logout", memberHeader), 405, "does not support that method")
	if calls := api.asked(); len(calls) > 0 {
		t.Errorf("the API was asked %v", calls)
	}
}

func TestForgetOverHTTPS(t *testing.T) {
	s := New(Config{API: &fakeAPI{status: 401}, Contract: theContract(), SessionCookie: "__Host-alta"})
	set := post(s, "/logout", nil, "Cookie: __Host-alta=x").Header().Values("Set-Cookie")
	const want = "__Host-alta=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
	if set[len(set)-1] != want {
		t.Errorf("got %q, want %q", set, want)
	}
}
