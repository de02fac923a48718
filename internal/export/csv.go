package export

import (
	"bytes"
	"encoding/csv"
	"strings"
	"time"
	"unicode"

	"example.com/alta/internal/money"
)

// byteOrderMark tells Excel that the text is UTF-8; without it Excel reads the
// encoding of the machine's language.
const byteOrderMark = "\ufeff"

// CSV writes the report as comma-separated values, by RFC 4180.
func CSV(r Report) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	records := [][]string{columns}
	for _, row := range r.Rows {
		records = append(records, []string{
			r.day(row).Format(time.DateOnly), row.Type, plainOrNone(row.Category), plainOrNone(row.Account), plain(row.Description),
			money.Fixed(row.Amount), row.Currency,
		})
	}
	if err := w.WriteAll(records); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// plain keeps spreadsheets from taking text for a formula: an apostrophe says
// that what follows is text. A formula begins with one of the signs, or its
// full-width twin, at the start of a cell, after blanks or not. Cells also start
// after line breaks, tabs and semicolons for a program that takes those for
// separators, as Excel does in Spanish, and then sees no quotes either.
func plain(text string) string {
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

func plainOrNone(name string) string {
	if name == "" {
		return none
	}
	return plain(name)
}
