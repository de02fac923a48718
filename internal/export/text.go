package export

import "strings"

// style is the font and colour of a text.
type style struct {
	weight string
	size   float64
	color  color
}

func regular(size float64, c color) style { return style{weight: regularWeight, size: size, color: c} }
func bold(size float64, c color) style    { return style{weight: boldWeight, size: size, color: c} }

// field is the place of one line of text. Its baseline begins at x, y.
type field struct {
	x, y, width float64
	align       string // R or C; otherwise left
}

func left(x, y, width float64) field   { return field{x: x, y: y, width: width} }
func right(x, y, width float64) field  { return field{x: x, y: y, width: width, align: "R"} }
func center(x, y, width float64) field { return field{x: x, y: y, width: width, align: "C"} }

// setStyle makes s the style of the texts to come.
func (d *document) setStyle(s style) {
	d.SetFont(fontFamily, s.weight, s.size)
	d.SetTextColor(s.color.r, s.color.g, s.color.b)
}

// text writes a printable line. A line that is too long for the field is cut.
func (d *document) text(s style, f field, text string) {
	d.setStyle(s)
	d.place(f, d.cut(text, f.width))
}

// fitText writes a printable line. A line that is too long for the field is
// written in a smaller font, for texts that must be complete.
func (d *document) fitText(s style, f field, text string) {
	d.setStyle(s)
	if width := d.GetStringWidth(text); width > f.width {
		s.size *= f.width / width
		d.setStyle(s)
	}
	d.place(f, text)
}

func (d *document) place(f field, text string) {
	switch free := f.width - d.GetStringWidth(text); f.align {
	case "R":
		f.x += free
	case "C":
		f.x += free / 2
	}
	d.Text(f.x, f.y, text)
}

// cut shortens the text to the width, in the current font.
func (d *document) cut(text string, width float64) string {
	if d.GetStringWidth(text) <= width {
		return text
	}
	return strings.TrimRight(text[:d.fitting(text, width-d.GetStringWidth(ellipsis))], " ") + ellipsis
}

// fitting returns the number of the text's bytes that fit into the width.
func (d *document) fitting(text string, width float64) int {
	for i, char := range text {
		if width -= d.GetStringWidth(string(char)); width < 0 {
			return i
		}
	}
	return len(text)
}

// wrap breaks the text into at most maxLines lines, in the current font. It
// breaks between words, and inside a word that is longer than a line.
func (d *document) wrap(text string, width float64, maxLines int) (lines []string) {
	for len(lines) < maxLines-1 && d.GetStringWidth(text) > width {
		end := max(d.fitting(text, width), len(string([]rune(text)[:1])))
		if blank := strings.LastIndexByte(text[:min(end+1, len(text))], ' '); blank > 0 {
			end = blank
		}
		lines = append(lines, strings.TrimRight(text[:end], " "))
		text = strings.TrimLeft(text[end:], " ")
	}
	return append(lines, d.cut(text, width))
}
