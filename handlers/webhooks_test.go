package handlers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestWebhookURLs: a webhook is an https URL with a host, or empty.
func TestWebhookURLs(t *testing.T) {
	const base = "https://hooks.example.com/"
	long := func(n int) string { return base + strings.Repeat("x", n-len(base)) }
	tests := []struct {
		name, url string
		want      int
	}{
		{"plain", base + "alta", 200},
		{"with a port and a query", "https://hooks.example.com:8443/a?b=c&d=%20", 200},
		{"an address", "https://192.0.2.1/x", 200},
		{"an IPv6 address", "https://[2001:db8::1]:8443/x", 200},
		{"an international name", "https://añil.example/ñ", 200},
		{"an international name in ASCII", "https://xn--ail-8ma.example/", 200},
		{"in capitals", "HTTPS://HOOKS.EXAMPLE.COM/", 200},
		{"none", "", 200},
		{"512 characters", long(512), 200},
		{"512 characters, more bytes", long(511) + "ñ", 200},
		{"513 characters", long(513), 400},
		{"http", "http://hooks.example.com/", 400},
		{"no scheme", "hooks.example.com", 400},
		{"only slashes", "//hooks.example.com/", 400},
		{"no host", "https:///alta", 400},
		{"no host but a port", "https://:443/alta", 400},
		{"only a scheme", "https://", 400},
		{"opaque", "https:hooks.example.com", 400},
		{"javascript", "javascript:alert(1)", 400},
		{"javascript with slashes", "javascript://hooks.example.com/%0aalert(1)", 400},
		{"data", "data:text/html,x", 400},
		{"a file", "file:///etc/passwd", 400},
		{"a user", "https://ada@hooks.example.com/", 400},
		{"a user and a password", "https://ada:secret@hooks.example.com/", 400},
		{"an empty user", "https://@hooks.example.com/", 400},
		{"a blank before", " " + base, 400},
		{"a blank after", base + " ", 400},
		{"a blank within", base + "a b", 400},
		{"only blanks", "   ", 400},
		{"a tab", base + "\t", 400},
		{"a line break", base + "\r\nX: y", 400},
		{"a wide blank", base + "\u3000", 400},
		{"a NUL", base + "\x00", 400},
		{"a port that is none", "https://hooks.example.com:https/", 400},
		{"a broken escape", base + "%zz", 400},
	}
	h := start(t, testdb.SQLite(t))
	bearer := h.registerDeveloper("ada@example.com")
	for _, test := range tests {
		h.do("PUT", "/api/v1/user/", `{"webhook_url":"https://before.example.com/"}`, bearer).status(200)
		body := string(must(json.Marshal(map[string]string{"webhook_url": test.url})))
		answer := h.do("PUT", "/api/v1/user/", body, bearer)
		if answer.Code != test.want {
			t.Errorf("%s: got %d, want %d: %s", test.name, answer.Code, test.want, answer.Body)
		}
		want := map[int]string{200: test.url, 400: "https://before.example.com/"}[test.want]
		if got := h.do("GET", "/api/v1/user/", "", bearer).get("user.webhook_url"); got != want {
			t.Errorf("%s: the URL is %q, want %q", test.name, got, want)
		}
	}
}

// TestPreferences: properties that are not sent keep their value, and null is
// refused.
func TestPreferences(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	bearer := h.registerDeveloper("ada@example.com")
	other := h.register("lovelace@example.com")
	before := h.do("GET", "/api/v1/user/", "", other).status(200).Body.String()
	tests := []struct {
		body        string
		want        int
		preferences string
	}{
		{`{"notify_email":false}`, 200, `"webhook_url":"","notify_email":false,"notify_browser":true`},
		{`{"webhook_url":"https://a.example.com"}`, 200, `"webhook_url":"https://a.example.com","notify_email":false,"notify_browser":true`},
		{`{"notify_browser":false}`, 200, `"webhook_url":"https://a.example.com","notify_email":false,"notify_browser":false`},
		{`{}`, 200, `"webhook_url":"https://a.example.com","notify_email":false,"notify_browser":false`},
		{`{"notify_email":null}`, 400, `"webhook_url":"https://a.example.com","notify_email":false,"notify_browser":false`},
		{`{"webhook_url":null}`, 400, `"webhook_url":"https://a.example.com","notify_email":false,"notify_browser":false`},
		{`{"notify_email":true,"webhook_url":"http://b"}`, 400, `"webhook_url":"https://a.example.com","notify_email":false,"notify_browser":false`},
		{`{"notify_email":"true"}`, 400, `"webhook_url":"https://a.example.com","notify_email":false,"notify_browser":false`},
		{`{"notify_email":true,"notify_browser":true,"webhook_url":""}`, 200, `"webhook_url":"","notify_email":true,"notify_browser":true`},
	}
	for _, test := range tests {
		h.do("PUT", "/api/v1/user/", test.body, bearer).status(test.want)
		if got := h.do("GET", "/api/v1/user/", "", bearer).status(200).Body.String(); !strings.Contains(got, test.preferences) {
			t.Errorf("after %s: got %s, want %s", test.body, got, test.preferences)
		}
	}
	if after := h.do("GET", "/api/v1/user/", "", other).status(200).Body.String(); after != before {
		t.Errorf("another user has changed: %s", after)
	}
}
