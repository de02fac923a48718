package export

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// The fonts are Liberation Sans, which has the widths of Helvetica. The licence is
// in the same directory.
var (
	//go:embed fonts/LiberationSans-Regular.ttf
	fontRegular []byte
	//go:embed fonts/LiberationSans-Bold.ttf
	fontBold []byte
)

// missing replaces a character that the fonts do not have.
const missing = '□'

// rightToLeft has the characters that the PDF library would show backwards.
var rightToLeft = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0590, Hi: 0x08ff, Stride: 1}, {Lo: 0xfb1d, Hi: 0xfdff, Stride: 1}, {Lo: 0xfe70, Hi: 0xfeff, Stride: 1},
}}

// lastShown is the last character of the basic plane. The PDF library shows
// none beyond it.
const lastShown = 0xfffe

// glyphs are the characters that both fonts have.
var glyphs = sync.OnceValue(func() map[rune]bool {
	regular, bold := parseFont(fontRegular), parseFont(fontBold)
	both := map[rune]bool{}
	for char := range rune(lastShown + 1) {
		if hasGlyph(regular, char) && hasGlyph(bold, char) && !unicode.Is(rightToLeft, char) {
			both[char] = true
		}
	}
	return both
})

func parseFont(source []byte) *sfnt.Font {
	font, err := sfnt.Parse(source)
	if err != nil {
		panic(err) // the embedded font itself is damaged
	}
	return font
}

func hasGlyph(font *sfnt.Font, char rune) bool {
	glyph, err := font.GlyphIndex(nil, char)
	return err == nil && glyph != 0
}

// printable returns the text as one line of characters that the fonts have.
func printable(text string) string {
	var line strings.Builder
	blank := true // drops blanks at the start
	for _, char := range norm.NFC.String(text) {
		if unicode.IsSpace(char) || unicode.IsControl(char) {
			if !blank {
				line.WriteByte(' ')
			}
			blank = true
			continue
		}
		switch {
		case unicode.In(char, unicode.Cf, unicode.Variation_Selector): // joins or chooses glyphs that the fonts do not have
			continue
		case glyphs()[char]:
			line.WriteRune(char)
		case unicode.Is(unicode.M, char) || isSkinTone(char): // part of the character before
			continue
		default:
			line.WriteRune(missing)
		}
		blank = false
	}
	return strings.TrimRight(line.String(), " ")
}

func isSkinTone(char rune) bool { return char >= 0x1f3fb && char <= 0x1f3ff }
