package testdb

import (
	"strconv"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"example.com/alta/repo"
)

// Filler adds rows of one user in single statements, for tests of what happens with very
// many of them.
type Filler struct {
	t    testing.TB
	db   *sqlx.DB
	user string // its id
	time string // literal of 2026-03-04T14:13:20Z
}

// NewFiller returns a filler for the user with the id in a database that has a schema.
func NewFiller(t testing.TB, databaseURL, user string) *Filler {
	t.Helper()
	f := &Filler{t: t, db: Connect(t, databaseURL), user: user, time: "'2026-03-04 14:13:20'"}
	if !repo.IsPostgres(databaseURL) {
		f.time = strconv.FormatInt(time.Date(2026, 3, 4, 14, 13, 20, 0, time.UTC).UnixMicro(), 10)
	}
	return f
}

// Parts of statements that number new rows from 1 to $2. An id begins with the kind of
// row and with the user's.
const (
	sqlNumbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) `
	sqlID      = `-' || substr($1, 10, 14) || '-' || CAST(100000000000 + i AS TEXT)`
)

// Accounts adds accounts that are called Account and a number.
func (f *Filler) Accounts(n int) {
	f.add(n, `
INSERT INTO accounts (id, user_id, name, type, currency, balance, created_at, updated_at)
SELECT 'aaaaaaaa`+sqlID+`, $1, 'Account ' || CAST(i AS TEXT), 'SAVINGS', 'ARS', 100, `+f.time+`, `+f.time+` FROM n`)
}

// Categories adds categories of expenses, each fifth of which is the parent of the four
// after it.
func (f *Filler) Categories(n int) {
	f.add(n, `
INSERT INTO categories (id, user_id, name, type, is_fixed, parent_id, created_at, updated_at)
SELECT 'cccccccc`+sqlID+`, $1, 'Category ' || CAST(i AS TEXT), 'EXPENSE', FALSE,
       CASE WHEN i % 5 = 1 THEN NULL ELSE 'cccccccc-' || substr($1, 10, 14) || '-' || CAST(100000000000 + i - (i - 1) % 5 AS TEXT) END,
       `+f.time+`, `+f.time+` FROM n`)
}

// Budgets adds a budget for each of so many categories of Categories, in the month.
func (f *Filler) Budgets(n, year, month int) {
	f.add(n, `
INSERT INTO budgets (id, user_id, category_id, amount, month, year, created_at, updated_at)
SELECT substr(CAST(100000000 + $3 * 100 + $4 AS TEXT), 2)||'`+sqlID+`, $1, 'cccccccc`+sqlID+`, 1000, $4, $3, `+f.time+`, `+f.time+` FROM n`, year, month)
}

// Transactions adds an expense of the time 2026-03-04T14:13:20Z in each of so many
// categories of Categories, without an account, with its totals.
func (f *Filler) Transactions(n int) {
	f.add(n, `
INSERT INTO transactions (id, user_id, type, amount, currency, search_text, date, category_id, created_at, updated_at)
SELECT 'eeeeeeee`+sqlID+`, $1, 'EXPENSE', 100 + i, 'ARS', '', `+f.time+`, 'cccccccc`+sqlID+`, `+f.time+`, `+f.time+` FROM n`)
	for _, period := range []string{"2026-03", ""} {
		f.add(n, `
INSERT INTO period_totals (user_id, period, account_id, category_id, type, is_transfer, currency, amount, entries)
SELECT $1, '`+period+`', '', 'cccccccc`+sqlID+`, 'EXPENSE', FALSE, 'ARS', 100 + i, 1 FROM n`)
	}
	f.run(`UPDATE users SET kept_transactions = kept_transactions + $2 WHERE id = $1`, f.user, n)
}

// DeletedCategories adds categories of Categories that have been deleted, each with a
// transaction.
func (f *Filler) DeletedCategories(n int) {
	f.Categories(n)
	f.Transactions(n)
	f.run(`UPDATE categories SET deleted_at = `+f.time+` WHERE user_id = $1 AND id LIKE 'cccccccc-%'`, f.user)
}

// KeepTransactions makes the user have so many transactions, for the bound, without rows.
func (f *Filler) KeepTransactions(n int) {
	f.run(`UPDATE users SET kept_transactions = $2 WHERE id = $1`, f.user, n)
}

func (f *Filler) run(query string, args ...any) {
	f.t.Helper()
	if _, err := f.db.Exec(query, args...); err != nil {
		f.t.Fatal(err)
	}
}

func (f *Filler) add(n int, query string, more ...any) {
	f.t.Helper()
	if n > 0 {
		f.run(sqlNumbers+query, append([]any{f.user, n}, more...)...)
	}
}
