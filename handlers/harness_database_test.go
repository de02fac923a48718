package handlers_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"example.com/alta/internal/meter"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// testDatabase is a second connection to the server's database. It makes
// statements fail inside the database, and reads what the server has written.
type testDatabase struct {
	t        *testing.T
	url      string
	db       *sqlx.DB
	postgres bool
}

func openTestDatabase(t *testing.T, databaseURL string) *testDatabase {
	t.Helper()
	s := &testDatabase{t: t, url: databaseURL, db: testdb.Connect(t, databaseURL), postgres: repo.IsPostgres(databaseURL)}
	if !s.postgres { // SQLite: the server may be writing at the same time
		s.db.SetMaxOpenConns(1)
		s.db.MustExec("PRAGMA busy_timeout = 10000")
	}
	return s
}

// failOn makes statements such as "INSERT ON users" fail for rows that meet the
// condition, until mend is called.
func (s *testDatabase) failOn(what, condition string) (mend func()) {
	s.t.Helper()
	_, table, _ := strings.Cut(what, " ON ")
	body := "BEGIN SELECT RAISE(ABORT, 'sabotage'); END"
	drop := "DROP TRIGGER sabotage"
	if s.postgres {
		s.db.MustExec(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'sabotage'; END$$`)
		body, drop = "EXECUTE FUNCTION refuse()", drop+" ON "+table
	}
	s.db.MustExec("CREATE TRIGGER sabotage BEFORE " + what + " FOR EACH ROW WHEN (" + condition + ") " + body)
	return func() { s.db.MustExec(drop) }
}

// hideTable makes all reads of the table fail until mend is called.
func (s *testDatabase) hideTable(table string) (mend func()) {
	s.t.Helper()
	s.db.MustExec("ALTER TABLE " + table + " RENAME TO hidden")
	return func() { s.db.MustExec("ALTER TABLE hidden RENAME TO " + table) }
}

// count returns the number of rows in the table.
func (s *testDatabase) count(table string) (n int) {
	s.t.Helper()
	if err := s.db.Get(&n, "SELECT COUNT(*) FROM "+table); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// liveKeys returns how many API keys have not been revoked.
func (s *testDatabase) liveKeys() (n int) {
	s.t.Helper()
	if err := s.db.Get(&n, "SELECT COUNT(*) FROM api_keys WHERE revoked_at IS NULL"); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// cutOffCall makes the call with the key look as if it had been cut off after
// all its effects, but before its response was stored. Its lease lasts for a
// minute.
func (s *testDatabase) cutOffCall(h *harness, key string) {
	s.t.Helper()
	var row repo.IdempotentCall
	s.readCall(&row, key)
	s.db.MustExec("DELETE FROM idempotent_calls WHERE key = '" + key + "'")
	h.write(func(tx *repo.Tx) error {
		_, taken, err := tx.ReserveCall(context.Background(), row, time.Minute)
		if !taken {
			s.t.Errorf("the key %s is taken", key)
		}
		return err
	})
}

func (s *testDatabase) readCall(row *repo.IdempotentCall, key string) {
	s.t.Helper()
	err := s.db.Get(row, "SELECT scope, key, fingerprint, request_id, response FROM idempotent_calls WHERE key = '"+key+"'")
	if err != nil {
		s.t.Fatal(err)
	}
}

// refundCall refunds the charge of the call with the key.
func (s *testDatabase) refundCall(h *harness, c customer, key string) {
	s.t.Helper()
	var row repo.IdempotentCall
	s.readCall(&row, key)
	h.config.Ledger.Refund(meter.Debit{UserID: c.id, Cost: 10, Endpoint: "GET " + sandbox, RequestID: row.RequestID})
	h.awaitRefunds(c, 1)
}

// rowsOf returns the person's rows of all tables that have a user_id.
func rowsOf(t *testing.T, db *sqlx.DB, p person) string {
	t.Helper()
	query := `SELECT table_name FROM information_schema.columns WHERE column_name = 'user_id' AND table_schema = 'public' ORDER BY 1`
	if db.DriverName() == "sqlite" {
		query = `SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'user_id' ORDER BY 1`
	}
	var tables []string
	if err := db.Select(&tables, query); err != nil || len(tables) < 5 {
		t.Fatalf("tables %v: %v", tables, err)
	}
	lines := rowsWhere(t, db, "users", "id", p.id)
	for _, table := range tables {
		lines = append(lines, rowsWhere(t, db, table, "user_id", p.id)...)
	}
	return strings.Join(lines, "\n")
}

func rowsWhere(t *testing.T, db *sqlx.DB, table, column string, id uuid.UUID) (lines []string) {
	t.Helper()
	rows, err := db.Queryx(`SELECT * FROM `+table+` WHERE `+column+` = $1`, id.String())
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		row := map[string]any{}
		if err := rows.MapScan(row); err != nil {
			t.Fatal(err)
		}
		for name, value := range row {
			if raw, ok := value.([]byte); ok {
				row[name] = string(raw)
			}
		}
		lines = append(lines, table+" "+string(must(json.Marshal(row))))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

// textsIn returns the texts that are in some of the lines.
func textsIn(lines []string, texts ...string) (hits []string) {
	for _, text := range texts {
		for _, line := range lines {
			if strings.Contains(line, text) {
				hits = append(hits, text)
				break
			}
		}
	}
	return hits
}

// linesWith returns the lines that contain any of the texts.
func linesWith(lines []string, texts ...string) (rows []string) {
	for _, line := range lines {
		if len(textsIn([]string{line}, texts...)) > 0 {
			rows = append(rows, line)
		}
	}
	return rows
}
