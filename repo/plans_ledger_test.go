package repo_test

import (
	"context"
	"database/sql/driver"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestLedgerPlans: the queries of each charged call use an index, however many
// rows there are. Only the table plans, which has two rows, may be scanned.
func TestLedgerPlans(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		plain, c := migrated(t, databaseURL)
		user := createUser(t, plain, "ada@example.com")
		createSession(t, plain, user, time.Hour)
		if err := openLedger(t, plain, user, freePlan); err != nil {
			t.Fatal(err)
		}
		createKey(t, plain, user, "one")
		for _, statement := range sqlFill {
			write(t, plain, func(tx *repo.Tx) error {
				_, err := tx.Exec(t.Context(), statement)
				return err
			})
		}
		var queries []query
		r := mustOpenWatched(t, databaseURL, c.Now, watch{before: func(text string, args []driver.NamedValue) {
			if text != "BEGIN" && text != "COMMIT" {
				queries = append(queries, query{text, args})
			}
		}})
		inTx := func(read func(context.Context, *repo.Tx) error) func(context.Context) error {
			return func(ctx context.Context) error {
				return r.InTx(ctx, func(tx *repo.Tx) error { return read(ctx, tx) })
			}
		}
		for _, test := range []struct {
			name             string
			read             func(context.Context) error
			sqlite, postgres string // the index that is expected
		}{
			{name: "KeyOwner", read: func(ctx context.Context) error {
				_, err := r.KeyOwner(ctx, "digest of one", start)
				return err
			}, sqlite: "api_keys_digest", postgres: "api_keys_digest"},
			{name: "APIKeys", read: func(ctx context.Context) error {
				_, err := r.APIKeys(ctx, user.ID, start)
				return err
			}, sqlite: "api_keys_user", postgres: "api_keys_user"},
			{name: "LockLedgers", read: inTx(func(ctx context.Context, tx *repo.Tx) error {
				_, err := tx.LockLedgers(ctx, []uuid.UUID{user.ID, uuid.New()})
				return err
			}), sqlite: "sqlite_autoindex_ledgers_1", postgres: "ledgers_pkey"},
			{name: "TokenRows", read: func(ctx context.Context) error {
				_, err := r.TokenRows(ctx, user.ID, 10)
				return err
			}, sqlite: "token_transactions_user", postgres: "token_transactions_"}, // PostgreSQL may sort so few rows itself
			{name: "TokenRowsOf", read: inTx(func(ctx context.Context, tx *repo.Tx) error {
				_, err := tx.TokenRowsOf(ctx, repo.TokensDebit, []repo.UserRequest{{UserID: uuid.New(), RequestID: "one"}, {UserID: uuid.New(), RequestID: "two"}})
				return err
			}), sqlite: "token_transactions", postgres: "token_transactions"},
			{name: "DueRefills", read: func(ctx context.Context) error {
				_, err := r.DueRefills(ctx, start, 10)
				return err
			}, sqlite: "ledgers_refill", postgres: "ledgers_refill"},
			{name: "DailyUsage", read: func(ctx context.Context) error {
				_, err := r.DailyUsage(ctx, user.ID, "2026-03-20")
				return err
			}, sqlite: "sqlite_autoindex_token_usage_1", postgres: "token_usage_pkey"},
		} {
			queries = nil
			if err := test.read(t.Context()); err != nil || len(queries) == 0 {
				t.Errorf("%s: %v after %d statements", test.name, err, len(queries))
			}
			index := test.sqlite
			if repo.IsPostgres(databaseURL) {
				index = test.postgres
			}
			for _, q := range queries {
				plan := explain(t, plain, databaseURL, q)
				rest := strings.ReplaceAll(plan, "Seq Scan on plans", "")
				rest = strings.ReplaceAll(rest, "SCAN p\n", "")
				rest = strings.ReplaceAll(rest, "SCAN 2-ROW VALUES CLAUSE", "")
				if strings.Contains(rest, "SCAN ") || strings.Contains(rest, "Seq Scan") || !strings.Contains(plan, index) {
					t.Errorf("%s looks at a whole table, or does not go by %s:\n%s", test.name, index, plan)
				}
			}
		}
	})
}
