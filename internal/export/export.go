// Package export writes a user's transactions as files: CSV, an Excel workbook
// and two PDFs. Each file is made in memory, so that a client never gets an
// incomplete one. Files are in Spanish, as the finance app documents them.
package export

import "time"

// MaxRows is the largest number of transactions in a file.
const MaxRows = 2000

// Types of transactions.
const (
	income   = "INCOME"
	expense  = "EXPENSE"
	transfer = "TRANSFER"
)

// Report is the content of a file.
type Report struct {
	Rows     []Row // newest first
	Total    int   // number of transactions; larger than len(Rows) if the list was cut
	UserID   string
	Account  string // name of the account; empty: all accounts
	Currency string // currency of Expenses and of the first of Sums
	Made     time.Time
	Zone     *time.Location // time zone of Made
	Sums     []Sum
	Expenses []Slice // by category, largest first
}

// Row is one transaction. Amounts are in minor units of its currency.
type Row struct {
	Day         time.Time // midnight in UTC
	Type        string    // INCOME, EXPENSE or TRANSFER
	Category    string    // empty: none
	Account     string    // empty: the account has been deleted
	Description string
	Amount      int64
	Currency    string
}

// Sum is the total of all transactions in one currency, without transfers between
// the user's own accounts.
type Sum struct {
	Currency        string
	Income, Expense int64
}

// Slice is the sum of the expenses in one category.
type Slice struct {
	Category string
	Color    string // #RRGGBB; any other text is shown as grey
	Amount   int64
}

// columns are the headings of the workbook and the CSV.
var columns = []string{"Fecha", "Tipo", "Categoría", "Cuenta", "Descripción", "Monto", "Moneda"}

// noName stands for a missing name.
const noName = "-"

func nameOrDash(name string) string {
	if name == "" {
		return noName
	}
	return name
}

func (r Report) isCut() bool { return r.Total > len(r.Rows) }
