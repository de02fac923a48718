package export

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/money"
)

// readCSV reads the content by RFC 4180.
func readCSV(t *testing.T, content []byte) [][]string {
	t.Helper()
	text, marked := bytes.CutPrefix(content, []byte(byteOrderMark))
	if !marked {
		t.Error("there is no byte order mark")
	}
	return must(csv.NewReader(bytes.NewReader(text)).ReadAll())
}

func TestCSV(t *testing.T) {
	r := emptyReport()
	r.Total = 3
	r.Rows = []Row{
		{madeDay, income, "Salario Mensual", "Banco", "Marzo; \"neto\", con\nbono", 999_999_999_999_999, "ARS"},
		{madeDay.AddDate(0, 0, -1), expense, "", "", "", 10, "USD"},
		{madeDay.AddDate(-2000, 0, 0), transfer, "=Transferencia", "+Banco", "-1", 150_050, "ARS"},
	}
	content := write(t, "csv", r)
	want := [][]string{
		{"Fecha", "Tipo", "Categoría", "Cuenta", "Descripción", "Monto", "Moneda"},
		{"2026-03-03", "INCOME", "Salario Mensual", "Banco", "Marzo; \"neto\", con\nbono", "9999999999999.99", "ARS"},
		{"2026-03-02", "EXPENSE", "-", "-", "", "0.10", "USD"},
		{"0026-03-03", "TRANSFER", "'=Transferencia", "'+Banco", "'-1", "1500.50", "ARS"},
	}
	if diff := cmp.Diff(want, readCSV(t, content)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !bytes.Contains(content, []byte("Monto,Moneda\r\n2026-03-03,INCOME,")) {
		t.Errorf("lines do not end with CR LF, as RFC 4180 wants:\n%q", content)
	}
}

func TestCSVOfAnEmptyReport(t *testing.T) {
	if got := readCSV(t, write(t, "csv", emptyReport())); len(got) != 1 {
		t.Errorf("got %q, want the head alone", got)
	}
}

func TestEscapeFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"Supermercado": "Supermercado", "2 + 2 = 4": "2 + 2 = 4", "a@b.example": "a@b.example", "'=1": "'=1", "": "", "-": "'-",
		"=1+1": "'=1+1", "+54 11": "'+54 11", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t'=1", "\r=1": "'\r'=1", ";\t=1": ";\t'=1", ";": ";", "==": "'==", "\tx": "'\tx", "\rx": "'\rx",
		"  =1": "  '=1", "\u00a0=1": "\u00a0'=1", "\u200b=1": "\u200b'=1", "\n=1": "'\n'=1", "＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠x": "'＠x",
		"a;=1": "a;'=1", "a; =1": "a; '=1", "a;b": "a;b", "uno\n=dos": "uno\n'=dos", "uno\ndos": "uno\ndos",
	} {
		if got := escapeFormulas(text); got != want {
			t.Errorf("escapeFormulas(%q) = %q, want %q", text, got, want)
		}
	}
}

// No cell begins like a formula, whatever the texts are and whichever separator a
// program assumes.
func TestCSVHasNoFormulas(t *testing.T) {
	alphabet := []rune("=+-@＝＠;,\"'\t\r\n a1\u00a0\u200b")
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		text := make([]rune, 1+random.IntN(12))
		for i := range text {
			text[i] = alphabet[random.IntN(len(alphabet))]
		}
		r := emptyReport()
		r.Rows = []Row{{madeDay, expense, string(text), string(text), string(text), 1, "ARS"}}
		content := write(t, "csv", r)
		var cells []string
		for _, record := range readCSV(t, content) {
			cells = append(cells, record...)
		}
		cells = append(cells, strings.FieldsFunc(string(content), func(c rune) bool { return strings.ContainsRune(";\t\n\r", c) })...)
		for _, cell := range cells {
			if start := strings.TrimLeft(cell, " \u00a0\u200b\t\r\n"); cell != "-" && start != "" && strings.ContainsAny(string([]rune(start)[:1]), "=+-@＝＠") {
				t.Fatalf("%q makes the cell %q in\n%q", string(text), cell, content)
			}
		}
	}
}

func TestCSVHasEveryRow(t *testing.T) {
	r := fullReport(MaxRows + 1)
	records := readCSV(t, write(t, "csv", r))
	if len(records) != 1+MaxRows+1 {
		t.Fatalf("%d records, want %d and a note", len(records), 1+MaxRows)
	}
	note := []string{"", "", "", "", "Se muestran los 2.000 movimientos más recientes de 2.001.", "", ""}
	if diff := cmp.Diff(note, records[1+MaxRows]); diff != "" {
		t.Errorf("the last record (-want +got):\n%s", diff)
	}
	for i, row := range r.Rows {
		if got, want := records[i+1][5], money.Fixed(row.Amount, row.Currency); got != want {
			t.Errorf("row %d: amount %s, want %s", i, got, want)
		}
	}
}
