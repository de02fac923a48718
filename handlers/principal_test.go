package handlers_test

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"example.com/alta/handlers"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
)

// TestCredentials tries every kind of bad credential on every operation that
// takes one.
func TestCredentials(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	login := h.do("POST", "/api/auth/register", registration("john.doe@example.com")).status(201)
	tokens := badTokens(h, login)
	for path, item := range h.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.Security == nil || len(*op.Security) == 0 || op.OperationID == "getMetrics" {
				continue
			}
			base := example(h, method, path, op)
			h.do(method, base.target(), base.text()).status(401)
			h.do(method, base.target()+"?page=x", "{").status(401) // before anybody looks at the input
			for what, token := range tokens {
				for _, header := range []string{"Authorization: Bearer " + token, "Cookie: alta=" + token} {
					if answer := h.do(method, base.target(), base.text(), header); answer.Code != 401 {
						t.Errorf("%s, %s, %s: got %d, want 401", op.OperationID, what, header[:6], answer.Code)
					}
				}
			}
		}
	}
	h.do("GET", "/api/auth/profile", "", "Authorization: Bearer "+login.get("token")).status(200)
}

// badTokens are invalid tokens of every kind, for an existing user and session.
func badTokens(h *harness, login *response) map[string]string {
	h.t.Helper()
	good := login.get("token")
	header, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	var claims identity.Claims
	if _, _, err := jwt.NewParser().ParseUnverified(good, &claims); err != nil {
		h.t.Fatal(err)
	}
	stranger := identity.NewTokens(must(identity.ParseKeyring(strings.Repeat("another secret ", 3))), h.clock.Now)
	tokens := identity.NewTokens(h.keys, h.clock.Now)
	unsigned := jwt.NewWithClaims(jwt.SigningMethodNone, claims)
	unsigned.Header["kid"], _ = h.keys.Key(identity.PurposeSession)
	ended := claims
	ended.ID = uuid.NewString()
	other := claims
	other.UserID = uuid.NewString()
	notUUID := claims
	notUUID.ID = "1"
	_, oneTime := identity.NewOneTime()
	return map[string]string{
		"not a token":            "nonsense",
		"a device's":             login.cookie("alta-device"),
		"an invite's":            h.inviteToken(1),
		"a session as an invite": must(tokens.Sign(identity.PurposeInvite, claims, time.Hour)),
		"a one-time token":       oneTime,
		"alg none":               must(unsigned.SignedString(jwt.UnsafeAllowNoneSignatureType)),
		"no signature":           header + "." + payload + ".",
		"a tampered signature":   header + "." + payload + "." + tamper(signature),
		"a tampered payload":     header + "." + tamper(payload) + "." + signature,
		"another server's":       must(stranger.Sign(identity.PurposeSession, claims, time.Hour)),
		"expired":                must(tokens.Sign(identity.PurposeSession, claims, -time.Second)),
		"a session that ended":   must(tokens.Sign(identity.PurposeSession, ended, time.Hour)),
		"a session of another's": must(tokens.Sign(identity.PurposeSession, other, time.Hour)),
		"a session without id":   must(tokens.Sign(identity.PurposeSession, notUUID, time.Hour)),
	}
}

// tamper returns the text with another first character.
func tamper(text string) string {
	if text[0] == 'A' {
		return "B" + text[1:]
	}
	return "A" + text[1:]
}

func TestCrossOrigin(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	token := h.do("POST", "/api/auth/register", registration("john.doe@example.com")).status(201).get("token")
	tests := []struct {
		name    string
		headers []string
		want    int
	}{
		{"by cookie, from nowhere", []string{"Cookie: alta=" + token}, 200},
		{"by cookie, same origin", []string{"Cookie: alta=" + token, "Origin: http://alta.test", "Sec-Fetch-Site: same-origin"}, 200},
		{"by cookie, cross site", []string{"Cookie: alta=" + token, "Sec-Fetch-Site: cross-site"}, 403},
		{"by cookie, another origin", []string{"Cookie: alta=" + token, "Origin: https://evil.test"}, 403},
		{"by token, another origin", []string{"Authorization: Bearer " + token, "Origin: https://evil.test"}, 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := h.do("PATCH", "/api/users/me", `{"firstName":"`+test.name+`"}`, test.headers...)
			answer.status(test.want)
			changed := strings.Contains(h.do("GET", "/api/users/me", "", "Authorization: Bearer "+token).Body.String(), test.name)
			if changed != (test.want == 200) {
				t.Errorf("changed: %v", changed)
			}
		})
	}
}

// TestMetricsAreForOperators: loopback peers, and holders of the token.
func TestMetricsAreForOperators(t *testing.T) {
	const token, loopback, elsewhere = metricsToken, "127.0.0.1:5", "192.0.2.1:5"
	for _, test := range []struct {
		name    string
		token   string // that is set
		peer    string
		headers []string
		want    int
	}{
		{"a loopback peer", "", loopback, nil, 200},
		{"an IPv6 loopback peer", "", "[::1]:5", nil, 200},
		{"a loopback peer with a token set", token, loopback, nil, 200},
		{"another peer", "", elsewhere, nil, 401},
		{"behind a proxy on this machine", "", loopback, []string{"X-Forwarded-For: 203.0.113.1"}, 401},
		{"behind a proxy that claims loopback", "", loopback, []string{"X-Forwarded-For: 127.0.0.1"}, 401},
		{"behind another kind of proxy", "", loopback, []string{"Forwarded: for=203.0.113.1"}, 401},
		{"behind a proxy that names itself", "", loopback, []string{"Via: 1.1 proxy"}, 401},
		{"with the token", token, elsewhere, []string{"Authorization: Bearer " + token}, 200},
		{"with the token behind a proxy", token, loopback, []string{"Authorization: Bearer " + token, "X-Forwarded-For: 203.0.113.1"}, 200},
		{"with another token", token, loopback, []string{"Authorization: Bearer " + token + "x"}, 401},
		{"with a part of the token", token, loopback, []string{"Authorization: Bearer " + token[:16]}, 401},
		{"a token where none is set", "", elsewhere, []string{"Authorization: Bearer " + token}, 401},
		{"an empty token where none is set", "", elsewhere, []string{"Authorization: Bearer "}, 401},
		{"an empty token on this machine", token, loopback, []string{"Authorization: Bearer "}, 200},
		{"by the name of another site", "", loopback, []string{"Host: alta.example"}, 401},
	} {
		t.Run(test.name, func(t *testing.T) { checkMetrics(t, test.token, test.peer, test.headers, test.want) })
	}
	t.Run("behind a trusted proxy that says loopback", func(t *testing.T) {
		checkMetrics(t, "", loopback, []string{"X-Forwarded-For: 127.0.0.1"}, 401, withTrustedProxies("127.0.0.0/8"))
	})
	t.Run("behind a proxy that adds no header", func(t *testing.T) {
		checkMetrics(t, "", loopback, nil, 401, withPublicURL("https://alta.example"))
	})
}

// withPublicURL lets people find the server at the URL.
func withPublicURL(publicURL string) func(*handlers.Config) {
	return func(c *handlers.Config) { c.PublicURL = must(url.Parse(publicURL)) }
}

func checkMetrics(t *testing.T, token, peer string, headers []string, want int, configure ...func(*handlers.Config)) {
	t.Helper()
	h := start(t, testdb.SQLite(t), slices.Concat([]func(*handlers.Config){withPublicURL("http://localhost:8080"), withMetricsToken(token)}, configure)...)
	r := request("GET", "/metrics", "", headers...)
	r.RemoteAddr, r.Host = peer, cmp.Or(r.Header.Get("Host"), "127.0.0.1:8080")
	h.send(r).status(want)
	const line = `alta_requests_total{operation="getMetrics",status="200"} 1`
	if shown := h.send(r).Body.String(); strings.Contains(shown, line) != (want == 200) {
		t.Errorf("the second answer is %s, want the first call to be counted: %t", shown, want == 200)
	}
}

// TestEmptyCredentialsAreNone: a program sends the header of a key that it does not
// have, and the session beside it counts. A wrong key is never rescued by a session.
func TestEmptyCredentialsAreNone(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	session := h.register("john.doe@example.com")
	_, token, _ := strings.Cut(session, "Bearer ")
	for _, test := range []struct {
		target  string
		headers []string
		want    int
	}{
		{"/api/accounts", []string{"X-API-Key: ", session}, 200},
		{"/api/accounts?apiKey=", []string{session}, 200},
		{"/api/accounts?apiKey=", []string{ada.key}, 200},
		{"/api/accounts?apiKey=" + strings.TrimPrefix(ada.key, "X-API-Key: "), []string{"X-API-Key: "}, 200},
		{"/api/accounts", []string{"Authorization: ", "Cookie: alta=" + token}, 200},
		{"/api/accounts", []string{"Authorization: Bearer", "Cookie: alta=" + token}, 200},
		{"/api/accounts", []string{"Authorization: Bearer  ", "X-API-Key:  ", "Cookie: alta=" + token}, 200},
		{"/api/accounts", []string{"X-API-Key: "}, 401},
		{"/api/accounts?apiKey=", nil, 401},
		{"/api/accounts", []string{"Authorization: Bearer "}, 401},
		{"/api/accounts", []string{"Cookie: alta="}, 401},
		{"/api/accounts", []string{"X-API-Key: x", session}, 401},
		{"/api/accounts?apiKey=x", []string{session}, 401},
		{"/api/accounts", []string{"Authorization: Basic", "Cookie: alta=" + token}, 401},
	} {
		if answer := h.do("GET", test.target, "", test.headers...); answer.Code != test.want {
			t.Errorf("%s, %q: got %d, want %d", test.target, test.headers, answer.Code, test.want)
		}
	}
}
