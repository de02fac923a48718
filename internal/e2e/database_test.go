package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"example.com/alta/repo"
)

// openRepo opens a test's database as a server does.
func openRepo(t *testing.T, databaseURL string) *repo.Repo {
	t.Helper()
	r, err := repo.Open(t.Context(), databaseURL, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// count returns the one number that a query answers.
func count(t *testing.T, db *sqlx.DB, query string) (n int) {
	t.Helper()
	if err := db.GetContext(t.Context(), &n, query); err != nil {
		t.Fatal(err)
	}
	return n
}

// checkWhole fails the test when an account of the app door is there by halves,
// or a part of one belongs to nobody.
func checkWhole(t *testing.T, db *sqlx.DB) {
	t.Helper()
	checkParts(t, db, map[string]string{"accounts": "= 1", "categories": "= 24", "sessions": ">= 1", "audit_events": ">= 1"})
}

// checkParts fails the test unless each user has as many rows of each table as
// is said, and no others are there.
func checkParts(t *testing.T, db *sqlx.DB, parts map[string]string) {
	t.Helper()
	for table, least := range parts {
		n := count(t, db, fmt.Sprintf(
			`SELECT COUNT(*) FROM users u WHERE NOT (SELECT COUNT(*) FROM %s x WHERE x.user_id = u.id) %s`, table, least))
		if n != 0 {
			t.Errorf("%d users do not have %s %s", n, least, table)
		}
		orphans := fmt.Sprintf(`SELECT COUNT(*) FROM %s x WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = x.user_id)`, table)
		if table == "audit_events" {
			// These are recorded before there is a user, or before anybody looks whether there is one.
			orphans += ` AND x.kind NOT IN ('invite_created', 'invite_revoked', 'invite_redeemed', 'mail_requested')`
		}
		n = count(t, db, orphans)
		if n != 0 {
			t.Errorf("%d rows of %s belong to nobody", n, table)
		}
	}
}

// emails returns every address that has a user.
func emails(t *testing.T, db *sqlx.DB) map[string]bool {
	t.Helper()
	var list []string
	if err := db.SelectContext(t.Context(), &list, `SELECT email FROM users`); err != nil {
		t.Fatal(err)
	}
	set := map[string]bool{}
	for _, email := range list {
		set[email] = true
	}
	return set
}
