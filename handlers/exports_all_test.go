package handlers_test

import (
	"encoding/csv"
	"io"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"example.com/alta/internal/testdb"
)

// manyTransactions is far more than a file has by default.
const manyTransactions = 100_000

// addMany gives the user as many copies of one expense.
func (h *harness) addMany(s *testDatabase, email string) {
	h.t.Helper()
	h.addExpenses(email, "Compra", 1)
	rows := must(s.db.Queryx(`SELECT * FROM transactions`))
	columns := must(rows.Columns())
	rows.Close()
	values := strings.ReplaceAll(" "+strings.Join(columns, ", ")+",", " id,", " '00000000-0000-4000-8000-' || CAST(100000000000 + i AS TEXT),")
	must(s.db.Exec(`
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ` + strconv.Itoa(manyTransactions-1) + `)
INSERT INTO transactions (` + strings.Join(columns, ", ") + `) SELECT ` + strings.TrimSuffix(values, ",") + ` FROM transactions, n`))
	must(s.db.Exec(`UPDATE period_totals SET entries = ` + strconv.Itoa(manyTransactions)))
}

// TestExportsOfEverything: with all=true, the CSV and the workbook have every
// transaction, each once. Without it, all files stop at 2,000.
func TestExportsOfEverything(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		ada := h.register("ada@example.com")
		h.addMany(openTestDatabase(t, databaseURL), "ada@example.com")
		download := func(path, truncated string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, request("GET", path, "", ada))
			if w.Code != 200 || w.Header().Get("X-Total-Count") != strconv.Itoa(manyTransactions) || w.Header().Get("X-Truncated") != truncated {
				t.Errorf("%s: %d with %v", path, w.Code, w.Header())
			}
			return w
		}
		for _, records := range [][][]string{
			must(csv.NewReader(download("/api/reports/export/csv?all=true", "").Body).ReadAll()),
			sheetOf(t, download("/api/reports/export?all=true", "").Body),
		} {
			if last := records[len(records)-1]; len(records) != 1+manyTransactions || last[1] != "EXPENSE" || last[4] != "Compra" {
				t.Errorf("%d records, the last of them %q", len(records), last)
			}
		}
		download("/api/reports/export/csv?all=false", "true")
		if rows := sheetOf(t, download("/api/reports/export", "true").Body); len(rows) != 1+2000+1 {
			t.Errorf("by default the workbook has %d rows, want 2,000, a head and a note", len(rows))
		}
	})
}

func sheetOf(t *testing.T, content io.Reader) [][]string {
	t.Helper()
	f := must(excelize.OpenReader(content))
	defer f.Close()
	return must(f.GetRows("Movimientos"))
}

// TestExportsInEnglish: files have names and texts in the user's language.
func TestExportsInEnglish(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.register("ada@example.com")
	h.do("PATCH", "/api/users/me", `{"language":"en"}`, ada).status(200)
	for path, name := range map[string]string{
		"/api/reports/export": "transactions.xlsx", "/api/reports/export/csv": "transactions.csv",
		"/api/reports/export/pdf/table": "transactions_table.pdf", "/api/reports/export/pdf/visual": "visual_report.pdf",
	} {
		w := h.do("GET", path, "", ada).status(200)
		if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="`+name+`"` {
			t.Errorf("%s: the file is %s, want %s", path, got, name)
		}
		if path == "/api/reports/export/csv" && !strings.HasPrefix(w.Body.String(), "\ufeffDate,Type,Category,") {
			t.Errorf("the CSV begins %.40q", w.Body)
		}
	}
}
