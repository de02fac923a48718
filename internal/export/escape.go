package export

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
)

// In the texts of a workbook, _xHHHH_ stands for the character of that number, and
// _x005F_ for an underscore that does not begin such a form (ECMA-376 part 1, section
// 22.9.2.19). The library overlooks a form that begins with the end of another, and
// loses one that is no character. So the underscores that must be escaped are marked
// before the library sees them, and escaped after it.

// escapeMark stands for _x005F_. It is no character of any language.
const escapeMark = "\ufdd0"

// escapeForm is what the library takes for an escaped character.
var escapeForm = regexp.MustCompile(`^_x[0-9A-Za-z]{4}_`)

// markEscapes marks the underscores of the text that must be escaped.
func markEscapes(text string) string {
	text = strings.ReplaceAll(text, escapeMark, "\ufffd")
	if !strings.Contains(text, "_x") {
		return text
	}
	var out strings.Builder
	for i := range len(text) {
		if text[i] == '_' && escapeForm.MatchString(text[i:]) {
			out.WriteString(escapeMark)
			continue
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// textEscaper writes the archive of a workbook, and escapes in its parts what was
// marked.
type textEscaper struct{ *zip.Writer }

// Create is part of excelize.ZipWriter.
func (e textEscaper) Create(name string) (io.Writer, error) {
	part, err := e.Writer.Create(name)
	return &escapeWriter{to: part}, err
}

// escapeWriter replaces marks, whichever way they are divided among the writes.
type escapeWriter struct {
	to   io.Writer
	kept []byte // the beginning of a mark at the end of the last write
}

// Write is part of io.Writer.
func (w *escapeWriter) Write(p []byte) (int, error) {
	text := append(w.kept, p...)
	end := len(text)
	for n := min(len(escapeMark)-1, end); n > 0; n-- {
		if bytes.HasSuffix(text, []byte(escapeMark[:n])) {
			end -= n
			break
		}
	}
	w.kept = bytes.Clone(text[end:])
	if _, err := w.to.Write(bytes.ReplaceAll(text[:end], []byte(escapeMark), []byte("_x005F_"))); err != nil {
		return 0, err
	}
	return len(p), nil
}
