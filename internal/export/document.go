package export

import (
	"bytes"
	"cmp"
	"fmt"

	"codeberg.org/go-pdf/fpdf"

	"example.com/alta/internal/locale"
)

const (
	fontFamily = "LiberationSans"
	ellipsis   = "…"

	regularWeight = ""
	boldWeight    = "B"
)

// document is a PDF of A4 pages, measured in points. Each text has an explicit
// place, so that texts never overlap.
type document struct {
	*fpdf.Fpdf
	words          *words
	margin, bottom float64 // left and right, and below
	y              float64 // place of the next element
}

func newDocument(r Report, title string, margin, bottom float64) *document {
	pdf := fpdf.New("P", "pt", "A4", "")
	pdf.SetCatalogSort(true) // the same report gives the same file
	pdf.SetCreationDate(r.Made.UTC())
	pdf.SetModificationDate(r.Made.UTC())
	pdf.SetTitle(title, true)
	pdf.SetCreator(r.Product, true)
	pdf.SetAuthor(r.User, true)
	pdf.SetLang(cmp.Or(r.Language, locale.Spanish))
	pdf.AddUTF8FontFromBytes(fontFamily, regularWeight, fontRegular)
	pdf.AddUTF8FontFromBytes(fontFamily, boldWeight, fontBold)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(false, 0)
	d := &document{Fpdf: pdf, words: r.words(), margin: margin, bottom: bottom}
	d.newPage()
	return d
}

func (d *document) newPage() {
	d.AddPage()
	d.y = d.margin
}

// width is the width of the page between its margins.
func (d *document) width() float64 {
	width, _ := d.GetPageSize()
	return width - 2*d.margin
}

// fits reports whether this page has room for an element of the height.
func (d *document) fits(height float64) bool {
	_, pageHeight := d.GetPageSize()
	return d.y+height <= pageHeight-d.bottom
}

// finish writes the page numbers and returns the file.
func (d *document) finish() ([]byte, error) {
	pages := d.PageCount()
	pageWidth, pageHeight := d.GetPageSize()
	for page := 1; page <= pages; page++ {
		d.SetPage(page)
		d.resetState()
		number := regular(7, grey)
		d.text(number, right(d.margin, pageHeight-20, pageWidth-2*d.margin), fmt.Sprintf(d.words.page, page, pages))
	}
	var out bytes.Buffer
	err := d.Output(&out)
	return out.Bytes(), err
}

// resetState makes the library write the font and the colour again. It returns to
// a page with the state of another, and would leave them out.
func (d *document) resetState() {
	d.SetFont(fontFamily, boldWeight, 1)
	d.SetFont(fontFamily, regularWeight, 1)
	d.SetFillColor(0, 0, 1)
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
