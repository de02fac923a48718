package site

import (
	"errors"
	"fmt"
	"html"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/money"
	"example.com/alta/internal/problem"
)

// signUpSite is a site whose session's cookie the fake API does not set.
func signUpSite(api *fakeAPI) *Site {
	return New(Config{
		API: api, Mailbox: emptyBox{}, Contract: theContract(), SessionCookie: memberCookie, Google: true,
		PublicURL: &url.URL{Scheme: "https", Host: "alta.example.com"},
	})
}

const memberHeader = "Cookie: " + memberCookie + "=x"

var registration = url.Values{
	"firstName": {"John"}, "lastName": {"Doe"}, "email": {"john.doe@example.com"}, "password": {"SecurePass123!"}, "currency": {"USD"},
	"idempotency": {"i-1"},
}

// errBroken is an error that the API has no answer of its own for.
var errBroken = errors.New("broken")

// lacks checks that the page has none of the texts.
func lacks(t *testing.T, w *httptest.ResponseRecorder, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(w.Body.String(), text) {
			t.Errorf("the page has %q:\n%s", text, w.Body)
		}
	}
}

// leads checks that the answer leads to the path.
func leads(t *testing.T, w *httptest.ResponseRecorder, path string) {
	t.Helper()
	if got := w.Header().Get("Location"); w.Code != 303 || got != path {
		t.Errorf("answered %d to %q, want %q:\n%s", w.Code, got, path, w.Body)
	}
}

// TestFormsAreValid shows the pages as they are before anything is typed.
func TestFormsAreValid(t *testing.T) {
	api := &fakeAPI{}
	api.on("GET "+apiPlans, 200, plansList)
	s := signUpSite(api)
	pages := map[string]string{}
	for path, headings := range map[string][2]string{
		"/register": {"Create your account", "Crea tu cuenta"},
		"/join":     {"Get API access", "Obtén acceso a la API"},
		"/login":    {"Log in", "Iniciar sesión"},
		"/pricing":  {"Pricing", "Precios"},
	} {
		for i, language := range []string{"en", "es"} {
			w := get(s, "GET", path, "Accept-Language: "+language)
			contains(t, w, 200, "<h1>"+headings[i]+"</h1>", `<html lang="`+language+`">`)
			pages[path+" "+language] = w.Body.String()
		}
	}
	for _, call := range api.asked() {
		if call.URL.Path != apiPlans {
			t.Errorf("the API was asked %s %s", call.Method, call.URL)
		}
	}
	for i, state := range []struct {
		path, header string
		answer       apiAnswer
		values       url.Values
	}{
		{"/register", "", apiAnswer{failure: registrationRejected}, registration},
		{"/register", "", apiAnswer{failure: problem.ErrEmailTaken}, registration},
		{"/login", "", apiAnswer{failure: problem.ErrCredentials}, credentials},
		{"/login", "", apiAnswer{failure: problem.ErrUnverified}, credentials},
		{"/join", "", apiAnswer{status: 200, body: redeemed}, enquiring},
		{"/join", "", apiAnswer{failure: problem.ErrMailFailed}, joining},
		{"/join", memberHeader, apiAnswer{status: 201, body: aNewKey}, joining},
	} {
		api.answer(state.answer.status, state.answer.body)
		api.failure = state.answer.failure
		pages[fmt.Sprint(i, " ", state.path)] = post(s, state.path, state.values, state.header).Body.String()
	}
	browser.ValidateHTML(t, pages)
}

// TestRulesOfTheContract: the forms have no limits of their own.
func TestRulesOfTheContract(t *testing.T) {
	s := signUpSite(&fakeAPI{})
	page := get(s, "GET", "/register")
	contains(t, page, 200, `name="firstName"`, `minlength="2" maxlength="100"`, `minlength="8" maxlength="100"`, "8 to 100 characters.",
		`<option value="ARS" selected>Argentine peso (ARS)</option>`, `<option value="JPY">Japanese yen (JPY)</option>`, `href="/api/auth/google"`, `href="/join"`)
	lacks(t, page, "optional")
	lacks(t, get(New(Config{Contract: theContract()}), "GET", "/register"), "Google", "google")
}

func TestRegister(t *testing.T) {
	api := &fakeAPI{status: 201, body: `{"token":"secret"}`}
	s := signUpSite(api)
	w := post(s, "/register", registration, "Origin: https://alta.example.com", "Cookie: alta-device=d")
	leads(t, w, "/app?done=registered")
	if got := w.Header().Get("Set-Cookie"); got != "alta=secret" {
		t.Errorf("the cookie handed on is %q", got)
	}
	calls := api.asked()
	call := calls[0]
	const body = `{"currency":"USD","email":"john.doe@example.com","firstName":"John","language":"en","lastName":"Doe",` +
		`"password":"SecurePass123!","timezone":"America/Argentina/Buenos_Aires"}`
	if call.Method != "POST" || call.URL.Path != apiAppRegister || call.body != body || call.Header.Get("Idempotency-Key") != "i-1" ||
		call.Header.Get("Origin") != "https://alta.example.com" || call.Header.Get("Cookie") != "alta-device=d" {
		t.Errorf("the API was asked %+v", call)
	}
	if len(calls) != 1 {
		t.Errorf("the API was asked %v", calls)
	}
	contains(t, post(s, "/register", registration, "Origin: https://evil.example.com"), 403, "sent from another site")
	if calls := api.asked(); len(calls) > 0 {
		t.Errorf("the API was asked %v", calls)
	}
}

func TestRegisterRefused(t *testing.T) {
	api := &fakeAPI{}
	s := signUpSite(api)
	for _, test := range []struct {
		failure          error
		status           int
		english, spanish string
		at               string // the field that is marked
	}{
		{rejected("email format"), 400, "Enter a valid email address.", "Escribe una dirección de correo válida.", "email"},
		{rejected("password minLength"), 400, "Enter at least 8 characters.", "Escribe al menos 8 caracteres.", "password"},
		{rejected("lastName minLength", "lastName type"), 400, "Enter at least 2 characters.", "Escribe al menos 2 caracteres.", "lastName"},
		{rejected("currency pattern"), 400, "Choose one of the options.", "Elige una de las opciones.", "currency"},
		{problem.ErrEmailTaken, 409, `An account with this address already exists. <a href="/login">Log in</a>`, `Ya hay una cuenta con este correo. <a href="/login">`, "email"},
		{problem.ErrIdempotencyConflict.After(time.Second), 409, "The server is busy. Wait 1 second", "Espera 1 segundo", ""},
		{problem.ErrLocked.After(42 * time.Second), 429, "Wait 42 seconds", "Espera 42 segundos", ""},
		{errBroken, 500, "went wrong on our side", "Algo ha fallado", ""},
	} {
		api.fail(test.failure)
		w := post(s, "/register", registration)
		contains(t, w, test.status, test.english, "<title>Error: ", `value="john.doe@example.com"`, `value="USD" selected`, `value="i-1"`)
		contains(t, post(s, "/register", registration, "Accept-Language: es"), test.status, test.spanish)
		lacks(t, w, "SecurePass123!")
		if marked := strings.Contains(w.Body.String(), `aria-invalid="true" autofocus`); marked != (test.at != "") {
			t.Errorf("%v: a field is marked: %v", test.failure, marked)
		} else if marked {
			contains(t, w, test.status, `id="`+test.at+`-error"`)
		}
	}
}

func TestHostileRegistration(t *testing.T) {
	api := &fakeAPI{}
	s := signUpSite(api)
	values := url.Values{}
	for name := range registration {
		values.Set(name, evil)
	}
	api.fail(registrationRejected)
	w := post(s, "/register", values)
	lacks(t, w, "<script>")
	if n := strings.Count(html.UnescapeString(w.Body.String()), `value="`+evil+`"`); n != 5 { // all but the password
		t.Errorf("the page has %d of the values:\n%s", n, w.Body)
	}
}

// TestCurrencies: people choose by name from all currencies of the contract. The
// documented ones come first, the others in the order of the reader's dictionary.
func TestCurrencies(t *testing.T) {
	for language, want := range map[string][]string{
		"en": {"Argentine peso (ARS)", "US dollar (USD)", "Euro (EUR)", "Afghan afghani (AFN)", "Albanian lek (ALL)"},
		"es": {"Peso argentino (ARS)", "Dólar estadounidense (USD)", "Euro (EUR)", "Afgani afgano (AFN)", "Ariari malgache (MGA)"},
	} {
		options := texts[language].currencyOptions("")
		if len(options) != len(money.Currencies()) {
			t.Errorf("%s: %d currencies are offered, want all %d", language, len(options), len(money.Currencies()))
		}
		for i, says := range want {
			if options[i].Says != says || (options[i].Group == "") != (i < 3) {
				t.Errorf("%s: choice %d is %+v, want %s", language, i, options[i], says)
			}
		}
	}
	last := func(options []option) option { return options[len(options)-1] }
	if kept := last(spanish.currencyOptions("DEM")); kept.Value != "DEM" || kept.Says != "DEM" {
		t.Errorf("a stored code that the contract does not have is not offered: the last choice is %+v", kept)
	}
	if extra := last(spanish.currencyOptions("JPY")); extra.Value == "JPY" {
		t.Error("a chosen currency is offered twice")
	}
}
