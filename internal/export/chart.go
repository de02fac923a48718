package export

import (
	"fmt"
	"strconv"
)

// maxBars is the number of categories in the chart. One more bar shows the rest.
const maxBars = 9

const (
	barPitch   = 19.0
	barHeight  = 11.0
	labelWidth = 130.0
	valueWidth = 140.0
)

// chart draws a bar for each category of expenses. The largest fills the
// available width.
func (d *document) chart(r Report) {
	d.section("Gastos por Categoría (" + r.Currency + ")")
	if len(r.Expenses) == 0 {
		d.text(regular(9, grey), left(d.margin, d.y+8, d.width()), "No hay gastos.")
		d.y += 34
		return
	}
	bars := mergeSmallest(r.Expenses)
	total, most := int64(0), int64(0)
	for _, bar := range bars {
		total, most = total+bar.Amount, max(most, bar.Amount)
	}
	room := d.width() - labelWidth - valueWidth
	for _, bar := range bars {
		d.text(regular(8.5, black), left(d.margin, d.y+9, labelWidth-8), printable(bar.Category))
		d.box(line, d.margin+labelWidth, d.y, room, barHeight)
		length := max(1.5, room*float64(bar.Amount)/float64(most)) // a tiny share is still visible
		d.box(parseColor(bar.Color), d.margin+labelWidth, d.y, length, barHeight)
		d.fitText(regular(8.5, black), right(d.margin+labelWidth+room+8, d.y+9, valueWidth-50), spanishAmount(bar.Amount, r.Currency))
		d.text(regular(8.5, grey), right(d.margin+d.width()-40, d.y+9, 40), percent(bar.Amount, total))
		d.y += barPitch
	}
	d.y += 16
}

// mergeSmallest merges the slices that have no bar of their own into one.
func mergeSmallest(slices []Slice) []Slice {
	if len(slices) <= maxBars+1 {
		return slices
	}
	rest := Slice{Category: fmt.Sprintf("Otras %d categorías", len(slices)-maxBars)}
	for _, slice := range slices[maxBars:] {
		rest.Amount += slice.Amount
	}
	return append(append([]Slice(nil), slices[:maxBars]...), rest)
}

// percent formats the part's share of the total, rounded to a tenth: 12,5 %.
func percent(part, total int64) string {
	tenths := int64(float64(part)/float64(total)*1000 + 0.5)
	return fmt.Sprintf("%d,%d %%", tenths/10, tenths%10)
}

// parseColor reads #RRGGBB. Any other text is the pale grey.
func parseColor(text string) color {
	if len(text) == 7 && text[0] == '#' {
		if n, err := strconv.ParseUint(text[1:], 16, 24); err == nil {
			return rgb(uint32(n))
		}
	}
	return pale
}
