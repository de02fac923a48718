package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// fillStep is the number of users that one transaction adds.
const fillStep = 50_000

// usageRows is the number of rows of usage per user: days times endpoints.
const usageRows = 4

// dialect has the statements for filling in which the engines differ.
type dialect struct {
	driver string
	before []string // statements that turn durability and checks off
	after  []string // statements that prepare the database for the measurement
	series string   // the numbers %d to %d as n
	hex    string   // the number %[2]s in %[1]d hexadecimal digits
	ago    string   // the time %s hours ago
	day    string   // the day %s days ago
	number string   // the number %[2]s in %[1]d decimal digits
}

var dialects = map[string]dialect{
	"sqlite": {
		driver: "sqlite",
		before: []string{"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA foreign_keys = OFF", "PRAGMA cache_size = -400000"},
		after:  []string{"PRAGMA journal_mode = WAL"},
		series: "(WITH RECURSIVE s(n) AS (SELECT %d UNION ALL SELECT n + 1 FROM s WHERE n < %d) SELECT n FROM s)",
		hex:    "printf('%%0%[1]dx', %[2]s)",
		ago:    "(unixepoch() - 3600 * (%s)) * 1000000",
		day:    "date('now', -(%s) || ' days')",
		number: "printf('%%0%[1]dd', %[2]s)",
	},
	"postgres": {
		driver: "postgres",
		before: []string{"SET synchronous_commit = off", "SET session_replication_role = replica"}, // no checks of foreign keys
		after:  []string{"VACUUM ANALYZE", "CHECKPOINT"},
		series: "(SELECT generate_series(%d, %d)::bigint AS n)",
		hex:    "lpad(to_hex(%[2]s), %[1]d, '0')",
		ago:    "(now() AT TIME ZONE 'UTC' - (%s) * interval '1 hour')",
		day:    "to_char(now() AT TIME ZONE 'UTC' - (%s) * interval '1 day', 'YYYY-MM-DD')",
		number: "lpad((%[2]s)::text, %[1]d, '0')",
	},
}

// scatter spreads small numbers over 32 bits, so that texts with them have no
// order, like random ids and digests.
const scatter = 2654435761

// The ids and texts of user n. The SQL below makes the same.

func fillUserID(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", spread(n), n) }
func fillEmail(n int) string  { return fmt.Sprintf("user%08d@example.com", n) }
func fillDigest(n int) string { return fmt.Sprintf("%08x%056x", (n*scatter)%(1<<32), n) }

// spread keeps the order of numbers. Adding users in the order of their ids is many
// times as fast.
func spread(n int) int { return n * 256 }

// fill adds users, each with a wallet, a session, a key and a ledger with that
// number of rows. It does not use the repo, whose transactions would be too slow.
func fill(ctx context.Context, e *engine, users, rowsEach int) (err error) {
	d := dialects[e.name]
	url := e.url
	if path, isPath := strings.CutPrefix(e.url, "sqlite:"); isPath {
		url = path
	}
	db, err := sql.Open(d.driver, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1) // settings belong to the connection
	if err := execute(ctx, db, d.before...); err != nil {
		return err
	}
	for from := 1; from <= users; from += fillStep {
		statements := d.inserts(from, min(from+fillStep-1, users), rowsEach)
		if err := execute(ctx, db, append(append([]string{"BEGIN"}, statements...), "COMMIT")...); err != nil {
			return err
		}
	}
	return execute(ctx, db, d.after...)
}

// inserts returns the statements that add the users with the numbers.
func (d dialect) inserts(from, to, rowsEach int) []string {
	return append(d.insertUsers(fmt.Sprintf(d.series, from, to)), d.insertRows(fmt.Sprintf(d.series, from, to), rowsEach)...)
}

// insertUsers returns the statements for the rows of which each user has one.
func (d dialect) insertUsers(users string) []string {
	return []string{
		`INSERT INTO users (id, email, password_hash, door, first_name, last_name, currency, plan, email_verified_at, created_at, updated_at)
SELECT ` + d.userID() + `, 'user' || ` + fmt.Sprintf(d.number, 8, "n") + ` || '@example.com',
       '$2a$12$abcdefghijklmnopqrstuuvwxyzabcdefghijklmnopqrstuvwxyzabcd', 'api', 'Ada', 'Lovelace', 'ARS', 'paid',
       ` + d.at("240") + `, ` + d.at("240") + `, ` + d.at("240") + ` FROM ` + users + ` AS u`,
		`INSERT INTO accounts (id, user_id, name, type, currency, is_default, created_at, updated_at)
SELECT ` + d.id("4000-9000", "n") + `, ` + d.userID() + `, 'Efectivo / Billetera', 'WALLET', 'ARS', TRUE, ` + d.at("240") + `, ` + d.at("240") + `
FROM ` + users + ` AS u`,
		`INSERT INTO sessions (id, user_id, door, user_agent, address, created_at, last_seen_at, expires_at)
SELECT ` + d.id("4000-a000", "n") + `, ` + d.userID() + `, 'api', 'curl/8', '192.0.2.1', ` + d.at("24") + `, ` + d.at("2") + `, ` + d.at("-144") + `
FROM ` + users + ` AS u`,
		`INSERT INTO api_keys (id, user_id, name, masked, digest, secret_id, created_at, last_used_at)
SELECT ` + d.id("4000-b000", "n") + `, ` + d.userID() + `, 'default', 'alta_abcd…wxyz',
       ` + fmt.Sprintf(d.hex, 8, scattered("n")) + ` || ` + fmt.Sprintf(d.hex, 56, "n") + `, 'abcd', ` + d.at("240") + `, ` + d.at("2") + `
FROM ` + users + ` AS u`,
	}
}

// insertRows returns the statements for the ledgers, their rows and the usage.
func (d dialect) insertRows(users string, rowsEach int) []string {
	times := func(n int) string { // each user n times, numbered by k
		return users + " AS u CROSS JOIN " + strings.Replace(fmt.Sprintf(d.series, 0, n-1), "SELECT n FROM s", "SELECT n AS k FROM s", 1)
	}
	if d.driver == "postgres" {
		times = func(n int) string {
			return fmt.Sprintf("%s AS u CROSS JOIN generate_series(0, %d) AS k", users, n-1)
		}
	}
	return []string{
		fmt.Sprintf(`INSERT INTO ledgers (user_id, balance, plan_started_at, refill_at)
SELECT %s, 100000 - %d, %s, %s FROM %s AS u`, d.userID(), rowsEach-1, d.at("240"), d.at("-480"), users),
		// The first row is the grant. The ids are nearly in the order of time.
		fmt.Sprintf(`INSERT INTO token_transactions (id, user_id, delta, kind, endpoint, request_id, created_at)
SELECT '01900000-' || %s || '-7000-8000-' || %s, %s, CASE WHEN k = 0 THEN 100000 ELSE -1 END,
       CASE WHEN k = 0 THEN 'grant' ELSE 'debit' END, 'GET /api/accounts', %s, %s
FROM %s`,
			fmt.Sprintf(d.hex, 4, "n / 65536"), fmt.Sprintf(d.hex, 12, fmt.Sprintf("n * %d + k", rowsEach)), d.userID(),
			d.id("4000-8000", fmt.Sprintf("(n * %d + k)", rowsEach)), d.at(fmt.Sprintf("%d - k", rowsEach)), times(rowsEach)),
		fmt.Sprintf(`INSERT INTO token_usage (user_id, day, endpoint, tokens, calls)
SELECT %s, %s, CASE WHEN k %% 2 = 0 THEN 'GET /api/accounts' ELSE 'GET /api/categories' END, 2, 2
FROM %s`, d.userID(), fmt.Sprintf(d.day, "k / 2 + 1"), times(usageRows)),
	}
}

func (d dialect) at(hours string) string { return fmt.Sprintf(d.ago, hours) }

// userID is the SQL of fillUserID.
func (d dialect) userID() string {
	return fmt.Sprintf(d.hex, 8, "n * 256") + ` || '-0000-4000-8000-' || ` + fmt.Sprintf(d.hex, 12, "n")
}

// id is the SQL of an id without order. Ids with the same middle differ by number.
func (d dialect) id(middle, number string) string {
	return fmt.Sprintf(d.hex, 8, scattered(number)) + ` || '-0000-` + middle + `-' || ` + fmt.Sprintf(d.hex, 12, number)
}

func scattered(number string) string { return fmt.Sprintf("(%s * %d) %% 4294967296", number, scatter) }
