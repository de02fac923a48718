package export

import (
	"fmt"
)

const tableTitle = "Reporte de Movimientos"

// TablePDF writes the report as a list.
func TablePDF(r Report) ([]byte, error) {
	d := newDocument(r, tableTitle, 30, 40)
	d.y += 18
	d.text(style{bold, 18, slate}, d.margin, d.y, d.width(), "L", tableTitle)
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
		d.text(style{regular, 10, grey}, d.margin, d.y, d.width(), "L", fact)
		d.y += 14
	}
	d.y += 4
	t := table{document: d, size: 8, columns: []column{
		{title: "Fecha", width: 60, cell: r.dayText},
		{title: "Tipo", width: 50, cell: typeName, whole: true},
		{title: "Categoría", width: 80, cell: categoryName, lines: 2},
		{title: "Cuenta", width: 80, cell: accountName, lines: 2},
		{title: "Descripción", width: 140, cell: description, lines: 3},
		{title: "Monto", width: 70, align: "R", cell: fixed, color: amountColor, whole: true},
		{title: "Mon", width: 30, cell: currency, whole: true},
	}}
	t.write(r.Rows)
	return d.finish()
}
