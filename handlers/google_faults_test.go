package handlers_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testoidc"
	"example.com/alta/repo"
)

// TestGoogleStates: only the browser that began a sign-in can finish it, once and in
// time.
func TestGoogleStates(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t))
	g.issuer.SignInAs(googleUser("1", "ada@example.com"))
	cookie, back := g.beginSignIn()
	otherCookie, otherBack := g.beginSignIn()
	name, _, _ := strings.Cut(cookie, "=")
	_, otherValue, _ := strings.Cut(otherCookie, "=")
	query := must(url.ParseQuery(strings.TrimPrefix(back, finishGoogle+"?")))
	code, state := query.Get("code"), query.Get("state")
	with := func(code, state string) string {
		return finishGoogle + "?" + url.Values{"code": {code}, "state": {state}}.Encode()
	}
	for what, try := range map[string]struct{ target, cookie string }{
		"no cookie":               {back, ""},
		"another browser":         {back, otherCookie},
		"another's half":          {back, name + "=" + otherValue},
		"another browser's state": {otherBack, cookie},
		"cookie in part":          {back, cookie[:len(cookie)-1]},
		"no state":                {finishGoogle + "?code=" + code, cookie},
		"empty state":             {with(code, ""), cookie},
		"forged state":            {with(code, "forged"), cookie},
		"long state":              {with(code, strings.Repeat("x", 4000)), cookie},
		"state of the right form": {with(code, strings.Repeat("A", 64)), cookie},
		"the state's secret":      {with(code, state[:len(state)-4]+"AAAA"), cookie},
		"nothing":                 {finishGoogle, cookie},
	} {
		answer := g.do("GET", try.target, "", strings.Split(try.cookie, "\n")[0])
		answer.refused()
		if len(answer.Result().Cookies()) > 0 {
			t.Errorf("%s: the cookie of a sign-in that is under way is touched", what)
		}
	}
	g.expectNoUsers()
	if calls := g.issuer.Calls("/token"); calls != 0 {
		t.Errorf("the issuer was asked for %d tokens", calls)
	}
	g.do("GET", back, "", cookie).signedIn()
	g.do("GET", back, "", cookie).refused() // once
	if calls := g.issuer.Calls("/token"); calls != 1 {
		t.Errorf("the issuer was asked for %d tokens, want 1", calls)
	}
	g.clock.Advance(10 * time.Minute)
	g.do("GET", otherBack, "", otherCookie).refused() // too late
	if n := g.sessions("ada@example.com"); n != 1 {
		t.Errorf("there are %d sessions, want 1", n)
	}
}

// TestGoogleMalformed: a callback that the contract does not allow signs nobody in.
func TestGoogleMalformed(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t))
	cookie, back := g.beginSignIn()
	for _, extra := range []string{"&state=again", "&error=a%00b", "&error=" + strings.Repeat("x", 4097), "&code=%zz"} {
		g.do("GET", back+extra, "", cookie).status(400)
	}
	g.expectNoUsers()
}

// TestGoogleCodes: a code is valid for its own sign-in only, and once.
func TestGoogleCodes(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t))
	g.issuer.SignInAs(googleUser("1", "ada@example.com"))
	injected := func(code string) *response {
		cookie, back := g.beginSignIn()
		query := must(url.ParseQuery(strings.TrimPrefix(back, finishGoogle+"?")))
		query.Set("code", code)
		return g.do("GET", finishGoogle+"?"+query.Encode(), "", cookie)
	}
	cookie, back := g.beginSignIn()
	code := must(url.Parse(back)).Query().Get("code")
	injected(code).refused() // stolen: the verifier is another
	injected("made up").refused()
	injected("").refused()
	g.do("GET", back, "", cookie).refused() // the thief has used it up
	g.expectNoUsers()
	g.signIn(googleUser("1", "ada@example.com")).signedIn()
	injected(code).refused() // replayed
}

// TestGoogleTokens: an ID token counts only if all of it is valid.
func TestGoogleTokens(t *testing.T) {
	set := func(name string, value any) testoidc.Faults {
		return testoidc.Faults{Claims: func(c testoidc.Claims) { c[name] = value }}
	}
	signed := func(sign func(testoidc.Claims) string) testoidc.Faults { return testoidc.Faults{Sign: sign} }
	g := startWithGoogle(t, testdb.SQLite(t))
	now := g.clock.Now()
	for what, faults := range map[string]testoidc.Faults{
		"wrong nonce":           set("nonce", "of another"),
		"no nonce":              {Claims: func(c testoidc.Claims) { delete(c, "nonce") }},
		"wrong audience":        set("aud", "another client"),
		"issued to another":     set("azp", "another client"),
		"several audiences":     {Claims: func(c testoidc.Claims) { c["aud"] = []string{testoidc.ClientID, "other"}; delete(c, "azp") }},
		"expired":               set("exp", now.Add(-time.Second).Unix()),
		"no expiry":             {Claims: func(c testoidc.Claims) { delete(c, "exp") }},
		"not yet":               set("nbf", now.Add(time.Hour).Unix()),
		"wrong issuer":          set("iss", "https://accounts.google.com"),
		"no subject":            set("sub", ""),
		"long subject":          set("sub", strings.Repeat("1", 256)),
		"NUL in the subject":    set("sub", "1\x00"),
		"unverified address":    set("email_verified", false),
		"nothing of the kind":   {Claims: func(c testoidc.Claims) { delete(c, "email_verified") }},
		"verified by a word":    set("email_verified", "false"),
		"verified by a number":  set("email_verified", 1),
		"verified by a list":    set("email_verified", []string{"true"}),
		"no address":            set("email", ""),
		"address that is none":  set("email", "ada@localhost"),
		"long address":          set("email", strings.Repeat("a", 64)+"@"+strings.Repeat("b.", 100)+"example.com"),
		"NUL in the address":    set("email", "a\x00da@example.com"),
		"another's key":         signed(testoidc.SignByAnother),
		"alg none":              signed(testoidc.SignByNobody),
		"HS256 by the secret":   signed(testoidc.SignBySecret),
		"HS256 by a public key": signed(testoidc.SignByPublicKey),
		"no token":              {NoToken: true},
		"garbage":               signed(func(testoidc.Claims) string { return "a.b.c" }),
		"consent denied":        {Denied: "access_denied"},
		"an error":              {Denied: "server_error\r\nforged log line"},
	} {
		t.Run(what, func(t *testing.T) {
			g.issuer.Misbehave(faults)
			g.signIn(googleUser("1", "ada@example.com")).refused()
			g.expectNoUsers()
		})
	}
	g.issuer.Misbehave(testoidc.Faults{Claims: func(c testoidc.Claims) { c["aud"] = []string{testoidc.ClientID, "other"} }})
	g.signIn(googleUser("1", "ada@example.com")).signedIn()
}

// TestGoogleAway: if the issuer is away, everything else works. When it is back, the
// server needs no restart.
func TestGoogleAway(t *testing.T) {
	for what, faults := range map[string]testoidc.Faults{
		"down": {Down: true}, "slow": {Delay: time.Hour}, "endless": {Huge: true}, "another": {Mismatch: true},
	} {
		t.Run(what, func(t *testing.T) {
			g := startWaiting(t, testdb.SQLite(t), issuerTimeout(faults))
			g.issuer.Misbehave(faults)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			g.send(request("GET", startGoogle, "").WithContext(ctx)).refused()
			if ctx.Err() != nil {
				t.Error("the server waited for the issuer until its caller gave up")
			}
			log := g.log.String()
			if !strings.Contains(log, "the issuer of sign-ins cannot be used") || !strings.Contains(log, "the issuer is away") || len(log) > 4000 {
				t.Errorf("the log is %s", log)
			}
			g.expectNoUsers()
			if n := g.auditCount(repo.AuditLoginFail); n != 0 {
				t.Errorf("%d failed log-ins are recorded, though nobody tried", n)
			}
		})
	}
}

// issuerTimeout is ample for an issuer that answers, and short for one that does not.
func issuerTimeout(faults testoidc.Faults) time.Duration {
	if faults.Delay > 0 {
		return 200 * time.Millisecond
	}
	return 30 * time.Second
}

// TestGoogleGoesAway: the issuer goes away between the start of a sign-in and the
// callback.
func TestGoogleGoesAway(t *testing.T) {
	for what, faults := range map[string]testoidc.Faults{
		"down": {Down: true}, "slow": {Delay: time.Hour}, "endless": {Huge: true}, "without keys": {KeyGone: true},
	} {
		t.Run(what, func(t *testing.T) {
			g := startWithGoogle(t, testdb.SQLite(t))
			finishing := g.startReplica(t, issuerTimeout(faults))
			g.issuer.SignInAs(googleUser("1", "ada@example.com"))
			cookie, back := g.beginSignIn()
			const discovery = "/.well-known/openid-configuration"
			discovered := g.issuer.Calls(discovery)
			g.issuer.Misbehave(faults)
			finishing.do("GET", back, "", cookie).refused()
			g.expectNoUsers()
			g.issuer.Misbehave(testoidc.Faults{})
			finishing.do("GET", back, "", cookie).refused() // it has been used
			g.signIn(googleUser("1", "ada@example.com")).signedIn()
			if calls := g.issuer.Calls(discovery); calls != discovered {
				t.Errorf("discovered %d times, want %d: once by each server", calls, discovered)
			}
		})
	}
}

// TestGoogleSecretInForm: some issuers take the client secret only in the form.
func TestGoogleSecretInForm(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t))
	g.issuer.Misbehave(testoidc.Faults{NoBasic: true})
	g.signIn(googleUser("1", "ada@example.com")).signedIn()
}

// TestGoogleKeepsSecrets: the log, the database and the audit log contain no secret.
func TestGoogleKeepsSecrets(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t), withFrontend("https://app.example.com"))
	g.issuer.SignInAs(googleUser("1", "ada@example.com"))
	cookie, back := g.beginSignIn()
	query := must(url.Parse(back)).Query()
	_, browser, _ := strings.Cut(cookie, "=")
	if n := g.queryInt(`SELECT COUNT(*) FROM sign_ins WHERE sealed LIKE $1 OR digest LIKE $1 OR id LIKE $1`, "%"+query.Get("state")+"%"); n != 0 {
		t.Error("the database has the state")
	}
	answer := g.do("GET", back, "", cookie).status(302)
	g.do("GET", back, "", cookie).status(302)
	secrets := map[string]string{
		"code": query.Get("code"), "state": query.Get("state"), "cookie": browser, "client secret": testoidc.ClientSecret,
		"session": answer.cookie("alta"), "device": answer.cookie("alta-device"), "address": "ada@example.com",
	}
	log := g.log.String()
	if !strings.Contains(log, "finishGoogleSignIn") {
		t.Fatal("the log does not have the calls")
	}
	for what, secret := range secrets {
		if strings.Contains(log, secret) {
			t.Errorf("the log has the %s", what)
		}
		g.expectNotAudited(secret)
	}
	if n := g.queryInt(`SELECT COUNT(*) FROM sign_ins`); n != 0 {
		t.Errorf("%d sign-ins are left", n)
	}
}

// TestGoogleAudit: the audit log says who signed in, how, and who was refused.
func TestGoogleAudit(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t))
	names, seen := map[string]string{g.keys.Pseudonym("ada@example.com"): "<address>", g.keys.Pseudonym("john@example.com"): "<john's address>"}, 0
	expect := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, g.audit(&seen, names)); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	}
	g.signIn(googleUser("1", "ada@example.com")).signedIn()
	names[g.user("ada@example.com").ID.String()] = "<ada>"
	expect("sign_up anonymous <ada> <address> by Google", "login anonymous <ada> <address> by Google")
	g.signIn(googleUser("1", "elsewhere@example.com")).signedIn()
	expect("login anonymous <ada> <address> by Google")
	g.signIn(googleUser("2", "ada@example.com")).refused()
	expect("login_failed anonymous <ada> <address> by Google: the account is linked to another identity")
	g.do("GET", finishGoogle+"?code=a&state=b", "").refused()
	expect("login_failed anonymous - - by Google: the state is forged, used, expired or another browser's")
	g.setActive("ada@example.com", false)
	g.signIn(googleUser("1", "ada@example.com")).refused()
	expect("login_failed anonymous <ada> <address> by Google: the account is suspended")
	g.issuer.Misbehave(testoidc.Faults{Denied: "access_denied"})
	g.signIn(googleUser("3", "byron@example.com")).refused()
	expect("login_failed anonymous - - by Google: the issuer sent no code")
	g.issuer.Misbehave(testoidc.Faults{})
	g.register("john@example.com")
	names[g.user("john@example.com").ID.String()] = "<john>"
	expect("sign_up anonymous <john> <john's address>")
	g.signIn(googleUser("4", "john@example.com")).signedIn()
	expect("provider_linked anonymous <john> <john's address> by Google", "email_verified anonymous <john> <john's address>",
		"login anonymous <john> <john's address> by Google")
	metrics := g.metrics()
	for result, want := range map[string]int{"signed_up": 1, "signed_in": 1, "linked": 1, "refused": 4} {
		if line := fmt.Sprintf("alta_google_sign_ins_total{result=%q} %d\n", result, want); !strings.Contains(metrics, line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
}
