package command_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testoidc"
)

// withIssuer returns the environment with the settings of the issuer.
func (e environment) withIssuer(issuer string) environment {
	return e.with("ALTA_OIDC_ISSUER", issuer).with("ALTA_OIDC_CLIENT_ID", testoidc.ClientID).
		with("ALTA_OIDC_CLIENT_SECRET", testoidc.ClientSecret)
}

func TestServeRefusesBadIssuers(t *testing.T) {
	t.Parallel()
	good := environment{"ALTA_OIDC_ISSUER": "", "ALTA_OIDC_CLIENT_ID": "id.apps.example.com", "ALTA_OIDC_CLIENT_SECRET": "hunter2canary"}
	for _, test := range []struct{ name, setting, value, blames, takes string }{
		{"issuer without a scheme", "ALTA_OIDC_ISSUER", "accounts.google.com", "ALTA_OIDC_ISSUER", "it takes https://"},
		{"issuer in clear text", "ALTA_OIDC_ISSUER", "http://accounts.google.com", "ALTA_OIDC_ISSUER", "it takes https://"},
		{"issuer with a query", "ALTA_OIDC_ISSUER", "https://accounts.google.com?hunter2canary", "ALTA_OIDC_ISSUER", "it takes https://"},
		{"issuer with a password", "ALTA_OIDC_ISSUER", "https://me:hunter2canary@example.com", "ALTA_OIDC_ISSUER", "it takes https://"},
		{"no secret", "ALTA_OIDC_CLIENT_SECRET", "", "ALTA_OIDC_CLIENT_SECRET", "is required with ALTA_OIDC_CLIENT_ID"},
		{"no client", "ALTA_OIDC_CLIENT_ID", "", "ALTA_OIDC_CLIENT_ID", "is required with ALTA_OIDC_CLIENT_SECRET"},
		{"client with a line break", "ALTA_OIDC_CLIENT_ID", "id\n", "ALTA_OIDC_CLIENT_ID", "without blanks"},
		{"secret with a blank", "ALTA_OIDC_CLIENT_SECRET", "hunter2canary ", "ALTA_OIDC_CLIENT_SECRET", "without blanks"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := storage(t, testdb.SQLite(t)).with("ALTA_LISTEN", "127.0.0.1:0")
			for name, value := range good {
				env = env.with(name, value)
			}
			env = env.with(test.setting, test.value)
			refusal := serveRefused(t, env).fails(test.blames+": ", test.takes)
			if strings.Contains(refusal.stdout+refusal.stderr, "hunter2canary") {
				t.Errorf("the secret is shown:\n%s", refusal.stderr)
			}
			for _, match := range settingName.FindAllStringSubmatch(refusal.stderr, -1) {
				if match[1] != test.blames {
					t.Errorf("blames %s, too:\n%s", match[1], refusal.stderr)
				}
			}
			expectDoctor(t, env, "sign-in", test.blames+": ", allChecks...)
		})
	}
}

func TestDoctorConnectsToTheIssuer(t *testing.T) {
	t.Parallel()
	env := storage(t, testdb.SQLite(t))
	signIn := func(env environment) string {
		t.Helper()
		_, found := doctor(t, env)
		return found["sign-in"].detail
	}
	if got := signIn(env); !strings.Contains(got, "no ALTA_OIDC_CLIENT_ID") {
		t.Errorf("without a client: got %q", got)
	}
	issuer := testoidc.Start(t, time.Now)
	if got := signIn(env.withIssuer(issuer.URL)); got != issuer.URL+" answers" {
		t.Errorf("got %q", got)
	}
	issuer.Misbehave(testoidc.Faults{Down: true})
	expectDoctor(t, env.withIssuer(issuer.URL), "sign-in", "the issuer is away", allChecks...)
}

// TestServeSignsInWithAnIssuer signs a user in. The issuer is down when the server
// starts.
func TestServeSignsInWithAnIssuer(t *testing.T) {
	t.Parallel()
	issuer := testoidc.Start(t, time.Now)
	issuer.Misbehave(testoidc.Faults{Down: true})
	env := storage(t, testdb.SQLite(t)).withIssuer(issuer.URL)
	s := serve(t, env)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(target string, cookies []*http.Cookie) (*http.Response, *url.URL) {
		t.Helper()
		request, err := http.NewRequest("GET", target, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, cookie := range cookies {
			request.AddCookie(cookie)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		where, err := response.Location()
		if err != nil {
			t.Fatalf("%s: %s", target, response.Status)
		}
		return response, where
	}
	if _, where := get(s.url+"/api/auth/google", nil); where.String() != s.url+"/login?error=auth_failed" {
		t.Errorf("while the issuer is down: %s", where)
	}
	issuer.Misbehave(testoidc.Faults{})
	issuer.SignInAs(testoidc.Person{"sub": "1", "email": "ada@example.com", "email_verified": true})
	began, where := get(s.url+"/api/auth/google", nil)
	for deadline := time.Now().Add(time.Minute); where.Path == "/login" && time.Now().Before(deadline); { // the issuer is asked again after a pause
		time.Sleep(100 * time.Millisecond)
		began, where = get(s.url+"/api/auth/google", nil)
	}
	back := issuer.Visit(t, where.String())
	if !strings.HasPrefix(back.String(), s.url+"/api/auth/google/callback?") {
		t.Fatalf("sent back to %s", back)
	}
	if _, where := get(back.String(), began.Cookies()); where.String() != s.url+"/app" {
		t.Errorf("signed in, and led to %s: %s", where, s.stderr)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("got status %d: %s", status, s.stderr)
	}
}
