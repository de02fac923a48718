package export

// column is a column of a table.
type column struct {
	title  string
	width  float64
	align  string
	cell   func(Row) string
	color  func(Row) color // nil: black
	shrink bool            // a text that is too long is written smaller, not cut
	lines  int             // at most; 0: one
}

// table is a list of transactions, on as many pages as it needs.
type table struct {
	*document
	columns []column
	size    float64 // of the text
	striped bool
}

const (
	cellPad  = 4.0
	leading  = 1.25 // height of a line, relative to the size of the text
	headSize = 18.0
)

// write writes the table of that many rows, with its head at the top of each page.
// Its errors are those of rows.
func (t *table) write(rows Rows, count int) error {
	if !t.fits(2*headSize + t.height(1)) { // there would be a head without a row
		t.newPage()
	}
	t.head()
	if count == 0 {
		t.text(regular(t.size+1, grey), center(t.margin, t.y+20, t.width()), t.words.noRows)
		t.y += 32
	}
	i := 0
	return rows(func(row Row) error {
		t.row(row, t.striped && i%2 == 1)
		i++
		return nil
	})
}

func (t *table) width() (width float64) {
	for _, c := range t.columns {
		width += c.width
	}
	return width
}

func (t *table) head() {
	t.box(slate, t.margin, t.y, t.width(), headSize)
	x := t.margin
	for _, c := range t.columns {
		f := field{x: x + cellPad, y: t.y + headSize/2 + t.size*0.35, width: c.width - 2*cellPad, align: c.align}
		t.text(bold(t.size, white), f, c.title)
		x += c.width
	}
	t.y += headSize
}

// height is the height of a row with that number of lines.
func (t *table) height(lines int) float64 { return float64(lines)*t.size*leading + 6 }

func (t *table) row(row Row, stripe bool) {
	cells, lines := t.layout(row)
	height := t.height(lines)
	if !t.fits(height) {
		t.newPage()
		t.head()
	}
	if stripe {
		t.box(faint, t.margin, t.y, t.width(), height)
	}
	x := t.margin
	for i, c := range t.columns {
		s := regular(t.size, black)
		if c.color != nil {
			s.color = c.color(row)
		}
		for n, text := range cells[i] {
			f := field{x: x + cellPad, y: t.y + 3 + t.size*(leading*float64(n)+0.95), width: c.width - 2*cellPad, align: c.align}
			if c.shrink {
				t.fitText(s, f, text)
			} else {
				t.text(s, f, text)
			}
		}
		x += c.width
	}
	t.y += height
	if !t.striped {
		t.rule(line, t.margin, t.y, t.width())
	}
}

// layout returns the lines of each cell, and the number of lines in the longest.
func (t *table) layout(row Row) (cells [][]string, lines int) {
	t.setStyle(regular(t.size, black))
	cells = make([][]string, len(t.columns))
	for i, c := range t.columns {
		text := printable(c.cell(row))
		if cells[i] = []string{text}; !c.shrink {
			cells[i] = t.wrap(text, c.width-2*cellPad, max(1, c.lines))
		}
		lines = max(lines, len(cells[i]))
	}
	return cells, lines
}
