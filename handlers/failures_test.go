package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestPanics: a panic fails one call, and the response does not show its text.
func TestPanics(t *testing.T) {
	panicking := false
	h := start(t, testdb.SQLite(t), func(c *handlers.Config) {
		now := c.Now
		c.Now = func() time.Time {
			if panicking {
				panic("secret of the house")
			}
			return now()
		}
	})
	bearer := h.register("john.doe@example.com")
	panicking = true
	app := h.do("GET", "/api/auth/profile", "", bearer).status(500)
	api := h.do("GET", "/api/v1/auth/sessions", "", bearer).status(500)
	panicking = false
	if want := `{"statusCode":500,"message":"Internal server error"}`; strings.TrimSpace(app.Body.String()) != want {
		t.Errorf("got %s, want %s", app.Body, want)
	}
	if code := api.get("code"); code != "internal" {
		t.Errorf("code is %q", code)
	}
	if strings.Contains(app.Body.String()+api.Body.String(), "secret") {
		t.Error("the panic's text reached the client")
	}
	if log := h.log.String(); !strings.Contains(log, "secret of the house") || !strings.Contains(log, "goroutine") {
		t.Error("the panic and its stack are not in the log")
	}
	h.do("GET", "/api/auth/profile", "", bearer).status(200)
}

// TestDatabaseAway: calls are refused for now, and do not count as bugs.
func TestDatabaseAway(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john.doe@example.com")
		ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second)) // as good as away
		defer cancel()
		for _, target := range []string{"/api/auth/profile", "/api/accounts", "/api/v1/auth/sessions", "/readyz"} {
			answer := h.send(request("GET", target, "", bearer).WithContext(ctx)).status(503)
			if answer.Header().Get("Retry-After") == "" {
				t.Errorf("%s: no Retry-After", target)
			}
		}
		h.do("GET", "/healthz", "").status(200)
		h.do("GET", "/api/accounts", "", bearer).status(200)
	})
}

// TestOverload: passwords that do not fit into the hashing queue are refused at
// once, and do not count as failed log-ins.
func TestOverload(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	var closed *identity.Hasher
	h := start(t, databaseURL, func(c *handlers.Config) {
		closed = c.Hasher
	})
	h.register("john.doe@example.com")
	closed.Close() // a queue that takes nothing
	for range 8 {
		answer := h.do("POST", "/api/auth/login", credentials("john.doe@example.com", password)).status(503)
		if answer.Header().Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		h.do("POST", "/api/auth/register", registration("jane.doe@example.com")).status(503)
	}
	if n := h.users(); n != 1 {
		t.Errorf("there are %d users, want 1", n)
	}
	if n := h.auditCount(repo.AuditLoginFail) + h.auditCount(repo.AuditLoginLock); n != 0 {
		t.Errorf("%d failures were recorded, want none", n)
	}
	again := start(t, databaseURL)
	again.do("POST", "/api/auth/login", credentials("john.doe@example.com", password)).status(200)
}

func TestStoppingIsNotReady(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	bearer := h.register("john.doe@example.com")
	h.do("GET", "/readyz", "").status(200)
	h.Stop()
	h.do("GET", "/readyz", "").status(503)
	h.do("GET", "/api/accounts", "", bearer).status(200) // served all the same
}

func TestBodyLimit(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	const limit = 102400
	pad := func(n int) string {
		body := registration("john.doe@example.com")
		return body + strings.Repeat(" ", n-len(body))
	}
	for _, announced := range []bool{true, false} {
		r := request("POST", "/api/auth/register", pad(limit+1))
		if !announced {
			r.ContentLength = -1
		}
		if got := strings.TrimSpace(h.send(r).status(413).Body.String()); got != `{"statusCode":413,"message":"request entity too large"}` {
			t.Errorf("got %s", got)
		}
	}
	h.do("POST", "/api/auth/register", pad(limit)).status(201)
}

// TestContentCoding: a body in any coding is refused with the reason, and with the
// coding that is taken.
func TestContentCoding(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	for _, target := range []string{"/api/auth/register", "/api/v1/auth/login"} {
		for _, coding := range []string{"gzip", "br", "gzip, identity", "none"} {
			refused := h.do("POST", target, `{}`, "Content-Encoding: "+coding).status(http.StatusUnsupportedMediaType)
			if refused.Header().Get("Accept-Encoding") != "identity" || !strings.Contains(refused.Body.String(), "Content-Encoding") {
				t.Errorf("%s: %v %s", coding, refused.Header(), refused.Body)
			}
		}
	}
	h.do("POST", "/api/auth/register", registration("a@example.com"), "Content-Encoding: identity").status(201)
}

// TestMediaTypes: JSON is told by its media type alone (RFC 8259 section 11).
func TestMediaTypes(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	for kind, want := range map[string]int{
		"application/json": 401, "application/json; charset=utf-8": 401, "application/json;charset=UTF8": 401, "Application/JSON ; charset=": 401,
		"application/json; charset=latin1": 401, "application/json; charset": 401, `application/json; v="1;2"`: 401, "application/json;": 401,
		"": 415, "text/plain": 415, "application/jsonp": 415, "application/problem+json": 415, "application/x-www-form-urlencoded": 415, "json": 415,
	} {
		h.do("POST", "/api/auth/login", credentials(fmt.Sprintf("nobody%d@example.com", len(kind)), "SecurePass123!"), "Content-Type: "+kind).status(want)
	}
}

// TestLastSeen: the use of a session is recorded when the server stops at the
// latest, and the call does not wait for that.
func TestLastSeen(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	bearer := h.register("john.doe@example.com")
	h.clock.Advance(90 * time.Second)
	h.do("GET", "/api/accounts", "", bearer).status(200)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	h.Run(ctx)
	list := h.do("GET", "/api/v1/auth/sessions", "", bearer).status(200).Body.String()
	if !strings.Contains(list, `"created_at":"2026-03-04T14:13:20.000Z","last_seen_at":"2026-03-04T14:14:50.000Z"`) {
		t.Errorf("got %s", list)
	}
}

// TestLogs: each call has a line in the log with the caller and the operation, and
// without secrets.
func TestLogs(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	bearer := h.register("john.doe@example.com")
	h.do("GET", "/api/categories?apiKey=canary-key&TOKEN=canary-token&code=canary-code&state=canary-state&api_key=canary&key=canary&password=canary", "", bearer)
	h.do("GET", "/api/transactions?page=2&access_token=canary", "", bearer)
	jwt, key := strings.TrimPrefix(bearer, "Authorization: Bearer "), identity.NewAPIKey()
	for _, path := range []string{"/nope/%s", "/nope?%s", "/nope?next=%%2Fapp%%3Ftoken%%3D%s", "/nope/%%7E%s", "/api/accounts/%s", "/api/transactions?search=%s"} {
		h.do("GET", fmt.Sprintf(path, jwt), "", bearer, "X-Request-Id: "+jwt)
		h.do("GET", fmt.Sprintf(path, key), "", bearer, "X-Request-Id: "+key)
	}
	h.do("GET", "/api/accounts", "", bearer, "X-Request-Id: mine\" level=ERROR")
	log := h.log.String()
	for _, want := range []string{
		`"operation":"listCategories"`, `page=2`, `api_key=redacted`, `access_token=redacted`, `/nope/redacted`, `"principal":"`, `"operation":"registerAppUser"`, `"status":201`,
		`"client_request_id":"mine\" level=ERROR"`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
	for _, secret := range []string{"canary", password, jwt, key} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %s", secret)
		}
	}
}
