package testdb

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Dump returns all rows of all tables of the database, sorted, as "table
// column=value column=value". Tests use it to look for data that must not be
// anywhere.
func Dump(t testing.TB, databaseURL string) (lines []string) {
	t.Helper()
	db := Connect(t, databaseURL)
	list := `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	if strings.HasPrefix(databaseURL, "sqlite:") {
		list = `SELECT name FROM sqlite_master WHERE type = 'table'`
	}
	var tables []string
	if err := db.Select(&tables, list); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		rows, err := db.Queryx(`SELECT * FROM ` + table)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			row := map[string]any{}
			if err := rows.MapScan(row); err != nil {
				t.Fatal(err)
			}
			line := table
			for _, column := range slices.Sorted(maps.Keys(row)) {
				if text, isBytes := row[column].([]byte); isBytes {
					row[column] = string(text)
				}
				line += fmt.Sprintf(" %s=%v", column, row[column])
			}
			lines = append(lines, line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}
