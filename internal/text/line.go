package text

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// IsLine reports whether the text is one line of visible text: it has no control
// characters of either set (C0 and C1), nothing that changes the direction of the
// text around it, no line separators and no characters that are not seen. They hide
// what a text says, or move it to where it does not belong. Joiners and variation
// selectors are allowed: emoji and several languages are written with them.
//
// The contract has the same rule as a pattern, as far as patterns can say it.
func IsLine(text string) bool { return !strings.ContainsFunc(text, IsHidden) }

// hidden are the characters that are not seen and belong to no category that says so.
var hidden = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x034F, Hi: 0x034F, Stride: 1}, // combining grapheme joiner
	{Lo: 0x115F, Hi: 0x1160, Stride: 1}, // Hangul fillers
	{Lo: 0x17B4, Hi: 0x17B5, Stride: 1}, // Khmer inherent vowels
	{Lo: 0x180B, Hi: 0x180D, Stride: 1}, // Mongolian variation selectors
	{Lo: 0x2065, Hi: 0x2065, Stride: 1}, // not assigned, and ignored
	{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // Braille blank
	{Lo: 0x3164, Hi: 0x3164, Stride: 1},
	{Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1}, // half-width Hangul filler
}}

// IsHidden reports whether the character is none that IsLine allows.
func IsHidden(r rune) bool {
	if r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Prepended_Concatenation_Mark, r) { // joiners, and marks that are seen, of category Cf
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, hidden)
}

// PrintableJSON is Printable for encoded JSON, whose own escapes it uses.
func PrintableJSON(encoded []byte) []byte {
	if IsLine(string(encoded)) {
		return encoded
	}
	var b bytes.Buffer
	for _, r := range string(encoded) {
		if !IsHidden(r) || r < ' ' { // JSON has escaped those in texts; others end lines
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.Bytes()
}

// Printable returns the text with an escape as in Go, say \u009b, in the place of
// each character that IsLine refuses: a terminal would obey it.
func Printable(text string) string {
	if IsLine(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if IsHidden(r) {
			b.WriteString(strings.Trim(strconv.QuoteToASCII(string(r)), `"`))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
