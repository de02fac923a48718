package export

import (
	"archive/zip"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"example.com/alta/internal/money"
)

const headColor = "1E293B"

// widths are the widths of the columns, in characters.
var widths = []float64{15, 12, 20, 20, 30, 15, 10}

// Workbook writes the report as an Excel workbook of one sheet. The last row of a file
// that is cut says so in the column of descriptions. Its errors are those of rows, of
// w and of the library.
func Workbook(w io.Writer, r Report, rows Rows) error {
	f := excelize.NewFile()
	defer f.Close()
	// The library would hold the whole file in memory.
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return textEscaper{zip.NewWriter(w)} })
	if err := describeWorkbook(f, r); err != nil {
		return err
	}
	styles, err := newStyles(f)
	if err != nil {
		return err
	}
	sheet, err := f.NewStreamWriter(r.words().sheet)
	if err != nil {
		return err
	}
	if err := writeSheet(sheet, styles, r, rows); err != nil {
		return err
	}
	return f.Write(io.Discard) // everything goes to w
}

func describeWorkbook(f *excelize.File, r Report) error {
	if err := f.SetSheetName("Sheet1", r.words().sheet); err != nil {
		return err
	}
	if err := f.SetAppProps(&excelize.AppProperties{Application: r.Product}); err != nil {
		return err
	}
	made := r.Made.UTC().Format(time.RFC3339)
	return f.SetDocProps(&excelize.DocProperties{
		Creator: r.Product, LastModifiedBy: r.Product, Subject: r.User, Title: r.words().sheet, Created: made, Modified: made,
	})
}

// styles are the numbers of the cells' styles in the file.
type styles struct {
	head, text, date int
	amounts          map[int]int // by the number of decimals
}

// amountFormats are how the workbook shows amounts, by the number of decimals.
var amountFormats = map[int]excelize.Style{
	0: {NumFmt: 3}, // #,##0
	2: {NumFmt: 4}, // #,##0.00
	3: {CustomNumFmt: new("#,##0.000")},
	4: {CustomNumFmt: new("#,##0.0000")},
}

func newStyles(f *excelize.File) (s styles, err error) {
	dateFormat := "yyyy-mm-dd"
	for _, style := range []struct {
		id *int
		of excelize.Style
	}{
		{&s.head, excelize.Style{
			Font: &excelize.Font{Bold: true, Color: "FFFFFF"},
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{headColor}},
		}},
		{&s.date, excelize.Style{CustomNumFmt: &dateFormat, Alignment: &excelize.Alignment{Horizontal: "left"}}},
		{&s.text, excelize.Style{NumFmt: 49}}, // text
	} {
		if *style.id, err = f.NewStyle(&style.of); err != nil {
			return s, err
		}
	}
	s.amounts = make(map[int]int, len(amountFormats))
	for _, decimals := range slices.Sorted(maps.Keys(amountFormats)) {
		format := amountFormats[decimals]
		if s.amounts[decimals], err = f.NewStyle(&format); err != nil {
			return s, err
		}
	}
	// In the file, a text such as =1+1 is not a formula. The prefix keeps it from
	// becoming one when somebody edits the cell.
	quoted := true
	f.Styles.CellXfs.Xf[s.text].QuotePrefix = &quoted
	return s, nil
}

func writeSheet(w *excelize.StreamWriter, s styles, r Report, rows Rows) error {
	for i, width := range widths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(widths))
	for i, name := range r.words().columns {
		head[i] = excelize.Cell{StyleID: s.head, Value: name}
	}
	if err := w.SetRow("A1", head); err != nil {
		return err
	}
	text := func(value string) excelize.Cell { return excelize.Cell{StyleID: s.text, Value: markEscapes(value)} }
	line := 1
	err := rows(func(row Row) error {
		line++
		return w.SetRow(fmt.Sprintf("A%d", line), []any{
			excelize.Cell{StyleID: s.date, Value: sheetDay(row.Day)}, text(row.Type), text(nameOrDash(row.Category)), text(nameOrDash(row.Account)),
			text(row.Description), s.amountOf(row), text(row.Currency),
		})
	})
	if err != nil {
		return err
	}
	if r.isCut() {
		if err := w.SetRow(fmt.Sprintf("E%d", line+1), []any{text(r.cutText())}); err != nil {
			return err
		}
	}
	return w.Flush()
}

const (
	secondsOfDay = 24 * 60 * 60
	dayOf1970    = 25569 // Excel's number of 1 January 1970
)

// sheetDay returns the value of a cell: the number of days since 1900, or a text
// for an earlier day. Excel takes 1900 for a leap year, so its numbers are right
// only from March 1900 on.
func sheetDay(t time.Time) any {
	if t.Before(time.Date(1900, time.March, 1, 0, 0, 0, 0, t.Location())) {
		return t.Format(time.DateOnly)
	}
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/secondsOfDay + dayOf1970
}

// amountOf returns the cell of the row's amount. The format has only floats, which hold
// the fifteen digits that amounts have at most, so that no amount loses a cent.
func (s styles) amountOf(row Row) excelize.Cell {
	value, _ := money.Number(row.Amount, row.Currency).Float64() // a number of that form is never out of range
	return excelize.Cell{StyleID: s.amounts[money.Decimals(row.Currency)], Value: value}
}
