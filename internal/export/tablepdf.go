package export

import "fmt"

const tableTitle = "Reporte de Movimientos"

// TablePDF returns the report as a PDF with a list of the transactions. Its errors
// are those of the PDF library.
func TablePDF(r Report) ([]byte, error) {
	d := newDocument(r, tableTitle, 30, 40)
	d.y += 18
	d.text(bold(18, slate), left(d.margin, d.y, d.width()), tableTitle)
	d.y += 22
	account := "Todas las cuentas"
	if r.Account != "" {
		account = "Cuenta: " + r.accountText()
	}
	facts := []string{
		"Generado el: " + r.Made.In(r.Zone).Format(timeFormat),
		fmt.Sprintf("Registros encontrados: %d", r.Total),
		account,
	}
	if r.isCut() {
		facts = append(facts, r.cutText())
	}
	for _, fact := range facts {
		d.text(regular(10, grey), left(d.margin, d.y, d.width()), fact)
		d.y += 14
	}
	d.y += 4
	t := table{document: d, size: 8, columns: []column{
		{title: "Fecha", width: 60, cell: dayText},
		{title: "Tipo", width: 50, cell: typeName, shrink: true},
		{title: "Categoría", width: 80, cell: categoryName, lines: 2},
		{title: "Cuenta", width: 80, cell: accountName, lines: 2},
		{title: "Descripción", width: 140, cell: description, lines: 3},
		{title: "Monto", width: 70, align: "R", cell: fixedAmount, color: amountColor, shrink: true},
		{title: "Mon", width: 30, cell: currency, shrink: true},
	}}
	t.write(r.Rows)
	return d.finish()
}
