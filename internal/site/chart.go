package site

// columnChart is a chart with one column per period. It is an SVG, which needs
// neither scripts nor styles of its own, and a table for screen readers.
type columnChart struct {
	Title   string
	Periods string // heading of the periods
	Values  string // heading of the values
	Columns []column
}

// column is one period's value.
type column struct {
	Label string // of the period
	Value int64  // shown as its height
	Says  string // the value, as people write it
}

const (
	chartWidth  = 720 // of the whole, in the chart's own units
	chartHeight = 160
	chartGap    = .25 // of a column's share, between two
)

// shownColumn is where a column stands in the chart.
type shownColumn struct {
	column
	X, Y, Width, Height float64
}

// Shown returns where the columns stand. A value above zero is never too small
// to be seen.
func (c columnChart) Shown() []shownColumn {
	highest := int64(1)
	for _, one := range c.Columns {
		highest = max(highest, one.Value)
	}
	share := float64(chartWidth) / float64(max(1, len(c.Columns)))
	shown := make([]shownColumn, len(c.Columns))
	for i, one := range c.Columns {
		height := float64(one.Value) / float64(highest) * chartHeight
		if one.Value > 0 {
			height = max(height, 2)
		}
		shown[i] = shownColumn{
			column: one,
			X:      (float64(i) + chartGap/2) * share,
			Y:      chartHeight - height,
			Width:  share * (1 - chartGap),
			Height: height,
		}
	}
	return shown
}

// First and Last are the labels at the ends of the chart.
func (c columnChart) First() string {
	if len(c.Columns) == 0 {
		return ""
	}
	return c.Columns[0].Label
}

// Last is the label of the last period, or "".
func (c columnChart) Last() string {
	if len(c.Columns) == 0 {
		return ""
	}
	return c.Columns[len(c.Columns)-1].Label
}

// shareBar shows a part of a whole as a bar. The text beside it says the same.
type shareBar struct {
	Percent float64
	Kind    string // a class of the stylesheet: good, warn or bad; empty: plain
}

// Width is how much of the bar's 100 units is filled.
func (b shareBar) Width() float64 { return min(max(b.Percent, 0), 100) }
