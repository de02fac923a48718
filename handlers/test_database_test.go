package handlers_test

import (
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

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

// count returns the number of rows in the table.
func (s *testDatabase) count(table string) (n int) {
	s.t.Helper()
	if err := s.db.Get(&n, "SELECT COUNT(*) FROM "+table); err != nil {
		s.t.Fatal(err)
	}
	return n
}
