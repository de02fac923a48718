package export

import "strconv"

const (
	visualTitle = "Reporte Financiero Oficial"
	gap         = 12.0
)

// VisualPDF returns the report as a PDF with the sums, a chart of the expenses and
// a list of the transactions. Its errors are those of the PDF library.
func VisualPDF(r Report) ([]byte, error) {
	d := newDocument(r, visualTitle, 20, 40)
	d.heading()
	d.facts(r)
	d.cards(r.Sums)
	d.chart(r)
	d.details(r)
	return d.finish()
}

func (d *document) heading() {
	pageWidth, _ := d.GetPageSize()
	d.box(slate, 0, 0, pageWidth, 72)
	d.text(bold(24, white), left(d.margin, 36, d.width()), issuer)
	d.text(regular(11, pale), left(d.margin, 55, d.width()), visualTitle)
	d.y = 72 + 20
}

// facts writes what the report covers, in two columns.
func (d *document) facts(r Report) {
	user := r.UserID
	if len(user) > 8 {
		user = user[:8] + "..."
	}
	facts := [][2]string{
		{"Usuario:", user}, {"Fecha Generación:", r.Made.In(r.Zone).Format(timeFormat)},
		{"Total Registros:", groupDigits(strconv.Itoa(r.Total))}, {"Cuenta:", r.accountText()},
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
		{title: "Ingresos Totales", amount: own.Income, color: green},
		{title: "Gastos Totales", amount: own.Expense, color: red},
		{title: "Balance Neto", amount: net, color: netColor},
	} {
		x := d.margin + float64(i)*(width+gap)
		d.box(faint, x, d.y, width, 56)
		d.box(card.color, x, d.y, 3, 56)
		d.text(regular(9, grey), left(x+14, d.y+20, width-24), card.title)
		d.fitText(bold(16, card.color), left(x+14, d.y+43, width-24), own.Currency+" "+spanishAmount(card.amount, own.Currency))
	}
	d.y += 56 + 15
	d.text(regular(8, grey), left(d.margin, d.y, d.width()), "Las transferencias entre cuentas propias no se suman.")
	for _, sum := range sums[1:] {
		d.y += 13
		if !d.fits(13) {
			d.newPage()
		}
		amount := func(minor int64) string { return spanishAmount(minor, sum.Currency) }
		d.text(regular(8, black), left(d.margin, d.y, d.width()), "Además, en "+sum.Currency+": ingresos "+amount(sum.Income)+
			", gastos "+amount(sum.Expense)+", balance "+amount(sum.Income-sum.Expense)+".")
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

func (d *document) details(r Report) {
	d.section("Detalle de Movimientos")
	if r.isCut() {
		d.y += 3
		d.text(regular(8, grey), left(d.margin, d.y, d.width()), r.cutText())
		d.y += 9
	}
	t := table{document: d, size: 8, striped: true, columns: []column{
		{title: "Fecha", width: 58, cell: dayText},
		{title: "Tipo", width: 64, cell: typeName, shrink: true},
		{title: "Categoría", width: 92, cell: categoryName, lines: 2},
		{title: "Cuenta", width: 92, cell: accountName, lines: 2},
		{title: "Descripción", width: 119, cell: description, lines: 3},
		{title: "Monto", width: 85, align: "R", cell: signedAmount, color: amountColor, shrink: true},
		{title: "Moneda", width: 45, cell: currency, shrink: true},
	}}
	t.write(r.Rows)
}
