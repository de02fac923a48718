package export

import (
	"bytes"
	"encoding/csv"
	"strings"
	"time"
	"unicode"
)

// byteOrderMark tells Excel that the text is UTF-8. Without it, Excel assumes the
// encoding of the machine's language.
const byteOrderMark = "\ufeff"

// CSV returns the report as comma-separated values (RFC 4180). Its errors are
// those of the CSV writer.
func CSV(r Report) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	records := [][]string{columns}
	for _, row := range r.Rows {
		records = append(records, []string{
			row.Day.Format(time.DateOnly), row.Type, escapedName(row.Category), escapedName(row.Account), escapeFormulas(row.Description),
			fixedAmount(row), row.Currency,
		})
	}
	if err := w.WriteAll(records); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// escapeFormulas keeps spreadsheets from reading a text as a formula: after an
// apostrophe, everything is text. A formula begins with one of the signs, or its
// full-width form, at the start of a cell or after blanks. Some programs take
// line breaks, tabs or semicolons for separators and ignore quotes, as Excel does
// in Spanish; for them a cell also starts there.
func escapeFormulas(text string) string {
	var out strings.Builder
	starts := true
	for i, char := range text {
		switch {
		case strings.ContainsRune(";\t\r\n", char):
			if i == 0 && char != ';' {
				out.WriteByte('\'')
			}
			starts = true
		case starts && strings.ContainsRune("=+-@＝＋－＠", char):
			out.WriteByte('\'')
			starts = false
		case !unicode.IsSpace(char) && !unicode.IsControl(char) && !unicode.Is(unicode.Cf, char):
			starts = false
		}
		out.WriteRune(char)
	}
	return out.String()
}

func escapedName(name string) string {
	if name == "" {
		return noName
	}
	return escapeFormulas(name)
}
