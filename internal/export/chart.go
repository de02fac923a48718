package export

import (
	"fmt"
	"strconv"
)

// maxBars is how many categories the chart shows; the rest is one more bar.
const maxBars = 9

const (
	barPitch   = 19.0
	barHeight  = 11.0
	labelWidth = 130.0
	valueWidth = 140.0
)

// chart shows expenses by category as bars, the largest as long as there is
// room.
func (d *document) chart(r Report) {
	d.section("Gastos por Categoría (" + r.Currency + ")")
	if len(r.Expenses) == 0 {
		d.text(style{regular, 9, grey}, d.margin, d.y+8, d.width(), "L", "No hay gastos.")
		d.y += 34
		return
	}
	bars := fold(r.Expenses)
	total, most := int64(0), int64(0)
	for _, bar := range bars {
		total, most = total+bar.Amount, max(most, bar.Amount)
	}
	room := d.width() - labelWidth - valueWidth
	for _, bar := range bars {
		d.text(style{regular, 8.5, black}, d.margin, d.y+9, labelWidth-8, "L", printable(bar.Category))
		d.box(line, d.margin+labelWidth, d.y, room, barHeight)
		// A share that is hardly there still shows.
		d.box(parseColor(bar.Color), d.margin+labelWidth, d.y, max(1.5, room*float64(bar.Amount)/float64(most)), barHeight)
		d.whole(style{regular, 8.5, black}, d.margin+labelWidth+room+8, d.y+9, valueWidth-50, "R", spanish(bar.Amount))
		d.text(style{regular, 8.5, grey}, d.margin+d.width()-40, d.y+9, 40, "R", percent(bar.Amount, total))
		d.y += barPitch
	}
	d.y += 16
}

// fold makes one of the slices for which there is no bar.
func fold(slices []Slice) []Slice {
	if len(slices) <= maxBars+1 {
		return slices
	}
	rest := Slice{Category: fmt.Sprintf("Otras %d categorías", len(slices)-maxBars)}
	for _, slice := range slices[maxBars:] {
		rest.Amount += slice.Amount
	}
	return append(append([]Slice(nil), slices[:maxBars]...), rest)
}

// percent is the part's share, rounded to a tenth: 12,5 %.
func percent(part, total int64) string {
	tenths := int64(float64(part)/float64(total)*1000 + 0.5)
	return fmt.Sprintf("%d,%d %%", tenths/10, tenths%10)
}

// parseColor reads #RRGGBB.
func parseColor(text string) color {
	if len(text) == 7 && text[0] == '#' {
		if n, err := strconv.ParseUint(text[1:], 16, 24); err == nil {
			return color{int(n >> 16), int(n >> 8 & 0xff), int(n & 0xff)}
		}
	}
	return pale
}
