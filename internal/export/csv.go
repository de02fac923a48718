package export

import (
	"bufio"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// byteOrderMark tells Excel that the text is UTF-8. Without it, Excel assumes the
// encoding of the machine's language.
const byteOrderMark = "\ufeff"

// CSV writes the report as comma-separated values (RFC 4180). The last record of a
// file that is cut says so in the column of descriptions, and is empty otherwise: a
// program that reads the file cannot take it for a transaction, and finds as many
// fields in it as in the others. Its errors are those of rows and of w.
func CSV(w io.Writer, r Report, rows Rows) error {
	out := bufio.NewWriter(w)
	_, _ = out.WriteString(byteOrderMark) // Flush returns the error
	writeRecord(out, r.words().columns...)
	err := rows(func(row Row) error {
		writeRecord(out, row.Day.Format(time.DateOnly), row.Type, escapedName(row.Category), escapedName(row.Account),
			escapeFormulas(row.Description), fixedAmount(row), row.Currency)
		return nil
	})
	if err != nil {
		return err
	}
	if r.isCut() {
		writeRecord(out, "", "", "", "", r.cutText(), "", "")
	}
	return out.Flush()
}

// writeRecord writes a record, whose fields keep every character. The writer of the
// standard library turns a carriage return into a line break, or drops it.
func writeRecord(out *bufio.Writer, fields ...string) {
	for i, field := range fields {
		if i > 0 {
			_ = out.WriteByte(',')
		}
		if needsQuotes(field) {
			field = `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
		}
		_, _ = out.WriteString(field)
	}
	_, _ = out.WriteString("\r\n")
}

// needsQuotes reports whether the field would be read otherwise without quotes. Some
// programs drop blanks at the beginning, and PostgreSQL takes \. for the end of a file.
func needsQuotes(field string) bool {
	first, _ := utf8.DecodeRuneInString(field)
	return strings.ContainsAny(field, ",\"\r\n") || unicode.IsSpace(first) || field == `\.`
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
