package handlers_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// rowsOf returns every row that belongs to the person, of every table that says
// whose its rows are.
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
