package export

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// placedText is a text on a page. Its baseline begins at x, y, counted from the
// bottom.
type placedText struct {
	x, y float64
	text string
}

var (
	streams  = regexp.MustCompile(`(?s)/Length \d+>>\nstream\n(.*?)\nendstream`)
	shown    = regexp.MustCompile(`(?s)BT (-?[\d.]+) (-?[\d.]+) Td \(((?:\\.|[^\\()])*)\)\s*Tj ET`)
	escaped  = regexp.MustCompile(`(?s)\\(.)`)
	objectAt = regexp.MustCompile(`^\d{10} \d{5} n`)
)

// readPDF returns the texts of each page.
func readPDF(t *testing.T, content []byte) (pages [][]placedText) {
	t.Helper()
	checkStructure(t, content)
	for _, match := range streams.FindAllSubmatch(content, -1) {
		page := inflate(match[1])
		if !bytes.Contains(page, []byte("BT ")) || !bytes.Contains(page, []byte(" Tf ET")) {
			continue // a font
		}
		var texts []placedText
		for _, shown := range shown.FindAllSubmatch(page, -1) {
			texts = append(texts, placedText{
				x: must(strconv.ParseFloat(string(shown[1]), 64)), y: must(strconv.ParseFloat(string(shown[2]), 64)), text: decode(shown[3]),
			})
		}
		pages = append(pages, texts)
	}
	if len(pages) == 0 {
		t.Fatal("there is no text in the PDF")
	}
	return pages
}

// checkStructure checks the file's table of objects.
func checkStructure(t *testing.T, content []byte) {
	t.Helper()
	if !bytes.HasPrefix(content, []byte("%PDF-1.")) || !bytes.HasSuffix(content, []byte("%%EOF\n")) {
		t.Fatal("the PDF is not complete")
	}
	_, tail, _ := bytes.Cut(content[bytes.LastIndex(content, []byte("startxref")):], []byte("\n"))
	start := must(strconv.Atoi(string(bytes.Fields(tail)[0])))
	objects := 0
	for i, line := range strings.Split(string(content[start:]), "\n")[2:] {
		if line == "trailer" {
			break
		}
		if !objectAt.MatchString(line) {
			continue // the entry of free objects
		}
		at := must(strconv.Atoi(line[:10]))
		if want := fmt.Sprintf("%d 0 obj", i); !bytes.HasPrefix(content[at:], []byte(want)) {
			t.Fatalf("object %d is not where the table says", i)
		}
		objects++
	}
	if objects == 0 {
		t.Fatal("there are no objects")
	}
}

func inflate(stream []byte) []byte {
	r, err := zlib.NewReader(bytes.NewReader(stream))
	if err != nil {
		return nil
	}
	return must(io.ReadAll(r))
}

func decode(shown []byte) string {
	raw := escaped.ReplaceAllFunc(shown, func(match []byte) []byte {
		if match[1] == 'r' {
			return []byte("\r")
		}
		return match[1:]
	})
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return string(utf16.Decode(units))
}

// textOf returns the texts of all pages, one per line.
func textOf(pages [][]placedText) string {
	var out strings.Builder
	for _, page := range pages {
		for _, placed := range page {
			out.WriteString(placed.text + "\n")
		}
	}
	return out.String()
}

// expectLines fails the test if the text does not have the lines in this order.
func expectLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	rest := "\n" + text
	for _, line := range lines {
		_, after, found := strings.Cut(rest, "\n"+line+"\n")
		if !found {
			t.Fatalf("%q is not where it should be in:\n%s", line, text)
		}
		rest = "\n" + after
	}
}

func TestTablePDF(t *testing.T) {
	r := emptyReport()
	r.Total = 2
	r.Rows = []Row{
		{madeDay, income, "Salario Mensual", "Banco", "Marzo", 123_456_750, "ARS"},
		{madeDay.AddDate(0, -1, 0), expense, "", "", "Ñandú — 20 €", 10, "USD"},
	}
	expectLines(t, textOf(readPDF(t, write(t, "table.pdf", r))),
		"Reporte de Movimientos", "Mi Caja · Ana García", "Generado el: 03/03/2026 22:30", "Registros encontrados: 2", "Todas las cuentas",
		"Fecha", "Tipo", "Categoría", "Cuenta", "Descripción", "Monto", "Mon",
		"03/03/2026", "Ingreso", "Salario Mensual", "Banco", "Marzo", "1234567.50", "ARS",
		"03/02/2026", "Gasto", "-", "-", "Ñandú — 20 €", "0.10", "USD", "Página 1 de 1")

	r.Account = "Banco\nde la esquina"
	text := textOf(readPDF(t, write(t, "table.pdf", r)))
	expectLines(t, text, "Registros encontrados: 2", "Cuenta: Banco de la esquina", "Fecha")
	if strings.Contains(text, "Todas las cuentas") || strings.Contains(text, "Se muestran") {
		t.Errorf("the report of one account says that it has all accounts, or is cut:\n%s", text)
	}
}

func TestVisualPDF(t *testing.T) {
	r := emptyReport()
	r.Total = 12_345
	r.Rows = []Row{
		{madeDay, income, "Salario Mensual", "Banco", "Marzo", 123_456_750, "ARS"},
		{madeDay, expense, "Supermercado", "Banco", "Compra", 10, "ARS"},
		{madeDay, transfer, "Transferencia", "Banco", "Ahorro", 100, "USD"},
	}
	r.Sums = []Sum{{"ARS", 100_000, 123_456_789}, {"EUR", 5, 0}, {"USD", 0, 7}}
	r.Expenses = []Slice{{"Servicios", "#AA96DA", 100_000_000}, {"Otros", "red", 23_456_789}}
	expectLines(t, textOf(readPDF(t, write(t, "visual.pdf", r))),
		"Mi Caja", "Reporte Financiero Oficial", "Usuario:", "Ana García", "Fecha Generación:", "03/03/2026 22:30",
		"Total Registros:", "12.345", "Cuenta:", "Todas las cuentas",
		"Ingresos Totales", "ARS 1.000,00", "Gastos Totales", "ARS 1.234.567,89", "Balance Neto", "ARS −1.233.567,89",
		"Las transferencias entre cuentas propias no se suman.",
		"Además, en EUR: ingresos 0,05, gastos 0,00, balance 0,05.", "Además, en USD: ingresos 0,00, gastos 0,07, balance −0,07.",
		"Gastos por Categoría (ARS)", "Servicios", "1.000.000,00", "81,0 %", "Otros", "234.567,89", "19,0 %",
		"Detalle de Movimientos", "Se muestran los 3 movimientos más recientes de 12.345.",
		"Fecha", "Tipo", "Categoría", "Cuenta", "Descripción", "Monto", "Moneda",
		"03/03/2026", "Ingreso", "Salario Mensual", "Banco", "Marzo", "+1.234.567,50", "ARS",
		"03/03/2026", "Gasto", "Supermercado", "Banco", "Compra", "−0,10", "ARS",
		"03/03/2026", "Transferencia", "Transferencia", "Banco", "Ahorro", "−1,00", "USD", "Página 1 de 1")
}

func TestPDFOfAnEmptyReport(t *testing.T) {
	expectLines(t, textOf(readPDF(t, write(t, "table.pdf", emptyReport()))), "Registros encontrados: 0", "Fecha", "No hay movimientos.")
	expectLines(t, textOf(readPDF(t, write(t, "visual.pdf", emptyReport()))), "0", "ARS 0,00", "ARS 0,00", "ARS 0,00", "No hay gastos.", "Fecha", "No hay movimientos.")
}

// A long list has every row, in order. Each page has the head and its number, and
// no text outside its margins.
func TestLongPDFs(t *testing.T) {
	for format, write := range map[string]func(Row) string{"table.pdf": fixedAmount, "visual.pdf": spanish.signedAmount} {
		t.Run(format, func(t *testing.T) {
			r := fullReport(MaxRows + 1)
			content, err := formats[format](r)
			if err != nil {
				t.Fatal(err)
			}
			pages := readPDF(t, content)
			if len(pages) < 30 {
				t.Errorf("only %d pages", len(pages))
			}
			for i, page := range pages {
				text := textOf([][]placedText{page})
				expectLines(t, text, "Fecha", "Tipo", "Descripción", fmt.Sprintf("Página %d de %d", i+1, len(pages)))
				for _, placed := range page {
					if placed.x < 20 || placed.x > 575 || placed.y < 18 || placed.y > 822 {
						t.Errorf("page %d: %q is at %v, %v", i+1, placed.text, placed.x, placed.y)
					}
					if strings.HasPrefix(placed.text, "Página") != (placed.y < 40) {
						t.Errorf("page %d: %q is in the margin below, or should be", i+1, placed.text)
					}
				}
			}
			var want []string
			for _, row := range r.Rows {
				want = append(want, write(row))
			}
			expectLines(t, textOf(pages), want...)
			expectLines(t, textOf(pages), "Se muestran los 2.000 movimientos más recientes de 2.001.")
		})
	}
}

// A text with any characters leaves the PDF valid.
func TestPDFAcceptsEveryCharacter(t *testing.T) {
	r := emptyReport()
	for first := rune(0); first <= 0x10ffff; first += 997 {
		var text strings.Builder
		for char := first; char < first+40; char++ {
			text.WriteRune(char)
		}
		r.Rows = append(r.Rows, Row{
			Day: madeDay, Type: expense, Category: text.String(), Account: text.String(), Description: text.String() + "\xff\xfe",
			Amount: 1, Currency: "ARS",
		})
	}
	for _, format := range []string{"table.pdf", "visual.pdf"} {
		readPDF(t, write(t, format, r))
	}
}
