package repo_test

import (
	"context"
	"database/sql/driver"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// sqlFill makes 2,000 users out of one, with a session, an account and a
// category each, so that the planner has a reason to prefer an index.
var sqlFill = []string{`
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
INSERT INTO users (id, email, door, first_name, last_name, currency, created_at, updated_at)
SELECT 'user' || i, 'user' || i || '@example.com', door, first_name, last_name, currency, created_at, updated_at FROM users, n`, `
INSERT INTO sessions (id, user_id, door, user_agent, address, created_at, last_seen_at, expires_at)
SELECT 'session' || u.id, u.id, s.door, s.user_agent, s.address, s.created_at, s.last_seen_at, s.expires_at
FROM users u, sessions s WHERE u.id <> s.user_id`, `
INSERT INTO accounts (id, user_id, name, type, currency, is_default, created_at, updated_at)
SELECT 'account' || u.id, u.id, a.name, a.type, a.currency, FALSE, a.created_at, a.updated_at
FROM users u, accounts a WHERE u.id <> a.user_id`, `
INSERT INTO categories (id, user_id, name, type, is_fixed, created_at, updated_at)
SELECT 'category' || id, id, 'Varios', 'BOTH', FALSE, created_at, updated_at
FROM users WHERE id NOT IN (SELECT user_id FROM categories)`,
	// Each of them gets a ledger, a key, 4 debits and usage on 4 days.
	`
INSERT INTO ledgers (user_id, balance, plan_started_at, refill_at)
SELECT id, 100, created_at, '2030-01-01' FROM users WHERE id NOT IN (SELECT user_id FROM ledgers)`, `
INSERT INTO api_keys (id, user_id, name, masked, digest, secret_id, created_at)
SELECT 'key' || id, id, '', '', 'digest of ' || id, '', created_at FROM users WHERE id LIKE 'user%'`, `
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4)
INSERT INTO token_transactions (id, user_id, delta, kind, endpoint, request_id, created_at)
SELECT 'debit' || i || user_id, user_id, -1, 'debit', '', 'request' || i || user_id, plan_started_at FROM ledgers, n WHERE user_id LIKE 'user%'`, `
WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 13)
INSERT INTO token_usage (user_id, day, endpoint, tokens, calls) SELECT user_id, '2026-03-' || i, 'GET /', 1, 1 FROM ledgers, n`,
	`ANALYZE`,
}

// TestPlans: the queries of nearly every call use an index and scan no table.
func TestPlans(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		plain, c := migrated(t, databaseURL)
		user := createUser(t, plain, "ada@example.com")
		session := createSession(t, plain, user, time.Hour)
		for _, statement := range sqlFill {
			write(t, plain, func(tx *repo.Tx) error {
				_, err := tx.Exec(t.Context(), statement)
				return err
			})
		}

		// Explain the statements that the package runs, with their arguments.
		var queries []query
		r := mustOpenWatched(t, databaseURL, c.Now, watch{before: func(text string, args []driver.NamedValue) {
			queries = append(queries, query{text, args})
		}})
		index := func(sqlite, postgres string) string {
			if repo.IsPostgres(databaseURL) {
				return postgres
			}
			return sqlite
		}
		tests := []struct {
			name    string
			read    func(context.Context) error
			queries int
			indexes []string
		}{
			{name: "UserByEmail", read: func(ctx context.Context) error {
				_, err := r.UserByEmail(ctx, user.Email)
				return err
			}, queries: 1, indexes: []string{index("sqlite_autoindex_users_2", "users_email_key")}},
			{name: "SessionOwner", read: func(ctx context.Context) error {
				_, err := r.SessionOwner(ctx, session, start)
				return err
			}, queries: 1, indexes: []string{index("sqlite_autoindex_sessions_1", "sessions_pkey"), index("sqlite_autoindex_users_1", "users_pkey")}},
			{name: "Sessions", read: func(ctx context.Context) error {
				_, err := r.Sessions(ctx, user.ID, start)
				return err
			}, queries: 1, indexes: []string{"sessions_user"}},
			{name: "Accounts", read: func(ctx context.Context) error {
				_, err := r.Accounts(ctx, user.ID)
				return err
			}, queries: 1, indexes: []string{"accounts_user"}},
			{name: "Categories", read: func(ctx context.Context) error {
				_, _, err := r.Categories(ctx, user.ID, "EXPENSE", repo.Page{Limit: 10})
				return err
			}, queries: 2, indexes: []string{"categories_name"}},
			{name: "CategoriesEver", read: func(ctx context.Context) error {
				_, err := r.CategoriesEver(ctx, user.ID)
				return err
			}, queries: 1, indexes: []string{"categories_name", "categories_deleted"}},
		}
		for _, test := range tests {
			queries = nil
			if err := test.read(t.Context()); err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
			if len(queries) != test.queries {
				t.Errorf("%s ran %d statements, want %d", test.name, len(queries), test.queries)
			}
			for _, q := range queries {
				plan := explain(t, plain, databaseURL, q)
				if strings.Contains(plan, "SCAN ") || strings.Contains(plan, "Seq Scan") {
					t.Errorf("%s looks at a whole table:\n%s", test.name, plan)
				}
				for _, name := range test.indexes {
					if !strings.Contains(plan, name) {
						t.Errorf("%s does not go by %s:\n%s", test.name, name, plan)
					}
				}
			}
		}
	})
}

type query struct {
	text string
	args []driver.NamedValue
}

// explain returns the engine's plan for a query, one step per line.
func explain(t *testing.T, r *repo.Repo, databaseURL string, q query) string {
	t.Helper()
	args := make([]any, len(q.args))
	for i, arg := range q.args {
		args[i] = arg.Value
	}
	var lines []string
	if repo.IsPostgres(databaseURL) {
		if err := r.List(t.Context(), &lines, "EXPLAIN "+q.text, args...); err != nil {
			t.Fatal(err)
		}
		return strings.Join(lines, "\n")
	}
	var steps []struct{ ID, Parent, NotUsed, Detail string }
	if err := r.List(t.Context(), &steps, "EXPLAIN QUERY PLAN "+q.text, args...); err != nil {
		t.Fatal(err)
	}
	for _, step := range steps {
		lines = append(lines, step.Detail)
	}
	return strings.Join(lines, "\n")
}
