package handlers_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
)

// TestCredentials tries every kind of bad credential on every operation that
// takes one.
func TestCredentials(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
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
	})
}

// badTokens are tokens of every wrong kind, for a user and a session that
// exist.
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
		"empty":                  "",
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

func TestMetricsAreForOperators(t *testing.T) {
	tests := []struct {
		name    string
		token   string
		peer    string
		headers []string
		want    int
	}{
		{"a loopback peer", "", "127.0.0.1:5", nil, 200},
		{"an IPv6 loopback peer", "", "[::1]:5", nil, 200},
		{"another peer", "", "192.0.2.1:5", nil, 401},
		{"behind a proxy on this machine", "", "127.0.0.1:5", []string{"X-Forwarded-For: 192.0.2.1"}, 401},
		{"with the token", "0123456789abcdef", "192.0.2.1:5", []string{"Authorization: Bearer 0123456789abcdef"}, 200},
		{"with another token", "0123456789abcdef", "127.0.0.1:5", []string{"Authorization: Bearer 0123456789abcdeg"}, 401},
		{"a token where none is set", "", "192.0.2.1:5", []string{"Authorization: Bearer "}, 401},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := start(t, testdb.SQLite(t), withMetricsToken(test.token))
			r := request("GET", "/metrics", "", test.headers...)
			r.RemoteAddr = test.peer
			answer := h.send(r).status(test.want)
			if test.want == 200 && !strings.Contains(h.send(r).Body.String(), `alta_requests_total{operation="getMetrics",status="200"} 1`) {
				t.Errorf("the first call is not counted: %s", answer.Body)
			}
		})
	}
}
