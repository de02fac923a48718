package export

import "fmt"

const gap = 12.0

// VisualPDF returns the report as a PDF with the sums, a chart of the expenses and
// a list of the transactions. Its errors are those of rows and of the PDF library.
func VisualPDF(r Report, rows Rows) ([]byte, error) {
	d := newDocument(r, r.words().visual.title, 20, 40)
	d.heading(r.Product)
	d.facts(r)
	d.cards(r.Sums)
	d.chart(r)
	if err := d.details(r, rows); err != nil {
		return nil, err
	}
	return d.finish()
}

func (d *document) heading(product string) {
	pageWidth, _ := d.GetPageSize()
	d.box(slate, 0, 0, pageWidth, 72)
	d.text(bold(24, white), left(d.margin, 36, d.width()), printable(product))
	d.text(regular(11, pale), left(d.margin, 55, d.width()), d.words.visual.title)
	d.y = 72 + 20
}

// facts writes what the report covers, in two columns.
func (d *document) facts(r Report) {
	words := d.words.visual
	facts := [][2]string{
		{words.user, printable(r.User)}, {words.made, r.Made.In(r.Zone).Format(d.words.moment)},
		{words.total, d.words.count(r.Total)}, {words.account, r.accountText()},
	}
	half := d.width() / 2
	for i, fact := range facts {
		x := d.margin + half*float64(i%2)
		d.text(regular(9, grey), left(x, d.y, 90), fact[0])
		d.text(bold(9, black), left(x+90, d.y, half-90-gap), fact[1])
		if i%2 == 1 {
			d.y += 15
		}
	}
	d.y += 5
}

// card is a sum with its title.
type card struct {
	title  string
	amount int64
	color  color
}

// cards shows the sums in the report's currency. Each other currency has a line.
func (d *document) cards(sums []Sum) {
	own := sums[0]
	net := own.Income - own.Expense
	netColor := blue
	if net < 0 {
		netColor = red
	}
	width := (d.width() - 2*gap) / 3
	for i, card := range []card{
		{title: d.words.visual.income, amount: own.Income, color: green},
		{title: d.words.visual.expense, amount: own.Expense, color: red},
		{title: d.words.visual.net, amount: net, color: netColor},
	} {
		x := d.margin + float64(i)*(width+gap)
		d.box(faint, x, d.y, width, 56)
		d.box(card.color, x, d.y, 3, 56)
		d.text(regular(9, grey), left(x+14, d.y+20, width-24), card.title)
		d.fitText(bold(16, card.color), left(x+14, d.y+43, width-24), own.Currency+" "+d.words.amount(card.amount, own.Currency))
	}
	d.y += 56 + 15
	d.text(regular(8, grey), left(d.margin, d.y, d.width()), d.words.visual.noTransfers)
	for _, sum := range sums[1:] {
		d.y += 13
		if !d.fits(13) {
			d.newPage()
		}
		amount := func(minor int64) string { return d.words.amount(minor, sum.Currency) }
		d.text(regular(8, black), left(d.margin, d.y, d.width()), fmt.Sprintf(d.words.visual.also, sum.Currency,
			amount(sum.Income), amount(sum.Expense), amount(sum.Income-sum.Expense)))
	}
	d.y += 26
}

func (d *document) section(title string) {
	if !d.fits(80) {
		d.newPage()
		d.y += 12
	}
	d.text(bold(12, slate), left(d.margin, d.y, d.width()), title)
	d.y += 12
}

func (d *document) details(r Report, rows Rows) error {
	d.section(d.words.visual.details)
	if r.isCut() {
		d.y += 3
		d.text(regular(8, grey), left(d.margin, d.y, d.width()), r.cutText())
		d.y += 9
	}
	titles := d.words.columns
	t := table{document: d, size: 8, striped: true, columns: []column{
		{title: titles[0], width: 58, cell: r.dayText},
		{title: titles[1], width: 64, cell: r.typeName, shrink: true},
		{title: titles[2], width: 92, cell: categoryName, lines: 2},
		{title: titles[3], width: 92, cell: accountName, lines: 2},
		{title: titles[4], width: 119, cell: description, lines: 3},
		{title: titles[5], width: 85, align: "R", cell: d.words.signedAmount, color: amountColor, shrink: true},
		{title: titles[6], width: 45, cell: currency, shrink: true},
	}}
	return t.write(rows, r.Shown)
}
