package export

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// made is the time of the tests' reports. In Buenos Aires it is still 3 March.
var made = time.Date(2026, 3, 4, 1, 30, 0, 0, time.UTC)

// madeDay is the day of made for the user.
var madeDay = time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// emptyReport is the report of a user without transactions.
func emptyReport() sample {
	return sample{Report: Report{
		User: "Ana García", Product: "Mi Caja", Currency: "ARS", Made: made,
		Zone: must(time.LoadLocation("America/Argentina/Buenos_Aires")), Sums: []Sum{{Currency: "ARS"}},
	}}
}

// oddTexts are texts that could break a file.
var oddTexts = []string{
	"Compra semanal en el supermercado", "", "Ñandú, café y açaí — 20 € al 50 %", "Кофе и чай; καφές", "寿司 とカレー 🍣 👩‍👩‍👧 ☕️",
	strings.Repeat("Supercalifragilistico", 12), "dos\nlíneas\tun tabulador\r\ny \"comillas\", comas; y más", `=HYPERLINK("http://x","y")`,
	strings.Repeat("una descripción larga ", 20), "עברית العربية", "\x00\x01\x1b[31m", "e\u0301 combinado",
}

// fullReport is a report of n transactions of every kind, with odd texts.
func fullReport(n int) sample {
	r := emptyReport()
	r.Total = n
	for i := range min(n, MaxRows) {
		row := Row{
			Day: madeDay.Add(-time.Duration(i) * 7 * time.Hour), Type: []string{expense, expense, income, transfer}[i%4], Amount: int64(i*i*7919%90_000_000) + 1,
			Currency: "ARS", Account: "Efectivo / Billetera", Category: []string{"Supermercado", "Restaurantes / Delivery", "Salario Mensual", "Transferencia"}[i%4],
			Description: oddTexts[i%len(oddTexts)],
		}
		if i%17 == 0 {
			row.Account, row.Category, row.Currency = "", "", "USD"
		}
		if i == 5 {
			row.Account, row.Category = "Cuenta en dólares del banco de la esquina", "Una categoría con un nombre de cincuenta letras ok"
			row.Amount = 999_999_999_999_999
		}
		r.Rows = append(r.Rows, row)
	}
	r.Sums = []Sum{{"ARS", 123_456_789, 98_765_432}, {"EUR", 0, 1050}, {"USD", 999_999_999_999_999, 1}}
	for i := range 14 {
		r.Expenses = append(r.Expenses, Slice{Category: fmt.Sprintf("Categoría %d", i), Color: "#4ECDC4", Amount: int64(14-i) * 1_000_000})
	}
	r.Expenses[0] = Slice{Category: "Alimentación", Color: "#FF6B6B", Amount: 40_000_000}
	r.Expenses[1] = Slice{Category: "Una categoría con un nombre de cincuenta letras ok", Amount: 30_000_000}
	r.Expenses[2] = Slice{Category: "Servicios", Color: "#AA96DA", Amount: 20_000_000}
	return r
}

// sample is a report with its rows.
type sample struct {
	Report
	Rows []Row
}

// each is the sample's Rows.
func (s sample) each(use func(Row) error) error {
	for _, row := range s.Rows {
		if err := use(row); err != nil {
			return err
		}
	}
	return nil
}

// formats are the functions that write a report.
var formats = map[string]func(sample) ([]byte, error){
	"csv": streamed(CSV), "xlsx": streamed(Workbook), "table.pdf": whole(TablePDF), "visual.pdf": whole(VisualPDF),
}

func streamed(write func(io.Writer, Report, Rows) error) func(sample) ([]byte, error) {
	return func(s sample) ([]byte, error) {
		var out bytes.Buffer
		s.Shown = len(s.Rows)
		err := write(&out, s.Report, s.each)
		return out.Bytes(), err
	}
}

func whole(write func(Report, Rows) ([]byte, error)) func(sample) ([]byte, error) {
	return func(s sample) ([]byte, error) {
		s.Shown = len(s.Rows)
		return write(s.Report, s.each)
	}
}

func write(t testing.TB, format string, r sample) []byte {
	t.Helper()
	content, err := formats[format](r)
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return content
}
