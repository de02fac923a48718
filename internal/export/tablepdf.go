package export

import "fmt"

// TablePDF returns the report as a PDF with a list of the transactions. Its errors
// are those of rows and of the PDF library.
func TablePDF(r Report, rows Rows) ([]byte, error) {
	words := r.words()
	d := newDocument(r, words.tableTitle, 30, 40)
	d.y += 18
	d.text(bold(18, slate), left(d.margin, d.y, d.width()), words.tableTitle)
	d.y += 22
	account := words.allAccounts
	if r.Account != "" {
		account = words.account + r.accountText()
	}
	facts := []string{
		printable(r.Product) + " · " + printable(r.User),
		words.made + r.Made.In(r.Zone).Format(words.moment),
		fmt.Sprintf(words.found, r.Total),
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
	titles := words.columns
	t := table{document: d, size: 8, columns: []column{
		{title: titles[0], width: 60, cell: r.dayText},
		{title: titles[1], width: 50, cell: r.typeName, shrink: true},
		{title: titles[2], width: 80, cell: categoryName, lines: 2},
		{title: titles[3], width: 80, cell: accountName, lines: 2},
		{title: titles[4], width: 140, cell: description, lines: 3},
		{title: titles[5], width: 70, align: "R", cell: fixedAmount, color: amountColor, shrink: true},
		{title: words.shortCurrency, width: 30, cell: currency, shrink: true},
	}}
	if err := t.write(rows, r.Shown); err != nil {
		return nil, err
	}
	return d.finish()
}
