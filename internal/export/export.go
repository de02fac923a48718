// Package export writes a user's transactions as files in the user's language: CSV
// and an Excel workbook row by row, so that a long file does not need memory, and two
// PDFs.
package export

import (
	"fmt"
	"time"
)

// MaxRows is the largest number of transactions in a file, unless all are asked for.
const MaxRows = 2000

// MaxSheetRows is how many transactions a sheet of Excel has room for, beside its head
// and the note that it is cut.
const MaxSheetRows = 1<<20 - 2

// Types of transactions.
const (
	income   = "INCOME"
	expense  = "EXPENSE"
	transfer = "TRANSFER"
)

// Report is the content of a file.
type Report struct {
	Language string // of the texts; "": Spanish
	Product  string // name of the product
	User     string // name of the person
	Shown    int    // number of transactions in the file
	Total    int    // number of all transactions; larger than Shown if the file is cut
	Account  string // name of the account; empty: all accounts
	Currency string // currency of Expenses and of the first of Sums
	Made     time.Time
	Zone     *time.Location // time zone of Made
	Sums     []Sum
	Expenses []Slice // by category, largest first
}

// Rows calls use for each transaction of a file, the newest first, and returns the
// first error of use, or its own.
type Rows func(use func(Row) error) error

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
	Category string // empty: none
	Color    string // #RRGGBB; any other text is shown as grey
	Amount   int64
}

// noName stands for a missing name.
const noName = "-"

func nameOrDash(name string) string {
	if name == "" {
		return noName
	}
	return name
}

func (r Report) isCut() bool { return r.Total > r.Shown }

func (r Report) words() *words { return wordsIn(r.Language) }

// cutText tells the reader that the list is not complete.
func (r Report) cutText() string {
	return fmt.Sprintf(r.words().cut, r.words().count(r.Shown), r.words().count(r.Total))
}
