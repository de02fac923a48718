package site

import (
	"context"
	"net/http/httptest"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Bodies of the API's answers.
const (
	profileOfJohn = `{"message":"This is your profile","user":{"id":"550e8400-e29b-41d4-a716-446655440000","email":"john.doe@example.com","firstName":"John","lastName":"Doe"}}`
	noPlan        = `{"current_balance":0,"plan":"none","monthly_quota":0,"billing_cycle_end":null,"days_until_refill":null,"suspended":true}`
	freePlan      = `{"current_balance":1995,"plan":"free","monthly_quota":2000,"billing_cycle_end":"2026-12-04T14:13:20.000Z","days_until_refill":31,"suspended":false}`
	redeemed      = `{"message":"Invite code accepted","invite_token":"eyJ.eyJ.sig","expires_in":900}`
	aNewKey       = `{"id":"7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11","name":"default","key":"alta_4eC39HqLyjWDarjtT1zdp7dcK2bN8xVQ0a5fXyZZ01","masked":"alta_4eC3…ZZ01","created_at":"2026-11-21T14:13:20.000Z","expires_at":null}`
	plansList     = `{"status":"success","request_id":"r","timestamp":"2026-11-21T14:13:20.000Z","data":[
{"id":1,"name":"Free","stripe_price_id":null,"price":0,"currency":"USD","features":[],"tokens_per_month":2000,"requests_per_minute":60},
{"id":2,"name":"Paid","stripe_price_id":null,"price":2900,"currency":"USD","features":[],"tokens_per_month":200000,"requests_per_minute":600}]}`
	registerRefused = `{"statusCode":400,"message":["email must be an email","La contraseña debe tener al menos 8 caracteres","firstName must be longer than or equal to 2 characters"],"error":"Bad Request"}`
	emailTakenApp   = `{"statusCode":409,"message":"El email ya está registrado","error":"Conflict"}`
	wrongPassword   = `{"statusCode":401,"message":"Credenciales inválidas","error":"Unauthorized"}`
	suspendedApp    = `{"statusCode":403,"message":"Account suspended","error":"Forbidden"}`
	unverifiedApp   = `{"statusCode":403,"message":"Verifica tu correo electrónico para continuar","error":"Forbidden"}`
	lockedApp       = `{"statusCode":429,"message":"Demasiados intentos. Intenta de nuevo más tarde.","error":"Too Many Requests"}`
)

func refusedWith(code string) string {
	return `{"message":"No.","code":"` + code + `","request_id":"r-6"}`
}

// memberCookie is the session's cookie of these sites. The fake API sets
// another, so that nobody is logged in by chance.
const memberCookie = "session"

// walkSignUp takes its own site: one where people can be logged in.
func walkSignUp(w *walk) {
	server := httptest.NewServer(New(Config{API: w.api, Mailbox: w.box, Contract: theContract(), SessionCookie: memberCookie, Google: true}))
	w.t.Cleanup(server.Close)
	own := *w
	own.url = server.URL
	walkRegister(&own)
	walkLogIn(&own)
	walkJoin(&own)
	walkActivate(&own)
	w.api.on("GET "+apiPlans, 200, plansList)
	own.open(pathPricing)
	own.looks("pricing")
	own.tab.Do(own.t, chromedp.Click(chromedp.CSS("summary")))
	own.sees("pricing-open")
}

// looks is sees, for a page that axe-core has to find nothing wrong with, too.
func (w *walk) looks(name string) {
	w.t.Helper()
	w.sees(name)
	if w.look == "light" || w.look == "dark" { // the others have the colours of one of them
		w.tab.Axe(w.t)
	}
}

// answered has the API answer the page's form so, and sends it.
func (w *walk) answered(status int, body string) {
	w.t.Helper()
	w.api.answer(status, body)
	w.tab.Follow(w.t, "main form button[type=submit]")
}

// careless has the browser send what it would rather have corrected.
func (w *walk) careless() {
	w.tab.Do(w.t, chromedp.Evaluate[chromedp.Void](`document.querySelector("main form").noValidate = true`))
}

func walkRegister(w *walk) {
	w.open(pathRegister)
	w.looks("register")
	w.careless()
	w.tab.Fill(w.t, "#firstName", "J")
	w.tab.Fill(w.t, "#lastName", "Doe")
	w.tab.Fill(w.t, "#email", "john.doe@example")
	w.tab.Fill(w.t, "#password", "short")
	w.answered(400, registerRefused)
	w.looks("register-errors")
	w.tab.Fill(w.t, "#firstName", "John")
	w.tab.Fill(w.t, "#email", "john.doe@example.com")
	w.tab.Fill(w.t, "#password", "SecurePass123!")
	w.answered(409, emailTakenApp)
	w.looks("register-taken")
	w.api.asked()
}

func walkLogIn(w *walk) {
	w.open(pathLogIn + "?done=" + doneLoggedOut)
	w.looks("login")
	for _, refusal := range []struct {
		status     int
		retryAfter string
		body, name string
	}{
		{401, "", wrongPassword, "login-wrong"},
		{403, "", suspendedApp, "login-suspended"},
		{429, "60", lockedApp, "login-locked"},
		{403, "", unverifiedApp, "login-unverified"},
	} {
		w.open(pathLogIn)
		w.tab.Fill(w.t, "#email", "john.doe@example.com")
		w.tab.Fill(w.t, "#password", "SecurePass123!")
		w.api.later(refusal.status, refusal.retryAfter, refusal.body)
		w.tab.Follow(w.t, "main form button[type=submit]")
		w.sees(refusal.name)
	}
	w.open(pathLogIn + "?error=auth_failed")
	w.looks("login-google-failed")
	w.signIn("x")
	w.api.on("GET "+apiProfile, 200, profileOfJohn)
	w.api.on("GET "+apiBalance, 200, noPlan)
	w.open(pathLogIn)
	w.looks("login-signed-in")
	w.signIn("")
}

// signIn gives the browser a session's cookie, or takes it away.
func (w *walk) signIn(session string) {
	w.t.Helper()
	if session == "" {
		w.tab.Do(w.t, command(network.DeleteCookies, network.DeleteCookiesParams{Name: memberCookie, URL: w.url}))
		return
	}
	w.tab.Do(w.t, command(network.SetCookie, network.SetCookieParams{Name: memberCookie, Value: session, URL: w.url}))
}

func command[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

func walkJoin(w *walk) {
	w.open(pathJoin)
	w.looks("join")
	w.tab.Fill(w.t, "#code", "K7QXM-2VABD-RT5WE-HN4PX")
	w.answered(410, refusedWith("invite_expired"))
	w.sees("join-expired")
	w.answered(200, redeemed)
	w.looks("join-accepted")
	w.fillJoin("user@example.com")
	w.answered(400, refusedWith(codeEmailTaken))
	w.sees("join-taken")
	w.fillJoin("user@example.com")
	w.answered(400, refusedWith("invite_token_invalid"))
	w.sees("join-too-late")
	w.tab.Fill(w.t, "#code", "K7QXM-2VABD-RT5WE-HN4PZ")
	w.answered(200, redeemed)
	w.fillJoin("user@example.com")
	w.answered(500, refusedWith(codeMailFailed))
	w.looks("join-mail-failed")
	w.open(pathJoin)
	w.tab.Fill(w.t, "#code", "K7QXM-2VABD-RT5WE-HN4PZ")
	w.answered(200, redeemed)
	w.fillJoin("user@example.com")
	w.answered(200, `{"message":"Register user successful","linkMsg":"x"}`)
	w.looks("join-done")
	w.api.asked()
	w.answered(200, `{}`)
	w.asked("POST", apiResend, `{"email":"user@example.com"}`)
	w.sees("join-resent")
}

func (w *walk) fillJoin(email string) {
	w.t.Helper()
	w.tab.Fill(w.t, "#email", email)
	w.tab.Fill(w.t, "#password", "correct horse battery staple")
}

// walkActivate is for somebody who has come by the app door.
func walkActivate(w *walk) {
	w.signIn("x")
	w.open(pathJoin)
	w.looks("activate-code")
	w.tab.Fill(w.t, "#code", "K7QXM-2VABD-RT5WE-HN4PZ")
	w.answered(200, redeemed)
	w.looks("activate")
	w.answered(403, refusedWith(codeUnverified))
	w.sees("activate-unverified")
	w.open(pathJoin)
	w.tab.Fill(w.t, "#code", "K7QXM-2VABD-RT5WE-HN4PZ")
	w.answered(200, redeemed)
	w.answered(201, aNewKey)
	w.looks("activate-key")
	w.api.on("GET "+apiBalance, 200, freePlan)
	w.open(pathJoin)
	w.sees("activate-again")
	w.signIn("")
}
