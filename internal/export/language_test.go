package export

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEnglishFiles: files are in the user's language, and have the names of the
// product and of the person, and no other.
func TestEnglishFiles(t *testing.T) {
	r := fullReport(MaxRows + 1)
	r.Language = "en"
	r.Expenses[0].Category = ""
	r.Rows[0].Description = "first"
	const note = "These are the latest 2,000 of 2,001 transactions."
	records := readCSV(t, write(t, "csv", r))
	if diff := cmp.Diff([]string{"Date", "Type", "Category", "Account", "Description", "Amount", "Currency"}, records[0]); diff != "" {
		t.Errorf("the head of the CSV (-want +got):\n%s", diff)
	}
	if got := records[len(records)-1][4]; got != note {
		t.Errorf("the CSV ends %q", got)
	}
	f := openWorkbook(t, r)
	rows := must(f.GetRows("Transactions"))
	if last := rows[len(rows)-1]; len(rows) != 1+MaxRows+1 || rows[0][2] != "Category" || last[4] != note || last[0] != "" {
		t.Errorf("the workbook has %d rows, %q … %q", len(rows), rows[0], last)
	}
	properties := must(f.GetDocProps())
	if properties.Creator != "Mi Caja" || properties.LastModifiedBy != "Mi Caja" || properties.Subject != "Ana García" || properties.Title != "Transactions" {
		t.Errorf("the workbook is described as %+v", properties)
	}
	for format, lines := range map[string][]string{
		"table.pdf": {"Transactions", "Mi Caja · Ana García", "Made on: 2026-03-03 22:30", "Transactions found: 2001", "All accounts", note, "Date", "Type", "Amount", "Cur", "2026-03-03", "Expense"},
		"visual.pdf": {
			"Mi Caja", "Financial Report", "User:", "Ana García", "Transactions:", "2,001", "Total Income", "ARS 1,234,567.89",
			"Also, in EUR: income 0.00, expenses 10.50, balance −10.50.", "Expenses by Category (ARS)", "No category", "400,000.00", "5 other categories", note, "Date",
		},
	} {
		content := write(t, format, r)
		text := textOf(readPDF(t, content))
		expectLines(t, text, lines...)
		for _, spanish := range []string{"Fecha", "Página", "Monto", "movimientos", "Gasto"} {
			if strings.Contains(text, spanish) {
				t.Errorf("%s has the word %s", format, spanish)
			}
		}
		if !bytes.Contains(content, []byte("/Lang (en)")) {
			t.Errorf("%s does not say that it is in English", format)
		}
	}
}

// TestNoOtherProduct: no file names a product besides the operator's.
func TestNoOtherProduct(t *testing.T) {
	for format := range formats {
		content := write(t, format, fullReport(3))
		for _, name := range []string{"YourFinance", "Alta", "Excelize", "xuri"} {
			if bytes.Contains(content, []byte(name)) {
				t.Errorf("%s has the name %s", format, name)
			}
		}
	}
	f := openWorkbook(t, fullReport(3))
	if app := must(f.GetAppProps()); app.Application == "Go Excelize" {
		t.Errorf("the workbook's application is %q", app.Application)
	}
}

// TestCutNotes: a file of any kind that is cut says so, in both languages, and only
// then.
func TestCutNotes(t *testing.T) {
	for language, note := range map[string]string{"es": "los 2.000 movimientos más recientes de 2.001", "en": "the latest 2,000 of 2,001"} {
		for format := range formats {
			for _, n := range []int{MaxRows, MaxRows + 1} {
				r := fullReport(n)
				r.Language = language
				content := write(t, format, r)
				text := string(content)
				switch {
				case strings.HasSuffix(format, ".pdf"):
					text = textOf(readPDF(t, content))
				case format == "xlsx":
					text = strings.Join(values(readSheet(t, content)), "\n")
				}
				if got := strings.Contains(text, note); got != (n > MaxRows) {
					t.Errorf("%s in %s of %d transactions: it says that it is cut: %v", format, language, n, got)
				}
			}
		}
	}
}

func values(texts map[string]string) (all []string) {
	for _, text := range texts {
		all = append(all, text)
	}
	return all
}
