package handlers_test

import (
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

// TestUncategorized: expenses without a category and a category of their name are two
// rows, which a caller can name apart.
func TestUncategorized(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.register("ada@example.com")
	h.addExpenses("ada@example.com", "no category", 1)
	h.addToOldestAccount("ada@example.com", "EXPENSE", "0.02", h.clock.Now().Format(time.RFC3339), "Otros")
	for query, want := range map[string][]string{
		"": {`"Otros"`, `"Otros"`}, "?uncategorized=Sin+categor%C3%ADa": {`"Otros"`, `"Sin categoría"`},
	} {
		body := h.do("GET", "/api/reports/dashboard"+query, "", ada).status(200).Body.String()
		if got := strings.Count(body, `"categoryName"`); got != 2 {
			t.Errorf("%q: %d rows, want 2: %s", query, got, body)
		}
		for _, name := range want {
			if !strings.Contains(body, `"categoryName":`+name) {
				t.Errorf("%q: there is no %s in %s", query, name, body)
			}
		}
	}
	h.do("GET", "/api/reports/dashboard?uncategorized=", "", ada).status(400)
}
