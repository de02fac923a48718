package site

import (
	"errors"
	"net/url"
	"testing"

	"example.com/alta/internal/problem"
)

var (
	joining   = url.Values{"token": {"eyJ.eyJ.sig"}, "email": {"user@example.com"}, "password": {"correct horse"}, "idempotency": {"i-2"}}
	enquiring = url.Values{"code": {" K7QXM-2VABD-RT5WE-HN4PZ"}}
)

func TestJoin(t *testing.T) {
	api := &fakeAPI{status: 200, body: redeemed}
	s := signUpSite(api)
	w := post(s, "/join", enquiring)
	contains(t, w, 200, "Invite accepted", "Finish within 15 minutes.", `name="token" value="eyJ.eyJ.sig"`, `name="email"`, `minlength="8" maxlength="100"`)
	if call := api.asked()[0]; call.URL.Path != apiRedeem || call.body != `{"code":" K7QXM-2VABD-RT5WE-HN4PZ"}` {
		t.Errorf("the API was asked %+v", call)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q", got)
	}
	contains(t, post(s, "/join", enquiring, "Accept-Language: es"), 200, "Invitación aceptada", "15 minutos")

	api.asked()
	w = post(s, "/join", joining)
	contains(t, w, 200, "Check your inbox", "We have sent two mails to user@example.com. One has a link", `href="/dev/mailbox"`, `action="/verify-email"`, `name="email" value="user@example.com"`)
	lacks(t, w, "eyJ.eyJ.sig", "correct horse")
	call := api.asked()[0]
	if call.URL.Path != apiRegister || call.Header.Get("Idempotency-Key") != "i-2" ||
		call.body != `{"currency":"ARS","email":"user@example.com","invite_token":"eyJ.eyJ.sig","language":"en","password":"correct horse",`+
			`"timezone":"America/Argentina/Buenos_Aires"}` {
		t.Errorf("the API was asked %+v", call)
	}
	contains(t, post(s, "/join", joining, "Accept-Language: es"), 200, "Revisa tu correo")
	contains(t, post(s, "/join", joining, "Sec-Fetch-Site: cross-site"), 403, "sent from another site")
}

// TestCodesInURLs: a code is a secret while it has uses left.
func TestCodesInURLs(t *testing.T) {
	lacks(t, get(signUpSite(&fakeAPI{}), "GET", "/join?code=SECRET&token=HIDDEN"), `value="SECRET"`, `value="HIDDEN"`)
}

func TestCodeRefused(t *testing.T) {
	api := &fakeAPI{}
	s := signUpSite(api)
	for _, test := range []struct {
		failure          error
		status           int
		english, spanish string
	}{
		{problem.ErrInviteUnknown, 400, "This invite does not exist.", "Esta invitación no existe."},
		{problem.ErrInviteUsed, 410, "This invite has already been used.", "Esta invitación ya se ha usado."},
		{problem.ErrInviteExpired, 410, "This invite has expired.", "Esta invitación ha caducado."},
		{problem.ErrInviteRevoked, 410, "This invite has been revoked.", "Esta invitación se ha anulado."},
		{rejected("code maxLength"), 400, "Enter at most 100 characters.", "Escribe como máximo 100 caracteres."},
	} {
		api.fail(test.failure)
		w := post(s, "/join", url.Values{"code": {evil}})
		contains(t, w, test.status, test.english, `id="code-error"`, `aria-invalid="true" autofocus`, "<title>Error: ", "&lt;script&gt;")
		contains(t, post(s, "/join", enquiring, "Accept-Language: es"), test.status, test.spanish)
		lacks(t, w, "<script>")

		// The same, said of the token: back to the first step.
		if !errors.Is(test.failure, rejected("code")) {
			w = post(s, "/join", joining)
			contains(t, w, test.status, `role="alert">`+test.english, `name="code"`)
			lacks(t, w, "eyJ.eyJ.sig")
		}
	}
	contains(t, post(s, "/join", nil), 400, "Fill in this field.")
	api.later(429, "42", rateLimited)
	contains(t, post(s, "/join", enquiring), 429, "Wait 42 seconds", `name="code"`)
}

func TestJoinRefused(t *testing.T) {
	api := &fakeAPI{}
	s := signUpSite(api)
	api.fail(problem.ErrInviteToken)
	contains(t, post(s, "/join", joining), 400, `role="alert">Your time to finish has run out.`, `name="code"`)
	contains(t, post(s, "/join", joining, "Accept-Language: es"), 400, "Se ha acabado el tiempo.")

	api.fail(problem.ErrEmailTaken)
	w := post(s, "/join", joining)
	contains(t, w, 400, `An account with this address already exists. <a href="/login">`, `name="token" value="eyJ.eyJ.sig"`, `value="i-2"`)
	lacks(t, w, "correct horse")

	api.fail(rejected("password minLength"))
	contains(t, post(s, "/join", joining), 400, `id="password-error"`, "Enter at least 8 characters.", "Check the marked fields below.")

	api.fail(problem.ErrMailFailed)
	contains(t, post(s, "/join", joining), 500, "Your account is ready", "could not be sent", `action="/verify-email"`, `name="email" value="user@example.com"`)
	contains(t, post(s, "/join", joining, "Accept-Language: es"), 500, "Tu cuenta está lista")

	api.answer(500, internal)
	contains(t, post(s, "/join", joining), 500, "r-4&lt;i&gt;", `name="token" value="eyJ.eyJ.sig"`)
}

func TestActivate(t *testing.T) {
	api := &fakeAPI{status: 201, body: aNewKey}
	api.on("GET "+apiBalance, 200, noPlan)
	api.on("POST "+apiRedeem, 200, redeemed)
	s := signUpSite(api)
	w := get(s, "GET", "/join", memberHeader)
	contains(t, w, 200, `name="code"`)
	lacks(t, w, `href="/login"`)
	w = post(s, "/join", enquiring, memberHeader)
	contains(t, w, 200, "Activate API access", `name="token" value="eyJ.eyJ.sig"`)
	lacks(t, w, `name="password"`)
	api.asked()
	w = post(s, "/join", joining, memberHeader)
	contains(t, w, 200, "API access is active", `<code id="new-key" data-api-key="7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11">alta_4eC39HqLyjWDarjtT1zdp7dcK2bN8xVQ0a5fXyZZ01</code>`)
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q", got)
	}
	call := api.asked()[0]
	if call.URL.Path != apiActivate || call.body != `{"invite_token":"eyJ.eyJ.sig"}` || call.Header.Get("Idempotency-Key") != "i-2" ||
		call.Header.Get("Cookie") != memberCookie+"=x" {
		t.Errorf("the API was asked %+v", call)
	}
	contains(t, post(s, "/join", joining, memberHeader, "Accept-Language: es"), 200, "El acceso a la API está activo")
}

func TestActivateRefused(t *testing.T) {
	api := &fakeAPI{}
	api.on("GET "+apiBalance, 200, freePlan)
	s := signUpSite(api)
	contains(t, get(s, "GET", "/join", memberHeader), 200, "You already have API access", `href="/account/credentials"`)
	for _, test := range []struct {
		failure error
		status  int
		says    string
	}{
		{problem.ErrActivateUnverified, 403, "Verify your address first."},
		{problem.ErrActive, 403, "You already have API access"},
		{problem.ErrInviteUsed, 410, `role="alert">This invite has already been used.`},
		{problem.ErrSuspended, 403, "This account is suspended."},
		{errBroken, 500, "r-7"},
	} {
		api.fail(test.failure)
		contains(t, post(s, "/join", joining, memberHeader), test.status, test.says)
	}
	api.fail(problem.ErrUnauthorized)
	leads(t, post(s, "/join", joining, memberHeader), "/login?next=%2Fjoin")
	api.failOn("GET "+apiBalance, problem.ErrUnauthorized)
	w := get(s, "GET", "/join", memberHeader)
	contains(t, w, 200, `name="code"`, `href="/login"`)
	isCleared(t, w.Header().Values("Set-Cookie"))
}
