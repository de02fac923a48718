package site

import (
	"context"
	"html"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"example.com/alta/gen"
)

// aForm is a form of the site, filled in, and the call that it makes.
type aForm struct {
	name, path, method, api, body string
	values                        url.Values
}

var forms = []aForm{
	{"verify", "/verify-email", "POST", apiVerify, `{"token":"T"}`, url.Values{"token": {"T"}}},
	{"reject", "/verify-email", "POST", apiReject, `{"token":"T"}`, url.Values{"token": {"T"}, "do": {"reject"}}},
	{"resend", "/verify-email", "POST", apiResend, `{"email":"a@b.c"}`, url.Values{"email": {"a@b.c"}}},
	{"forgot", "/forgot-password", "POST", apiForgot, `{"email":"a@b.c"}`, url.Values{"email": {"a@b.c"}}},
	{"delete", "/confirm-deletion", "POST", apiDeletion, `{"token":"T"}`, url.Values{"token": {"T"}}},
	{"reset", "/reset-password", "PUT", apiReset, `{"newpassword":"the secret","token":"T"}`, url.Values{"token": {"T"}, "newpassword": {"the secret"}}},
}

func eachForm(t *testing.T, test func(t *testing.T, f aForm, api *fakeAPI, s *Site)) {
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			api := &fakeAPI{status: 200}
			test(t, f, api, New(Config{API: api, Contract: theContract()}))
		})
	}
}

// signUpOf is what the API tells of a sign-up.
func signUpOf(email, address, userAgent string, verified bool) string {
	return string(encode(gen.SignUp{
		Email: email, CreatedAt: "2026-03-04T14:13:20.000Z", Timezone: "America/Argentina/Buenos_Aires", Address: address,
		UserAgent: userAgent, Verified: verified,
	}))
}

func TestGetUsesNothingUp(t *testing.T) {
	api := &fakeAPI{status: 200}
	api.on("POST "+apiSignUp, 200, signUpOf("a@b.c", "", "", false))
	s := New(Config{API: api, Contract: theContract()})
	token := html.EscapeString(evil)
	target := "?token=" + url.QueryEscape(evil)
	contains(t, get(s, "GET", "/verify-email"+target), 200, `<form method="post" action="/verify-email">`, "Verify my email", "hidden")
	contains(t, get(s, "GET", "/verify-email"), 200, `action="/verify-email"`, `type="text" autocomplete="email" inputmode="email"`, "Send me a new link")
	contains(t, get(s, "GET", "/forgot-password"), 200, `action="/forgot-password"`, `type="text" autocomplete="email" inputmode="email"`)
	contains(t, get(s, "GET", "/reset-password"+target), 200, `action="/reset-password"`, `type="password"`,
		`autocomplete="new-password"`, `minlength="8"`, `maxlength="100"`, `aria-describedby="newpassword-hint"`)
	contains(t, get(s, "GET", "/reset-password"), 400, "invalid, has expired, or has already been used", `href="/forgot-password"`)
	contains(t, get(s, "GET", "/confirm-deletion"+target), 200, `action="/confirm-deletion"`, "Permanently delete my account", "hidden")
	contains(t, get(s, "GET", "/confirm-deletion"), 400, "invalid, has expired, or has already been used", "log in and ask for a new link")
	for _, path := range []string{"/verify-email", "/reset-password", "/confirm-deletion"} {
		page := get(s, "GET", path+target).Body.String()
		if strings.Contains(page, "<script") || !strings.Contains(html.UnescapeString(page), `value="`+evil+`"`) {
			t.Errorf("%s does not carry the token %s:\n%s", path, token, page)
		}
	}
	for _, call := range api.asked() {
		if call.URL.Path != apiSignUp {
			t.Errorf("the API was asked %v", call)
		}
	}
}

// TestVerifySaysWhoseSignUpItIs: before the click, the page says when and from where
// somebody signed up, and offers to reject that, unless the address is verified.
func TestVerifySaysWhoseSignUpItIs(t *testing.T) {
	api := &fakeAPI{status: 200}
	s := New(Config{API: api, Contract: theContract()})
	firefox := "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"
	api.on("POST "+apiSignUp, 200, signUpOf("ada@example.com", "203.0.113.7", firefox, false))
	w := get(s, "GET", "/verify-email?token=T")
	contains(t, w, 200, "Is this sign-up yours?", "ada@example.com", "4 March 2026, 11:13 (America/Argentina/Buenos Aires)", "203.0.113.7",
		"Firefox on Linux", "Verify my email", "<summary>This was not me</summary>", `name="do" value="reject"`, "This was not me: delete the account")
	if calls := api.asked(); len(calls) != 1 || calls[0].body != `{"token":"T"}` {
		t.Errorf("the API was asked %v", calls)
	}
	contains(t, get(s, "GET", "/verify-email?token=T", "Accept-Language: es"), 200, "4 de marzo de 2026, 11:13", "Firefox en Linux", "No fui yo")

	api.on("POST "+apiSignUp, 200, signUpOf(evil, evil, evil, false))
	if page := get(s, "GET", "/verify-email?token=T").Body.String(); strings.Contains(page, "<script") {
		t.Errorf("the page has what was sent:\n%s", page)
	}
	api.on("POST "+apiSignUp, 200, signUpOf("ada@example.com", "", "", true))
	page := get(s, "GET", "/verify-email?token=T").Body.String()
	if strings.Contains(page, "not me") || strings.Contains(page, "From</dt>") || !strings.Contains(page, "Verify my email") {
		t.Errorf("the address is verified:\n%s", page)
	}
	api.on("POST "+apiSignUp, 400, tokenInvalid)
	contains(t, get(s, "GET", "/verify-email?token=T"), 400, "invalid, has expired, or has already been used", "Send me a new link")
	api.on("POST "+apiSignUp, 429, rateLimited)
	w = get(s, "GET", "/verify-email?token=T")
	contains(t, w, 429, "Too many attempts.", `href="/verify-email?token=T"`)
	if strings.Contains(w.Body.String(), "Verify my email") {
		t.Error("the page offers to verify what it knows nothing about")
	}
}

// TestCallsOfTheAPI: the API counts the person, and gets nothing that would
// make the call somebody's.
func TestCallsOfTheAPI(t *testing.T) {
	type contextKey struct{}
	eachForm(t, func(t *testing.T, f aForm, api *fakeAPI, s *Site) {
		r := httptest.NewRequest("POST", "http://alta.example.com"+f.path+"?token=other", strings.NewReader(f.values.Encode()))
		r = r.WithContext(context.WithValue(r.Context(), contextKey{}, "kept"))
		r.RemoteAddr = "203.0.113.7:4711"
		do(s, r, []string{"Content-Type: application/x-www-form-urlencoded", "Cookie: alta=x", "Authorization: Bearer x", "X-Api-Key: x",
			"Origin: null", "Sec-Fetch-Site: cross-site", "User-Agent: test", "Accept-Language: fr", "X-Forwarded-For: 1.1.1.1",
			"X-Forwarded-For: 2.2.2.2", "Forwarded: for=3.3.3.3", "X-Real-Ip: 4.4.4.4"})
		calls := api.asked()
		if len(calls) != 1 {
			t.Fatalf("%d calls, want 1", len(calls))
		}
		call := calls[0]
		if call.Method != f.method || call.URL.String() != f.api || call.body != f.body || call.ContentLength != int64(len(f.body)) {
			t.Errorf("the call is %s %s %s", call.Method, call.URL, call.body)
		}
		if call.RemoteAddr != "203.0.113.7:4711" || call.Host != "alta.example.com" || call.Context().Value(contextKey{}) != "kept" {
			t.Errorf("the call is from %s, to %s", call.RemoteAddr, call.Host)
		}
		want := map[string][]string{
			"Content-Type": {"application/json"}, "Accept": {"application/json"},
			"User-Agent": {"test"}, "Accept-Language": {"fr"}, "X-Forwarded-For": {"1.1.1.1", "2.2.2.2"},
			"Forwarded": {"for=3.3.3.3"}, "X-Real-Ip": {"4.4.4.4"},
		}
		if got := map[string][]string(call.Header); !reflect.DeepEqual(got, want) {
			t.Errorf("the call has the headers %v, want %v", got, want)
		}
	})
}

func TestSuccess(t *testing.T) {
	says := map[string][2]string{
		"verify": {"Your email is verified. You can log in now.", "Ya puedes iniciar sesión."},
		"reject": {"is logged out", "Se cerró la sesión de quien se registró"},
		"resend": {"a new link has been sent", "te hemos enviado un enlace nuevo"},
		"forgot": {"If that email is registered, a reset link has been sent.", "te hemos enviado un enlace"},
		"delete": {"We keep nothing that identifies you.", "No se conserva nada que diga quién eres."},
		"reset":  {"Log in with your new password. All other sessions have been ended.", "las demás sesiones se han cerrado"},
	}
	eachForm(t, func(t *testing.T, f aForm, api *fakeAPI, s *Site) {
		for _, status := range []int{200, 204} {
			api.answer(status, "")
			contains(t, post(s, f.path, f.values), 200, says[f.name][0], `role="status"`)
		}
		contains(t, post(s, f.path, f.values, "Accept-Language: es"), 200, says[f.name][1], `<html lang="es">`)
	})
}

func TestBadLinks(t *testing.T) {
	eachForm(t, func(t *testing.T, f aForm, api *fakeAPI, s *Site) {
		if !f.values.Has("token") {
			return
		}
		way := map[string]string{"verify": `action="/verify-email"`, "reset": `href="/forgot-password"`, "reject": `href="/forgot-password"`}[f.name]
		for _, body := range []string{tokenInvalid, invalid("token"), invalid("newpassword", "token")} {
			api.answer(400, body)
			w := post(s, f.path, f.values)
			contains(t, w, 400, "invalid, has expired, or has already been used", way, `role="alert"`, "<title>Error: ")
			if f.name != "reject" {
				contains(t, w, 400, `href="/login"`)
			}
			contains(t, post(s, f.path, f.values, "Accept-Language: es"), 400, "ha caducado")
			if strings.Contains(w.Body.String(), "hidden") {
				t.Errorf("the page still has the token:\n%s", w.Body)
			}
		}
	})
}

func TestRefusedFields(t *testing.T) {
	says := map[string][2]string{
		"email":       {"Enter a valid email address.", "Escribe una dirección de correo válida."},
		"newpassword": {"The password must have between 8 and 100 characters.", "La contraseña debe tener entre 8 y 100 caracteres."},
	}
	eachForm(t, func(t *testing.T, f aForm, api *fakeAPI, s *Site) {
		for name, texts := range says {
			if !f.values.Has(name) {
				continue
			}
			f.values = url.Values{"token": {evil}, name: {evil}}
			for _, body := range []string{invalid(name), invalid()} {
				api.answer(400, body)
				for i, language := range []string{"en", "es"} {
					w := post(s, f.path, f.values, "Accept-Language: "+language)
					contains(t, w, 400, texts[i], `id="`+name+`-error"`, `aria-invalid="true"`, `aria-describedby="`+name+`-error`, `<label for="`+name+`">`)
					page := w.Body.String()
					if strings.Contains(page, "<script") || strings.Count(html.UnescapeString(page), `value="`+evil+`"`) != 1 {
						t.Errorf("the page has not what was sent once, escaped:\n%s", page)
					}
				}
			}
		}
	})
}

func TestLaterAndBroken(t *testing.T) {
	for _, test := range []struct {
		name              string
		status            int
		retryAfter, body  string
		want              int
		english, spanish  string
		header, requestID string
	}{
		{"rate limited", 429, "42", rateLimited, 429, "Too many attempts. Wait 42 seconds, then try again.", "Demasiados intentos. Espera 42 segundos", "42", ""},
		{"limited for long", 429, "3599", rateLimited, 429, "Wait 60 minutes", "Espera 60 minutos", "3599", ""},
		{"limited, no time", 429, "", rateLimited, 429, "Too many attempts. Wait a moment", "Espera un momento", "", ""},
		{"overloaded", 503, "5", overloaded, 503, "The server is busy. Wait 5 seconds", "El servidor está ocupado. Espera 5 segundos", "5", ""},
		{"broken", 500, "7", internal, 500, "Something went wrong on our side.", "Algo ha fallado por nuestra parte.", "7", "r-4&lt;i&gt;"},
		{"no JSON", 502, "", "<html>", 500, "Something went wrong on our side.", "Algo ha fallado", "", ""},
		{"another code", 400, "", `{"code":"email_taken","request_id":"r-9"}`, 500, "Something went wrong on our side.", "Algo ha fallado", "", "r-9"},
		{"another status", 404, "", `{"code":"not_found"}`, 500, "Something went wrong on our side.", "Algo ha fallado", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			eachForm(t, func(t *testing.T, f aForm, api *fakeAPI, s *Site) {
				api.later(test.status, test.retryAfter, test.body)
				w := post(s, f.path, f.values)
				contains(t, w, test.want, test.english, test.requestID, `role="alert"`, `action="`+f.path+`"`)
				contains(t, post(s, f.path, f.values, "Accept-Language: es"), test.want, test.spanish, `role="alert"`)
				if got := w.Header().Get("Retry-After"); got != test.header {
					t.Errorf("Retry-After is %q, want %q", got, test.header)
				}
				page := w.Body.String()
				if shown := strings.Contains(page, "<code>"); shown != (test.requestID != "") {
					t.Errorf("the request's id is shown: %v", shown)
				}
				for name, values := range f.values {
					if strings.Contains(page, `value="`+values[0]+`"`) != (name != fieldNewPassword) {
						t.Errorf("the form to try again with: %s:\n%s", name, page)
					}
				}
			})
		})
	}
}

// TestNothingSent: a form without its fields is refused by the API as any
// other.
func TestNothingSent(t *testing.T) {
	api := &fakeAPI{}
	s := New(Config{API: api, Contract: theContract()})
	api.answer(400, invalid("email"))
	contains(t, post(s, "/forgot-password", nil), 400, "Enter a valid email address.")
	api.answer(400, invalid("newpassword", "token"))
	contains(t, post(s, "/reset-password", nil), 400, "invalid, has expired")
	api.answer(400, invalid("token"))
	contains(t, post(s, "/verify-email", nil), 400, "invalid, has expired")
	if calls := api.asked(); len(calls) != 3 {
		t.Errorf("the API was asked %v", calls)
	}
}

// TestResetMarksTheBrowser: the page of the new password passes on the cookie that the
// API sets, and the other pages none.
func TestResetMarksTheBrowser(t *testing.T) {
	eachForm(t, func(t *testing.T, f aForm, api *fakeAPI, s *Site) {
		api.answer(200, "")
		cookies := post(s, f.path, f.values).Result().Cookies()
		if want := f.name == "reset"; (len(cookies) == 1) != want || len(cookies) > 1 {
			t.Errorf("the cookies are %v, want one: %v", cookies, want)
		}
	})
}
