// Package export writes a user's transactions as files: CSV, an Excel workbook
// and two PDFs. Each is made wholly in memory, so that what is sent is complete.
// They are in Spanish, as the finance app documents them.
package export

import "time"

// MaxRows is how many transactions a file has room for.
const MaxRows = 2000

// Types of transactions.
const (
	income   = "INCOME"
	expense  = "EXPENSE"
	transfer = "TRANSFER"
)

// Report is what is written.
type Report struct {
	Rows     []Row // the newest first
	Total    int   // transactions that there are; more than Rows where it was cut
	UserID   string
	Account  string // its name; empty: all accounts
	Currency string // that Sums begins with and Expenses are in
	Made     time.Time
	Zone     *time.Location // that days are counted in
	Sums     []Sum
	Expenses []Slice // by category, the largest first
}

// Row is one transaction. Amounts are in minor units (cents).
type Row struct {
	Date        time.Time
	Type        string // INCOME, EXPENSE or TRANSFER
	Category    string // empty: none
	Account     string // empty: it is gone
	Description string
	Amount      int64
	Currency    string
}

// Sum is what all transactions in one currency come to, without transfers
// between the user's own accounts.
type Sum struct {
	Currency        string
	Income, Expense int64
}

// Slice is what was spent on one category.
type Slice struct {
	Category string
	Color    string // #RRGGBB; anything else is shown grey
	Amount   int64
}

// columns are the headings of the workbook and the CSV.
var columns = []string{"Fecha", "Tipo", "Categoría", "Cuenta", "Descripción", "Monto", "Moneda"}

// none stands for a name that there is not.
const none = "-"

func orNone(name string) string {
	if name == "" {
		return none
	}
	return name
}

// day is the row's day, where the user is.
func (r Report) day(row Row) time.Time { return row.Date.In(r.Zone) }

func (r Report) isCut() bool { return r.Total > len(r.Rows) }
