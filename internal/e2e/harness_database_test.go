package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"example.com/alta/repo"
)

// openRepo opens the database as a server does.
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

func selectTexts(t *testing.T, db *sqlx.DB, query string) (texts []string) {
	t.Helper()
	if err := db.SelectContext(t.Context(), &texts, query); err != nil {
		t.Fatal(err)
	}
	return texts
}

// checkWhole fails the test when an account of the app door is there by halves,
// or a part of one belongs to nobody.
func checkWhole(t *testing.T, db *sqlx.DB) {
	t.Helper()
	checkParts(t, db, map[string]string{"accounts": "= 1", "categories": "= 24", "sessions": ">= 1", "audit_events": ">= 1"})
}

// checkAPIUsers fails the test when an account of the API door is there by
// halves, or an invite was used for none.
func checkAPIUsers(t *testing.T, db *sqlx.DB) {
	t.Helper()
	checkParts(t, db, map[string]string{
		"accounts": "= 1", "categories": "= 24", "ledgers": "= 1", "token_transactions": "= 1", "api_keys": "= 1", "audit_events": ">= 2",
	})
	if users, uses := count(t, db, `SELECT COUNT(*) FROM users`), count(t, db, `SELECT SUM(uses) FROM invite_codes`); users != uses {
		t.Errorf("there are %d users, and invites were used %d times", users, uses)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM token_transactions WHERE kind <> 'grant' OR delta <> 2000`); n != 0 {
		t.Errorf("%d rows of the ledger are not the opening grant", n)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM ledgers WHERE balance <> 2000`); n != 0 {
		t.Errorf("%d balances are not the opening grant", n)
	}
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
	set := map[string]bool{}
	for _, email := range selectTexts(t, db, `SELECT email FROM users`) {
		set[email] = true
	}
	return set
}

// ledgerRows returns the rows of the debit and refund kinds by request id: how
// many of them there are, and what they come to.
func ledgerRows(t *testing.T, db *sqlx.DB) (debits map[string]int, sums map[string]int64) {
	t.Helper()
	var rows []struct {
		RequestID string `db:"request_id"`
		Kind      string `db:"kind"`
		Delta     int64  `db:"delta"`
	}
	if err := db.SelectContext(t.Context(), &rows,
		`SELECT request_id, kind, delta FROM token_transactions WHERE kind IN ('debit', 'refund')`); err != nil {
		t.Fatal(err)
	}
	debits, sums = map[string]int{}, map[string]int64{}
	for _, row := range rows {
		if sums[row.RequestID] += row.Delta; row.Kind == "debit" {
			debits[row.RequestID]++
		}
	}
	return debits, sums
}

// checkCharged fails the test unless each call that succeeded is in the ledger
// once at its price, nothing is there twice, and calls that were answered 503 come
// to nothing. It returns how many tokens all calls took together.
func checkCharged(t *testing.T, db *sqlx.DB, price int64, loads ...*load) (took int64) {
	t.Helper()
	debits, sums := ledgerRows(t, db)
	seen := map[string]bool{}
	for _, l := range loads {
		for _, s := range l.succeeded {
			id := s.requestID
			if seen[id] {
				t.Errorf("two calls had the request id %s", id)
			}
			if seen[id] = true; debits[id] != 1 || sums[id] != -price {
				t.Errorf("the call %s was answered, and has %d debits in the ledger that come to %d, want 1 and %d", id, debits[id], sums[id], -price)
			}
		}
		for id := range l.unavailable {
			if sums[id] != 0 {
				t.Errorf("the call %s was answered 503 and cost %d", id, -sums[id])
			}
		}
	}
	for id, n := range debits {
		if n != 1 || sums[id] != -price && sums[id] != 0 {
			t.Errorf("the call %s has %d debits, which come to %d with refunds", id, n, sums[id])
		}
	}
	for _, sum := range sums {
		took -= sum
	}
	return took
}

// checkBalance fails the test unless the one ledger there is has the balance,
// and adds up.
func checkBalance(t *testing.T, databaseURL string, db *sqlx.DB, want int64) {
	t.Helper()
	if got := int64(count(t, db, `SELECT balance FROM ledgers`)); got != want {
		t.Errorf("the balance is %d, want %d", got, want)
	}
	if got := alta(t, databaseURL, "", "ledger", "verify"); strings.TrimSpace(got) != "1 ledgers, all of them add up" {
		t.Errorf("ledger verify: %s", got)
	}
}

// expireLeases ends the leases of the table's rows, as time does.
func expireLeases(t *testing.T, db *sqlx.DB, databaseURL, table string) {
	t.Helper()
	past := "0" // SQLite keeps microseconds since 1970
	if repo.IsPostgres(databaseURL) {
		past = "'2020-01-01'"
	}
	eventually(t, "the leases of "+table+" are over", func() error {
		_, err := db.Exec(`UPDATE ` + table + ` SET leased_until = ` + past + ` WHERE leased_until IS NOT NULL`)
		return err // SQLite may be busy
	})
}
