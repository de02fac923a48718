package export

import (
	_ "embed"
	"encoding/binary"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The fonts are Liberation Sans, which has the widths of Helvetica. Their
// licence is beside them.
var (
	//go:embed fonts/LiberationSans-Regular.ttf
	fontRegular []byte
	//go:embed fonts/LiberationSans-Bold.ttf
	fontBold []byte
)

// missing is shown for a character that the fonts do not have.
const missing = '□'

// rightToLeft is what the PDF library would show backwards.
var rightToLeft = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0590, Hi: 0x08ff, Stride: 1}, {Lo: 0xfb1d, Hi: 0xfdff, Stride: 1}, {Lo: 0xfe70, Hi: 0xfeff, Stride: 1},
}}

// glyphs are the characters that both fonts have.
var glyphs = sync.OnceValue(func() map[rune]bool {
	bold := charactersOf(fontBold)
	both := map[rune]bool{}
	for char := range charactersOf(fontRegular) {
		both[char] = bold[char] && !unicode.Is(rightToLeft, char)
	}
	return both
})

// charactersOf reads which characters a TrueType font has, from the table of
// format 4 in its character map: the basic plane, which is all that the PDF
// library can show.
func charactersOf(font []byte) map[rune]bool {
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(font[at:])) }
	u32 := func(at int) int { return int(binary.BigEndian.Uint32(font[at:])) }
	characters := map[rune]bool{}
	for i := range u16(4) {
		if record := 12 + 16*i; string(font[record:record+4]) == "cmap" {
			cmap := u32(record + 8)
			for j := range u16(cmap + 2) {
				if table := cmap + u32(cmap+4+8*j+4); u16(table) == 4 {
					readSegments(table, u16, characters)
				}
			}
		}
	}
	return characters
}

// readSegments reads a table of format 4: four arrays, of the segments' last
// and first characters, what to add for the glyph, and where else it stands.
func readSegments(table int, u16 func(int) int, characters map[rune]bool) {
	size := u16(table + 6) // of an array, in bytes
	last, first := table+14, table+16+size
	delta, offset := first+size, first+2*size
	for i := 0; i < size; i += 2 {
		for char := u16(first + i); char <= u16(last+i) && char < 0xffff; char++ {
			glyph := char
			if away := u16(offset + i); away != 0 {
				if glyph = u16(offset + i + away + 2*(char-u16(first+i))); glyph == 0 {
					continue
				}
			}
			if (glyph+u16(delta+i))&0xffff != 0 {
				characters[rune(char)] = true
			}
		}
	}
}

// printable returns the text as a line that the fonts can show.
func printable(text string) string {
	var line strings.Builder
	blank := true // so blanks at the start are left out
	for _, char := range norm.NFC.String(text) {
		if unicode.IsSpace(char) || unicode.IsControl(char) {
			if !blank {
				line.WriteByte(' ')
			}
			blank = true
			continue
		}
		switch {
		case unicode.In(char, unicode.Cf, unicode.Variation_Selector): // joins or picks glyphs that are not there
			continue
		case glyphs()[char]:
			line.WriteRune(char)
		case unicode.Is(unicode.M, char) || isSkinTone(char): // part of the one before
			continue
		default:
			line.WriteRune(missing)
		}
		blank = false
	}
	return strings.TrimRight(line.String(), " ")
}

func isSkinTone(char rune) bool { return char >= 0x1f3fb && char <= 0x1f3ff }
