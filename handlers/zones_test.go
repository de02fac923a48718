package handlers_test

import (
	"testing"

	"example.com/alta/internal/testdb"
)

// TestTimeZonesAreTheDatabasesNames: what only a machine's directory has is refused,
// and a user who had such a zone before still has reports and can choose another.
func TestTimeZonesAreTheDatabasesNames(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("ada@example.com")
		for _, name := range []string{"localtime", "posixrules", "right/UTC", "posix/Europe/Madrid", "Local", "europe/madrid", "/etc/localtime"} {
			h.do("PATCH", "/api/users/me", `{"timezone":"`+name+`"}`, bearer).status(400)
		}
		for _, old := range []string{"localtime", "right/Europe/Madrid"} {
			testdb.Connect(t, databaseURL).MustExec(`UPDATE users SET timezone = $1`, old)
			h.do("PATCH", "/api/users/me", `{"fiscalStartDay":15}`, bearer).status(200)
			for _, target := range []string{
				"/api/reports/export", "/api/reports/export/csv", "/api/reports/export/pdf/table", "/api/reports/export/pdf/visual", "/api/transactions?month=3&year=2026",
				"/api/reports/dashboard", "/api/budgets",
			} {
				h.do("GET", target, "", bearer).status(200)
			}
		}
		h.do("PATCH", "/api/users/me", `{"timezone":"Europe/Madrid"}`, bearer).status(200)
	})
}
