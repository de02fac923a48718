package export

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"example.com/alta/internal/money"
)

const sheet = "Movimientos"

func openWorkbook(t *testing.T, r sample) *excelize.File {
	t.Helper()
	f := must(excelize.OpenReader(bytes.NewReader(write(t, "xlsx", r))))
	t.Cleanup(func() { f.Close() })
	return f
}

func TestWorkbook(t *testing.T) {
	r := emptyReport()
	r.Rows = []Row{
		{madeDay, income, "Salario Mensual", "Banco", "Marzo", 150_050, "ARS"},
		{time.Date(1850, 1, 2, 12, 0, 0, 0, time.UTC), expense, "", "", "", 10, "USD"},
		{time.Date(1900, 3, 1, 12, 0, 0, 0, time.UTC), transfer, "-", "Banco", "x", 7, "ARS"},
		{time.Date(9999, 12, 31, 12, 0, 0, 0, time.UTC), transfer, "-", "Banco", "x", 999_999_999_999_999, "ARS"},
	}
	f := openWorkbook(t, r)
	if diff := cmp.Diff([]string{"Movimientos"}, f.GetSheetList()); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	want := [][]string{
		{"Fecha", "Tipo", "Categoría", "Cuenta", "Descripción", "Monto", "Moneda"},
		{"2026-03-03", "INCOME", "Salario Mensual", "Banco", "Marzo", "1,500.50", "ARS"},
		{"1850-01-02", "EXPENSE", "-", "-", "", "0.10", "USD"},
		{"1900-03-01", "TRANSFER", "-", "Banco", "x", "0.07", "ARS"},
		{"9999-12-31", "TRANSFER", "-", "Banco", "x", "9,999,999,999,999.99", "ARS"},
	}
	if diff := cmp.Diff(want, must(f.GetRows("Movimientos"))); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	for i, want := range []float64{15, 12, 20, 20, 30, 15, 10} {
		name := must(excelize.ColumnNumberToName(i + 1))
		if got := must(f.GetColWidth(sheet, name)); got != want {
			t.Errorf("column %s is %v wide, want %v", name, got, want)
		}
	}
	head := must(f.GetStyle(must(f.GetCellStyle(sheet, "G1"))))
	if !head.Font.Bold || head.Font.Color != "FFFFFF" || !cmp.Equal(head.Fill.Color, []string{"1E293B"}) {
		t.Errorf("the head is %+v on %+v, want bold white on 1E293B", head.Font, head.Fill)
	}
}

// Amounts are numbers, and the format's floats lose no cent.
func TestWorkbookAmounts(t *testing.T) {
	r := emptyReport()
	for _, minor := range []int64{1, 10, 20, 30, 70, 115, 435, 10_050, 123_456_789_012_345, 999_999_999_999_998, 999_999_999_999_999} {
		r.Rows = append(r.Rows, Row{Day: madeDay, Type: income, Amount: minor, Currency: "ARS"})
	}
	for minor := int64(1); minor < 1e15; minor = minor*3 + 1 {
		r.Rows = append(r.Rows, Row{Day: madeDay, Type: income, Amount: minor, Currency: "ARS"})
	}
	f := openWorkbook(t, r)
	rows := must(f.GetRows(sheet, excelize.Options{RawCellValue: true}))
	for i, row := range r.Rows {
		cell := must(excelize.CoordinatesToCellName(6, i+2))
		if kind := must(f.GetCellType(sheet, cell)); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("%s is of type %v, want a number", cell, kind)
		}
		if got, want := rows[i+1][5], money.Number(row.Amount, row.Currency).String(); got != want {
			t.Errorf("%s is %s, want %s", cell, got, want)
		}
	}
}

// Every text is kept, and none is a formula or becomes one when its cell is
// edited.
func TestWorkbookTexts(t *testing.T) {
	texts := append([]string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "_x0041_", "<b>&amp;</b>", " a ", "0012", "1e5", "TRUE"}, oddTexts...)
	r := emptyReport()
	for _, text := range texts {
		r.Rows = append(r.Rows, Row{
			Day: madeDay, Type: expense, Category: text, Account: text, Description: text, Amount: 1, Currency: "ARS",
		})
	}
	f := openWorkbook(t, r)
	for i, text := range texts {
		// XML cannot contain control characters, and has one kind of line break.
		want := strings.Map(func(c rune) rune {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
				return '\ufffd'
			}
			return c
		}, text)
		for column := 3; column <= 5; column++ {
			cell := must(excelize.CoordinatesToCellName(column, i+2))
			if formula := must(f.GetCellFormula(sheet, cell)); formula != "" {
				t.Errorf("%q is the formula %q", text, formula)
			}
			if text == "" && column < 5 {
				want = "-"
			} else if text == "" {
				want = ""
			}
			if got := must(f.GetCellValue(sheet, cell)); got != want {
				t.Errorf("%s: got %q, want %q", cell, got, want)
			}
			if kind := must(f.GetCellType(sheet, cell)); kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
				t.Errorf("%s, %q, is of type %v, want text", cell, text, kind)
			}
			quoted := f.Styles.CellXfs.Xf[must(f.GetCellStyle(sheet, cell))].QuotePrefix
			if quoted == nil || !*quoted {
				t.Errorf("%s, %q, would become a formula when edited", cell, text)
			}
		}
	}
}

func TestWorkbookOfAnEmptyReport(t *testing.T) {
	if rows := must(openWorkbook(t, emptyReport()).GetRows(sheet)); len(rows) != 1 {
		t.Errorf("got %q, want the head alone", rows)
	}
}
