package export

import (
	"cmp"
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

// chart draws a bar for each category of expenses. Its track is the sum of them.
func (d *document) chart(r Report) {
	words := r.words()
	d.section(fmt.Sprintf(words.visual.chart, r.Currency))
	if len(r.Expenses) == 0 {
		d.text(regular(9, grey), left(d.margin, d.y+8, d.width()), words.visual.noExpenses)
		d.y += 34
		return
	}
	bars := words.mergeSmallest(r.Expenses)
	total := int64(0)
	for _, bar := range bars {
		total += bar.Amount
	}
	room := d.width() - labelWidth - valueWidth
	for _, bar := range bars {
		d.text(regular(8.5, black), left(d.margin, d.y+9, labelWidth-8), printable(cmp.Or(bar.Category, words.noCategory)))
		d.box(line, d.margin+labelWidth, d.y, room, barHeight)
		length := max(1.5, room*float64(bar.Amount)/float64(total)) // a tiny share is still visible
		d.box(parseColor(bar.Color), d.margin+labelWidth, d.y, length, barHeight)
		d.fitText(regular(8.5, black), right(d.margin+labelWidth+room+8, d.y+9, valueWidth-50), words.amount(bar.Amount, r.Currency))
		d.text(regular(8.5, grey), right(d.margin+d.width()-40, d.y+9, 40), words.share(bar.Amount, total))
		d.y += barPitch
	}
	d.y += 16
}

// mergeSmallest merges the slices that have no bar of their own into one.
func (w *words) mergeSmallest(slices []Slice) []Slice {
	if len(slices) <= maxBars+1 {
		return slices
	}
	rest := Slice{Category: fmt.Sprintf(w.visual.others, len(slices)-maxBars)}
	for _, slice := range slices[maxBars:] {
		rest.Amount += slice.Amount
	}
	return append(append([]Slice(nil), slices[:maxBars]...), rest)
}

// share formats the part's share of the total, rounded to a tenth: 12,5 %.
func (w *words) share(part, total int64) string {
	tenths := int64(float64(part)/float64(total)*1000 + 0.5)
	return fmt.Sprintf("%d%s%d%s", tenths/10, w.comma, tenths%10, w.percent)
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
