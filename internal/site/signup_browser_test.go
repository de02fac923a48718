package site

import (
	"context"
	"net/http/httptest"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"example.com/alta/internal/problem"
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
)

// Problems that the API answers with.
var (
	registrationRejected = rejected("email format", "password minLength", "firstName minLength")
	locked               = problem.ErrLocked.After(time.Minute)
)

// memberCookie is the session's cookie of these sites. The fake API sets
// another, so that nobody is logged in by chance.
const memberCookie = "session"

// walkSignUp takes its own site: one where people can be logged in.
func walkSignUp(w *walk) {
	server := httptest.NewServer(New(Config{API: w.api, Mailbox: emptyBox{}, Contract: theContract(), SessionCookie: memberCookie, Google: true}))
	w.T.Cleanup(server.Close)
	own := *w
	own.URL = server.URL
	walkRegister(&own)
	walkLogIn(&own)
	walkJoin(&own)
	walkActivate(&own)
	w.api.on("GET "+apiPlans, 200, plansList)
	own.Open(pathPricing)
	own.looks("pricing")
	own.Tab.Do(own.T, chromedp.Click(chromedp.CSS("summary")))
	own.Sees("pricing-open")
}

// looks is sees, for a page that axe-core has to find nothing wrong with, too.
func (w *walk) looks(name string) {
	w.T.Helper()
	w.Sees(name)
	if w.Look == "light" || w.Look == "dark" { // the others have the colours of one of them
		w.Tab.Axe(w.T)
	}
}

// failed has the API fail the page's form so, and sends it.
func (w *walk) failed(failure error) {
	w.T.Helper()
	w.api.fail(failure)
	w.Tab.Follow(w.T, "main form button[type=submit]")
}

// answered has the API answer the page's form so, and sends it.
func (w *walk) answered(status int, body string) {
	w.T.Helper()
	w.api.answer(status, body)
	w.Tab.Follow(w.T, "main form button[type=submit]")
}

// careless has the browser send what it would rather have corrected.
func (w *walk) careless() {
	w.Tab.Do(w.T, chromedp.Evaluate[chromedp.Void](`document.querySelector("main form").noValidate = true`))
}

func walkRegister(w *walk) {
	w.Open(pathRegister)
	w.looks("register")
	w.careless()
	w.Tab.Fill(w.T, "#firstName", "J")
	w.Tab.Fill(w.T, "#lastName", "Doe")
	w.Tab.Fill(w.T, "#email", "john.doe@example")
	w.Tab.Fill(w.T, "#password", "short")
	w.failed(registrationRejected)
	w.looks("register-errors")
	w.Tab.Fill(w.T, "#firstName", "John")
	w.Tab.Fill(w.T, "#email", "john.doe@example.com")
	w.Tab.Fill(w.T, "#password", "SecurePass123!")
	w.failed(problem.ErrEmailTaken)
	w.looks("register-taken")
	w.api.asked()
}

func walkLogIn(w *walk) {
	w.Open(pathLogIn + "?done=" + doneLoggedOut)
	w.looks("login")
	for _, state := range []struct {
		failure error
		name    string
	}{
		{problem.ErrCredentials, "login-wrong"},
		{problem.ErrSuspended, "login-suspended"},
		{locked, "login-locked"},
		{problem.ErrUnverified, "login-unverified"},
	} {
		w.Open(pathLogIn)
		w.Tab.Fill(w.T, "#email", "john.doe@example.com")
		w.Tab.Fill(w.T, "#password", "SecurePass123!")
		w.failed(state.failure)
		w.Sees(state.name)
	}
	w.Open(pathLogIn + "?error=auth_failed")
	w.looks("login-google-failed")
	w.signIn("x")
	w.api.on("GET "+apiProfile, 200, profileOfJohn)
	w.api.on("GET "+apiBalance, 200, noPlan)
	w.Open(pathLogIn)
	w.looks("login-signed-in")
	w.signIn("")
}

// signIn gives the browser a session's cookie, or takes it away.
func (w *walk) signIn(session string) {
	w.T.Helper()
	if session == "" {
		w.Tab.Do(w.T, command(network.DeleteCookies, network.DeleteCookiesParams{Name: memberCookie, URL: w.URL}))
		return
	}
	w.Tab.Do(w.T, command(network.SetCookie, network.SetCookieParams{Name: memberCookie, Value: session, URL: w.URL}))
}

func command[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

func walkJoin(w *walk) {
	w.Open(pathJoin)
	w.looks("join")
	w.Tab.Fill(w.T, "#code", "K7QXM-2VABD-RT5WE-HN4PX")
	w.failed(problem.ErrInviteExpired)
	w.Sees("join-expired")
	w.answered(200, redeemed)
	w.looks("join-accepted")
	w.fillJoin("user@example.com")
	w.failed(problem.ErrEmailTaken)
	w.Sees("join-taken")
	w.fillJoin("user@example.com")
	w.failed(problem.ErrInviteToken)
	w.Sees("join-too-late")
	w.Tab.Fill(w.T, "#code", "K7QXM-2VABD-RT5WE-HN4PZ")
	w.answered(200, redeemed)
	w.fillJoin("user@example.com")
	w.failed(problem.ErrMailFailed)
	w.looks("join-mail-failed")
	w.Open(pathJoin)
	w.Tab.Fill(w.T, "#code", "K7QXM-2VABD-RT5WE-HN4PZ")
	w.answered(200, redeemed)
	w.fillJoin("user@example.com")
	w.answered(200, `{"message":"Register user successful","linkMsg":"x"}`)
	w.looks("join-done")
	w.api.asked()
	w.answered(200, `{}`)
	w.asked("POST", apiResend, `{"email":"user@example.com"}`)
	w.Sees("join-resent")
}

func (w *walk) fillJoin(email string) {
	w.T.Helper()
	w.Tab.Fill(w.T, "#email", email)
	w.Tab.Fill(w.T, "#password", "correct horse battery staple")
}

// walkActivate is for somebody who has come by the app door.
func walkActivate(w *walk) {
	w.signIn("x")
	w.Open(pathJoin)
	w.looks("activate-code")
	w.Tab.Fill(w.T, "#code", "K7QXM-2VABD-RT5WE-HN4PZ")
	w.answered(200, redeemed)
	w.looks("activate")
	w.failed(problem.ErrActivateUnverified)
	w.Sees("activate-unverified")
	w.Open(pathJoin)
	w.Tab.Fill(w.T, "#code", "K7QXM-2VABD-RT5WE-HN4PZ")
	w.answered(200, redeemed)
	w.answered(201, aNewKey)
	w.looks("activate-key")
	w.api.on("GET "+apiBalance, 200, freePlan)
	w.Open(pathJoin)
	w.Sees("activate-again")
	w.signIn("")
}
