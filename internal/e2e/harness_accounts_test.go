package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

const password = "SecurePass123!"

func registration(email, password string) string {
	return fmt.Sprintf(`{"email":%q,"password":%q,"firstName":"John","lastName":"Doe","currency":"USD"}`, email, password)
}

func credentials(email, password string) string {
	return fmt.Sprintf(`{"email":%q,"password":%q}`, email, password)
}

func bearer(token string) string { return "Authorization: Bearer " + token }

func byKey(key string) string { return "X-API-Key: " + key }

func idempotencyKey(key string) string { return "Idempotency-Key: " + key }

// register signs somebody up and returns the session's token.
func (s *server) register(t *testing.T, email string) (token string) {
	t.Helper()
	return s.call(t, 201, "POST", "/api/auth/register", registration(email, password)).token(t)
}

// token returns the session's token of a sign-up's or a log-in's answer.
func (a answer) token(t *testing.T) string {
	t.Helper()
	var session struct{ Token string }
	if err := json.Unmarshal([]byte(a.body), &session); err != nil || session.Token == "" {
		t.Fatalf("no token (%v): %s", err, a.body)
	}
	return session.Token
}

// cookie returns the cookie of that name that the answer sets.
func (a answer) cookie(t *testing.T, name string) *http.Cookie {
	t.Helper()
	for _, cookie := range (&http.Response{Header: a.header}).Cookies() {
		if cookie.Name == name {
			return cookie
		}
	}
	t.Fatalf("no cookie %s: %v", name, a.header.Values("Set-Cookie"))
	return nil
}

// checkSession fails the test unless the token opens a complete account: the
// profile, one wallet and 24 categories.
func (s *server) checkSession(t *testing.T, email, token string) {
	t.Helper()
	profile := s.call(t, 200, "GET", "/api/auth/profile", "", bearer(token))
	if !strings.Contains(profile.body, `"email":"`+email+`"`) {
		t.Errorf("profile of %s: %s", email, profile.body)
	}
	var accounts []struct{ Name string }
	if body := s.call(t, 200, "GET", "/api/accounts", "", bearer(token)).body; json.Unmarshal([]byte(body), &accounts) != nil ||
		len(accounts) != 1 || accounts[0].Name != "Efectivo / Billetera" {
		t.Errorf("accounts of %s: %s, want one wallet", email, body)
	}
	var categories struct {
		Data []struct{ Name string }
		Meta struct{ Total int }
	}
	if body := s.call(t, 200, "GET", "/api/categories?limit=100", "", bearer(token)).body; json.Unmarshal([]byte(body), &categories) != nil ||
		len(categories.Data) != 24 || categories.Meta.Total != 24 {
		t.Errorf("categories of %s: %s, want 24", email, body)
	}
}

const (
	registered = `{"message":"Register user successful","linkMsg":"Please verify the email, I have send verification link."}`
	mailFailed = "Account created, but the verification email could not be sent. Request a new one at /api/v1/auth/resend-verification."
)

func apiRegistration(email, password, inviteToken string) string {
	return fmt.Sprintf(`{"email":%q,"password":%q,"invite_token":%q}`, email, password, inviteToken)
}

// invite makes an invite, redeems it and returns the token to register with.
func (s *server) invite(t *testing.T, databaseURL string, args ...string) (token string) {
	t.Helper()
	code := strings.TrimSpace(alta(t, databaseURL, "", append([]string{"invite", "create"}, args...)...))
	return s.redeem(t, code)
}

func (s *server) redeem(t *testing.T, code string) (token string) {
	t.Helper()
	a := s.call(t, 200, "POST", "/api/v1/auth/redeem-invite", fmt.Sprintf(`{"code":%q}`, code))
	var redeemed struct {
		Message   string
		Token     string `json:"invite_token"`
		ExpiresIn int    `json:"expires_in"`
	}
	if err := json.Unmarshal([]byte(a.body), &redeemed); err != nil || redeemed.Message != "Invite code accepted" ||
		redeemed.ExpiresIn != 900 || strings.Count(redeemed.Token, ".") != 2 {
		t.Fatalf("%v: %s", err, a.body)
	}
	return redeemed.Token
}

// tryRegister signs somebody up at the API door. It may be used concurrently.
func (s *server) tryRegister(ctx context.Context, email, inviteToken string) (answer, error) {
	return s.try(ctx, "POST", "/api/v1/auth/register", apiRegistration(email, password, inviteToken))
}

// checkRegistered fails the test unless the answer is the documented one.
func checkRegistered(t *testing.T, email string, a answer) {
	t.Helper()
	if a.status != 200 || strings.TrimSpace(a.body) != registered {
		t.Errorf("%s: got %d %s, want 200 %s", email, a.status, a.body, registered)
	}
}

// checkRefusal fails the test unless the API door's answer has the documented
// message and code.
func checkRefusal(t *testing.T, a answer, status int, code, message string) {
	t.Helper()
	want := fmt.Sprintf(`{"message":%q,"code":%q,"request_id":%q}`, message, code, a.header.Get("X-Request-Id"))
	if got := strings.TrimSpace(a.body); a.status != status || got != want {
		t.Errorf("got\n%d %s\nwant\n%d %s", a.status, got, status, want)
	}
}

const busyText = `{"statusCode":503,"message":"The server is busy. Try again shortly.","error":"Service Unavailable"}`

func checkBusy(t *testing.T, a answer) {
	t.Helper()
	if strings.TrimSpace(a.body) != busyText {
		t.Errorf("got %s, want %s", a.body, busyText)
	}
	if a.header.Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
}

// verify uses the token of a verification mail and logs in. It fails the test
// unless the session opens a complete account.
func (s *server) verify(t *testing.T, email, token string) (session string) {
	t.Helper()
	s.call(t, 200, "POST", "/api/v1/auth/verifyEmail", fmt.Sprintf(`{"token":%q}`, token))
	session = s.call(t, 200, "POST", "/api/v1/auth/login", credentials(email, password)).token(t)
	s.checkSession(t, email, session)
	return session
}

// addresses returns n addresses that begin with name.
func addresses(name string, n int) (emails []string) {
	for i := range n {
		emails = append(emails, fmt.Sprintf("%s%d@example.com", name, i))
	}
	return emails
}

// developer is a user of the API door with a verified address and a key.
type developer struct{ email, session, keyID, key string }

// developer signs somebody up by invite and makes a key. The server must have the
// development mailbox.
func (s *server) developer(t *testing.T, databaseURL, email string) developer {
	t.Helper()
	a, err := s.tryRegister(t.Context(), email, s.invite(t, databaseURL))
	if err != nil {
		t.Fatal(err)
	}
	checkRegistered(t, email, a)
	s.readMailAndVerify(t)
	d := developer{email: email, session: s.call(t, 200, "POST", "/api/v1/auth/login", credentials(email, password)).token(t)}
	d.keyID, d.key = madeKey(t, s.call(t, 201, "POST", "/api/v1/account/api-keys", `{"name":"test"}`, bearer(d.session)))
	return d
}

// madeKey returns the key that the answer shows, and its id.
func madeKey(t *testing.T, a answer) (id, key string) {
	t.Helper()
	var made struct{ ID, Key string }
	if err := json.Unmarshal([]byte(a.body), &made); err != nil || made.ID == "" || !apiKey.MatchString(made.Key) {
		t.Fatalf("%v: no key in %s", err, a.body)
	}
	return made.ID, made.Key
}

// withTokens sets the balance to exactly n tokens, and lifts the rate limit of the
// free plan.
func (d developer) withTokens(t *testing.T, databaseURL string, n int) developer {
	t.Helper()
	alta(t, databaseURL, "", "plan", "set", "free", "--requests-per-minute", "1000000")
	alta(t, databaseURL, "", "tokens", "grant", d.email, fmt.Sprint(n-2000), "--reason", "for a test")
	return d
}

// signUps makes n sign-ups at once and calls answered with each answer, one at a
// time.
func signUps(ctx context.Context, s *server, n int, answered func(email string, a answer)) (wait func()) {
	var all sync.WaitGroup
	var one sync.Mutex
	for i := range n {
		all.Go(func() {
			email := fmt.Sprintf("user%d@example.com", i)
			a, err := s.try(ctx, "POST", "/api/auth/register", registration(email, password))
			if err != nil {
				return
			}
			one.Lock()
			defer one.Unlock()
			answered(email, a)
		})
	}
	return all.Wait
}
