package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"example.com/alta/internal/testdb"
)

// outages are ways in which a database goes away and comes back. Each returns the
// URL for the server, and the functions that do so.
var outages = []struct {
	name  string
	setUp func(t *testing.T, databaseURL string) (serverURL string, away, back func())
}{
	{name: "unreachable", setUp: func(t *testing.T, databaseURL string) (string, func(), func()) {
		p := newProxy(t, databaseURL)
		return p.url, p.cut, p.heal
	}},
	{name: "closed", setUp: func(t *testing.T, databaseURL string) (string, func(), func()) {
		u, err := url.Parse(databaseURL)
		if err != nil {
			t.Fatal(err)
		}
		name := pq.QuoteIdentifier(strings.TrimPrefix(u.Path, "/"))
		db := testdb.Connect(t, os.Getenv("ALTA_TEST_POSTGRES_URL"))
		run := func(statement string) {
			t.Helper()
			if _, err := db.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		back := func() { run(`ALTER DATABASE ` + name + ` ALLOW_CONNECTIONS true`) }
		away := func() {
			run(`ALTER DATABASE ` + name + ` ALLOW_CONNECTIONS false`)
			run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '` + strings.Trim(name, `"`) + `'`)
		}
		return databaseURL, away, back
	}},
}

// TestDatabaseAway takes the database away from a running server, and brings it
// back.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	for _, outage := range outages {
		t.Run(outage.name, func(t *testing.T) {
			serverURL, away, back := outage.setUp(t, testdb.Postgres(t))
			s := start(t, serverURL)
			token := s.register(t, "john.doe@example.com")
			s.checkSession(t, "john.doe@example.com", token)

			away()
			for range 3 { // more than once: a pool of dead connections must not be used up call by call
				checkBusy(t, s.call(t, 503, "GET", "/readyz", ""))
				checkBusy(t, s.call(t, 503, "GET", "/api/accounts", "", bearer(token)))
				checkBusy(t, s.call(t, 503, "GET", "/api/auth/profile", "", bearer(token)))
				checkBusy(t, s.call(t, 503, "POST", "/api/auth/login", credentials("john.doe@example.com", "wrong password")))
				checkBusy(t, s.call(t, 503, "POST", "/api/auth/register", registration("ann@example.com", password)))
				api := s.call(t, 503, "GET", "/api/v1/auth/sessions", "", bearer(token))
				if !strings.Contains(api.body, `"code":"overloaded"`) || api.header.Get("Retry-After") == "" {
					t.Errorf("API door: got %s", api.body)
				}
				s.call(t, 200, "GET", "/healthz", "")
				s.call(t, 401, "GET", "/api/accounts", "")
			}

			back()
			eventually(t, "the server is ready again", func() error {
				a, err := s.try(t.Context(), "GET", "/readyz", "")
				if err != nil || a.status != 200 {
					return fmt.Errorf("got %d (%w)", a.status, err)
				}
				return nil
			})
			s.checkSession(t, "john.doe@example.com", token)
			s.call(t, 200, "POST", "/api/auth/login", credentials("john.doe@example.com", password))
			s.checkSession(t, "ann@example.com", s.register(t, "ann@example.com"))
		})
	}
}

// TestDatabaseHangs: if the database accepts queries and does not answer, the server
// must notice that it is not ready.
func TestDatabaseHangs(t *testing.T) {
	t.Parallel()
	p := newProxy(t, testdb.Postgres(t))
	s := start(t, p.url)
	s.call(t, 200, "GET", "/readyz", "")
	p.hang()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	unready, err := s.try(ctx, "GET", "/readyz", "")
	if err != nil || unready.status != 503 {
		t.Fatalf("got %d (%v), want 503", unready.status, err)
	}
	checkBusy(t, unready)
	s.call(t, 200, "GET", "/healthz", "")
	p.heal()
	eventually(t, "the server is ready again", func() error {
		a, err := s.try(t.Context(), "GET", "/readyz", "")
		if err != nil || a.status != 200 {
			return fmt.Errorf("got %d (%w)", a.status, err)
		}
		return nil
	})
}
