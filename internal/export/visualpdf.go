package export

import "strconv"

const (
	visualTitle = "Reporte Financiero Oficial"
	gap         = 12.0
)

// VisualPDF writes the report with what it comes to, a chart and the list.
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
	d.text(style{bold, 24, white}, d.margin, 36, d.width(), "L", issuer)
	d.text(style{regular, 11, pale}, d.margin, 55, d.width(), "L", visualTitle)
	d.y = 72 + 20
}

// facts are what the report is of, in two columns.
func (d *document) facts(r Report) {
	user := r.UserID
	if len(user) > 8 {
		user = user[:8] + "..."
	}
	facts := [][2]string{
		{"Usuario:", user}, {"Fecha Generación:", r.Made.In(r.Zone).Format(timeFormat)},
		{"Total Registros:", grouped(strconv.Itoa(r.Total))}, {"Cuenta:", r.accountText()},
	}
	half := d.width() / 2
	for i, fact := range facts {
		x := d.margin + half*float64(i%2)
		d.text(style{regular, 9, grey}, x, d.y, 90, "L", fact[0])
		d.text(style{bold, 9, black}, x+90, d.y, half-90-gap, "L", fact[1])
		if i%2 == 1 {
			d.y += 15
		}
	}
	d.y += 5
}

// cards show the sums in the report's currency; the others get a line each.
func (d *document) cards(sums []Sum) {
	own := sums[0]
	net := own.Income - own.Expense
	netColor := blue
	if net < 0 {
		netColor = red
	}
	width := (d.width() - 2*gap) / 3
	for i, card := range []struct {
		title  string
		amount int64
		color  color
	}{{"Ingresos Totales", own.Income, green}, {"Gastos Totales", own.Expense, red}, {"Balance Neto", net, netColor}} {
		x := d.margin + float64(i)*(width+gap)
		d.box(faint, x, d.y, width, 56)
		d.box(card.color, x, d.y, 3, 56)
		d.text(style{regular, 9, grey}, x+14, d.y+20, width-24, "L", card.title)
		d.whole(style{bold, 16, card.color}, x+14, d.y+43, width-24, "L", own.Currency+" "+spanish(card.amount))
	}
	d.y += 56 + 15
	d.text(style{regular, 8, grey}, d.margin, d.y, d.width(), "L", "Las transferencias entre cuentas propias no se suman.")
	for _, sum := range sums[1:] {
		d.y += 13
		if !d.fits(13) {
			d.newPage()
		}
		d.text(style{regular, 8, black}, d.margin, d.y, d.width(), "L", "Además, en "+sum.Currency+": ingresos "+spanish(sum.Income)+
			", gastos "+spanish(sum.Expense)+", balance "+spanish(sum.Income-sum.Expense)+".")
	}
	d.y += 26
}

func (d *document) section(title string) {
	if !d.fits(80) {
		d.newPage()
		d.y += 12
	}
	d.text(style{bold, 12, slate}, d.margin, d.y, d.width(), "L", title)
	d.y += 12
}

func (d *document) details(r Report) {
	d.section("Detalle de Movimientos")
	if r.isCut() {
		d.y += 3
		d.text(style{regular, 8, grey}, d.margin, d.y, d.width(), "L", r.cutText())
		d.y += 9
	}
	t := table{document: d, size: 8, striped: true, columns: []column{
		{title: "Fecha", width: 58, cell: r.dayText},
		{title: "Tipo", width: 64, cell: typeName, whole: true},
		{title: "Categoría", width: 92, cell: categoryName, lines: 2},
		{title: "Cuenta", width: 92, cell: accountName, lines: 2},
		{title: "Descripción", width: 119, cell: description, lines: 3},
		{title: "Monto", width: 85, align: "R", cell: signed, color: amountColor, whole: true},
		{title: "Moneda", width: 45, cell: currency, whole: true},
	}}
	t.write(r.Rows)
}
