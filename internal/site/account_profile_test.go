package site

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/alta/internal/problem"
)

// recordForm is what the form of a person's own record sends, with one value changed.
func recordForm(name, value string) url.Values {
	values := url.Values{"firstName": {"John"}, "lastName": {"Doe"}, "currency": {"USD"}, "fiscalStartDay": {"15"}, "timezone": {"America/Argentina/Buenos_Aires"}, "language": {"es"}}
	values.Set(name, value)
	return values
}

func TestProfile(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	s := accountSite(api)
	contains(t, get(s, "GET", pathProfile, asJohn), 200, "john.doe@example.com", "Not verified", `href="/verify-email"`, "4\u00a0Mar\u00a02026", `value="John"`,
		`value="USD" selected`, `value="15" selected`, `<option value="28">28`, `value="es" selected`, `href="/api/users/me/export" download`, `href="/account/delete"`)
	api.on("GET "+apiMe, 200, recordOf("", "", "GOOGLE", `"2026-03-04T14:13:20.000Z"`))
	w := get(s, "GET", pathProfile, asJohn, "Accept-Language: es")
	contains(t, w, 200, "Verificado", "Zona horaria", "Descargar mis datos")
	if strings.Contains(w.Body.String(), "Sin verificar") {
		t.Error("the address is verified")
	}
}

func TestChangeProfile(t *testing.T) {
	for _, test := range []struct{ name, value, body string }{
		{"firstName", " Jane ", `{"firstName":"Jane"}`},
		{"firstName", "", `{"firstName":""}`},
		{"fiscalStartDay", "1", `{"fiscalStartDay":1}`},
		{"fiscalStartDay", "x", `{"fiscalStartDay":"x"}`},
		{"language", "en", `{"language":"en"}`},
	} {
		api := &fakeAPI{}
		api.account()
		api.on("PATCH "+apiMe, 200, recordOf("John", "Doe", "LOCAL", "null"))
		s := accountSite(api)
		w := sendJohn(s, pathProfile, recordForm(test.name, test.value))
		if calls := api.asked(); len(calls) != 2 || calls[1].body != test.body || calls[1].Header.Get("If-Match") == "" || calls[1].Header.Get("Origin") != "https://alta.example.com" {
			t.Errorf("%s %q: the API was asked %v, want %s", test.name, test.value, calls, test.body)
		}
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != pathProfile+"?done="+doneProfile {
			t.Errorf("%s: answered %d %v", test.name, w.Code, w.Header())
		}
		contains(t, get(s, "GET", w.Header().Get("Location"), asJohn), 200, "Profile saved")
	}
}

// TestChangeProfileOfNobody: who came by the API door has no names, and need
// not make some up to change something else.
func TestChangeProfileOfNobody(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	api.on("GET "+apiMe, 200, recordOf("", "", "LOCAL", "null"))
	api.on("PATCH "+apiMe, 200, recordOf("", "", "LOCAL", "null"))
	form := recordForm("language", "en")
	form.Set("firstName", "")
	form.Set("lastName", "  ")
	sendJohn(accountSite(api), pathProfile, form)
	if call := api.asked()[1]; call.body != `{"language":"en"}` {
		t.Errorf("the API was asked %s", call.body)
	}
}

func TestChangeProfileRefused(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	api.failOn("PATCH "+apiMe, profileRejected)
	s := accountSite(api)
	form := recordForm("timezone", "Nowhere")
	form.Set("firstName", "J")
	w := sendJohn(s, pathProfile, form)
	contains(t, w, 400, "Check the marked fields", `id="firstName-error">Enter at least 2`, `value="J"`, `id="timezone-error"`, `value="Nowhere"`, "<title>Error: ")
	if body := w.Body.String(); strings.Contains(body, `id="lastName-error"`) || strings.Count(body, " autofocus") != 1 || strings.Index(body, " autofocus") > strings.Index(body, `id="lastName"`) {
		t.Errorf("the errors are not where they belong:\n%s", body)
	}
	contains(t, post(s, pathProfile, form, asJohn, "Accept-Language: es"), 400, "Escribe al menos 2", "Revisa lo que está marcado")
	api.on("PATCH "+apiMe, 500, internal)
	contains(t, sendJohn(s, pathProfile, form), 500, "went wrong on our side", `value="Nowhere"`)
}

func TestDeleteAccount(t *testing.T) {
	const typed = "SecurePass123!"
	for _, test := range []struct {
		answer apiAnswer
		want   int
		sent   string
		says   string
	}{
		{apiAnswer{status: 200, body: `{"message":"Tu cuenta ha sido eliminada."}`}, 200, typed, "Your account is deleted"},
		{apiAnswer{status: 202, body: `{"message":"Te enviamos un correo"}`}, 200, "", "Check your inbox"},
		{apiAnswer{failure: problem.ErrPasswordRequired}, 400, "", "Enter your password."},
		{apiAnswer{failure: problem.ErrCredentials}, 400, typed, "The password is wrong."},
		{apiAnswer{failure: locked}, 429, typed, "Too many attempts"},
		{apiAnswer{failure: errBroken}, 500, typed, "went wrong on our side"},
	} {
		api := &fakeAPI{}
		api.account()
		api.operations["POST "+apiAskDeletion] = test.answer
		s := accountSite(api)
		w := sendJohn(s, pathDelete, url.Values{"password": {test.sent}})
		contains(t, w, test.want, test.says)
		want := `{}`
		if test.sent != "" {
			want = `{"password":"` + typed + `"}`
		}
		if call := api.asked()[1]; call.body != want {
			t.Errorf("%s: the API was asked %s", test.says, call.body)
		}
		if strings.Contains(w.Body.String(), typed) {
			t.Errorf("%s: the page shows the password", test.says)
		}
	}
}

// TestDeleteAccountAsks: looking deletes nothing, and who logs in by somebody
// else may have no password.
func TestDeleteAccountAsks(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	s := accountSite(api)
	w := get(s, "GET", pathDelete, asJohn)
	contains(t, w, 200, "It cannot be undone", `type="password"`, "required", `href="/api/users/me/export"`)
	api.on("GET "+apiMe, 200, recordOf("John", "Doe", "GOOGLE", "null"))
	contains(t, get(s, "GET", pathDelete, asJohn, "Accept-Language: es"), 200, "Si no tienes contraseña, déjala vacía", "(opcional)")
	for _, call := range api.asked() {
		if call.Method != "GET" {
			t.Errorf("the API was asked %s %s", call.Method, call.URL)
		}
	}
}
