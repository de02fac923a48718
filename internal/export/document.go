package export

import (
	"bytes"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// issuer is the name that the finance app gives itself.
const issuer = "YourFinance"

const (
	fontFamily = "LiberationSans"
	ellipsis   = "…"

	regular = ""
	bold    = "B"
)

// color is red, green and blue, 0 to 255.
type color struct{ r, g, b int }

var (
	black = color{0x0f, 0x17, 0x2a}
	slate = color{0x1e, 0x29, 0x3b}
	grey  = color{0x64, 0x74, 0x8b}
	pale  = color{0x94, 0xa3, 0xb8}
	line  = color{0xe2, 0xe8, 0xf0}
	faint = color{0xf8, 0xfa, 0xfc}
	white = color{0xff, 0xff, 0xff}
	green = color{0x15, 0x80, 0x3d}
	red   = color{0xb9, 0x1c, 0x1c}
	blue  = color{0x1d, 0x4e, 0xd8}
)

// document is a PDF of A4 pages, measured in points. What stands on a page is
// placed by hand, so that nothing runs into anything else.
type document struct {
	*fpdf.Fpdf
	margin, bottom float64 // left and right, and below
	y              float64 // where the next thing goes
}

func newDocument(r Report, title string, margin, bottom float64) *document {
	pdf := fpdf.New("P", "pt", "A4", "")
	pdf.SetCatalogSort(true) // the same report is the same file
	pdf.SetCreationDate(r.Made.UTC())
	pdf.SetModificationDate(r.Made.UTC())
	pdf.SetTitle(title, true)
	pdf.SetCreator(issuer, true)
	pdf.SetLang("es")
	pdf.AddUTF8FontFromBytes(fontFamily, regular, fontRegular)
	pdf.AddUTF8FontFromBytes(fontFamily, bold, fontBold)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(false, 0)
	d := &document{Fpdf: pdf, margin: margin, bottom: bottom}
	d.newPage()
	return d
}

func (d *document) newPage() {
	d.AddPage()
	d.y = d.margin
}

// width is what is left of the page between its margins.
func (d *document) width() float64 {
	width, _ := d.GetPageSize()
	return width - 2*d.margin
}

// fits reports whether something of the height has room on this page.
func (d *document) fits(height float64) bool {
	_, pageHeight := d.GetPageSize()
	return d.y+height <= pageHeight-d.bottom
}

// finish numbers the pages and returns the file.
func (d *document) finish() ([]byte, error) {
	pages := d.PageCount()
	pageWidth, pageHeight := d.GetPageSize()
	for page := 1; page <= pages; page++ {
		d.SetPage(page)
		d.forget()
		number := style{regular, 7, grey}
		d.text(number, d.margin, pageHeight-20, pageWidth-2*d.margin, "R", fmt.Sprintf("Página %d de %d", page, pages))
	}
	var out bytes.Buffer
	err := d.Output(&out)
	return out.Bytes(), err
}

// forget has the library write the font and the colour anew, on a page that it
// comes back to and thinks it knows.
func (d *document) forget() {
	d.SetFont(fontFamily, bold, 1)
	d.SetFont(fontFamily, regular, 1)
	d.SetFillColor(0, 0, 1)
}

// style is how text looks.
type style struct {
	weight string
	size   float64
	color  color
}

func (d *document) use(s style) {
	d.SetFont(fontFamily, s.weight, s.size)
	d.SetTextColor(s.color.r, s.color.g, s.color.b)
}

// text writes one printable line whose baseline is at y, in a field that is width wide.
// align is L, C or R. What is too long for the field is cut.
func (d *document) text(s style, x, y, width float64, align, text string) {
	d.use(s)
	d.put(x, y, width, align, d.cut(text, width))
}

// whole is text, for what must not be cut: it is written smaller instead.
func (d *document) whole(s style, x, y, width float64, align, text string) {
	d.use(s)
	if is := d.GetStringWidth(text); is > width {
		s.size *= width / is
		d.use(s)
	}
	d.put(x, y, width, align, text)
}

func (d *document) put(x, y, width float64, align, text string) {
	switch free := width - d.GetStringWidth(text); align {
	case "R":
		x += free
	case "C":
		x += free / 2
	}
	d.Text(x, y, text)
}

// cut shortens the text, in the font that is in use, until it fits.
func (d *document) cut(text string, width float64) string {
	if d.GetStringWidth(text) <= width {
		return text
	}
	return strings.TrimRight(text[:d.fitting(text, width-d.GetStringWidth(ellipsis))], " ") + ellipsis
}

// fitting returns how many bytes of the text fit.
func (d *document) fitting(text string, width float64) int {
	for i, char := range text {
		if width -= d.GetStringWidth(string(char)); width < 0 {
			return i
		}
	}
	return len(text)
}

// wrap breaks the text, in the font that is in use, into at most so many
// lines: between words, and inside those that are longer than a line.
func (d *document) wrap(text string, width float64, most int) (lines []string) {
	for len(lines) < most-1 && d.GetStringWidth(text) > width {
		end := max(d.fitting(text, width), len(string([]rune(text)[:1])))
		if blank := strings.LastIndexByte(text[:min(end+1, len(text))], ' '); blank > 0 {
			end = blank
		}
		lines = append(lines, strings.TrimRight(text[:end], " "))
		text = strings.TrimLeft(text[end:], " ")
	}
	return append(lines, d.cut(text, width))
}

// box fills a rectangle.
func (d *document) box(c color, x, y, width, height float64) {
	d.SetFillColor(c.r, c.g, c.b)
	d.Rect(x, y, width, height, "F")
}

// rule draws a thin line across the field.
func (d *document) rule(c color, x, y, width float64) {
	d.SetDrawColor(c.r, c.g, c.b)
	d.SetLineWidth(0.5)
	d.Line(x, y, x+width, y)
}
