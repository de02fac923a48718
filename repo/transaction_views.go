package repo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// TransactionView is a transaction with the displayed fields of its account and
// its category, which are nil if it has none.
type TransactionView struct {
	Transaction
	AccountName     *string `db:"account_name"`
	AccountType     *string `db:"account_type"`
	AccountBalance  *int64  `db:"account_balance"`
	AccountCurrency *string `db:"account_currency"`
	AccountColor    *string `db:"account_color"`
	AccountIcon     *string `db:"account_icon"`
	CategoryName    *string `db:"category_name"`
	CategoryType    *string `db:"category_type"`
	CategoryColor   *string `db:"category_color"`
	CategoryIcon    *string `db:"category_icon"`
	CategoryFixed   *bool   `db:"category_fixed"`
	// The other leg of a transfer.
	OtherID          *uuid.UUID `db:"other_id"`
	OtherDescription *string    `db:"other_description"`
	OtherAccountID   *uuid.UUID `db:"other_account_id"`
	OtherAccountName *string    `db:"other_account_name"`
}

// TransactionFilter selects transactions. The zero value selects all.
type TransactionFilter struct {
	From, To                time.Time // zero: no bound; To is exclusive
	FirstPeriod, LastPeriod string    // the fiscal months that From and To bound, or "" if they bound none
	AccountID, CategoryID   *uuid.UUID
	Type, Currency          string
	Search                  string // in descriptions and names of categories, ignoring case
	TransfersOnce           bool   // one leg of each transfer; both legs have the type TypeTransfer for the filter
}

// hasOnlyAccount reports whether the filter selects all transactions of one account, or
// of all.
func (f TransactionFilter) hasOnlyAccount() bool {
	f.AccountID = nil
	return f == TransactionFilter{}
}

// isCounted reports whether period_totals say how many transactions the filter selects. Both
// legs of a transfer are in one month and of one currency, but may differ in the others.
func (f TransactionFilter) isCounted() bool {
	isWhole := f.From.IsZero() && f.To.IsZero() || f.FirstPeriod != ""
	return isWhole && f.Search == "" && (!f.TransfersOnce || f.Type == "" && f.CategoryID == nil)
}

// lastDate is later than every date.
var lastDate = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)

// sqlNewestFirst sorts transactions by date, and those of one date by entry.
const sqlNewestFirst = ` ORDER BY t.date DESC, t.created_at DESC, t.id DESC `

const sqlTransactionViewColumns = `
SELECT t.id, t.user_id, t.type, t.amount, t.currency, t.description, t.date, t.day, t.account_id, t.category_id, t.transfer_id,
       t.created_at, t.updated_at, t.deleted_at,
       a.name AS account_name, a.type AS account_type, a.balance AS account_balance, a.currency AS account_currency,
       a.color AS account_color, a.icon AS account_icon,
       c.name AS category_name, c.type AS category_type, c.color AS category_color, c.icon AS category_icon, c.is_fixed AS category_fixed,
       o.id AS other_id, o.description AS other_description, oa.id AS other_account_id, oa.name AS other_account_name
FROM `

// sqlTransactionViewJoins is what belongs to the transactions t.
const sqlTransactionViewJoins = ` LEFT JOIN accounts a ON a.id = t.account_id LEFT JOIN categories c ON c.id = t.category_id
     LEFT JOIN transactions o ON o.transfer_id = t.transfer_id AND o.transfer_id IS NOT NULL AND o.id <> t.id AND o.deleted_at IS NULL
     LEFT JOIN accounts oa ON oa.id = o.account_id`

// sqlNotSecondLeg leaves out a leg of a transfer if the other one matches the
// conditions, too, and is preferred: one with an account, else the leaving one. It is
// a format for the conditions of the other leg. Because of the first condition PostgreSQL
// looks the leg up, or reads all legs once, and never reads them for each transaction.
const sqlNotSecondLeg = `
      AND (t.transfer_id IS NULL
           OR NOT EXISTS (SELECT 1 FROM transactions o%s AND o.transfer_id = t.transfer_id AND o.transfer_id IS NOT NULL AND o.id <> t.id
              AND (o.account_id IS NOT NULL AND t.account_id IS NULL
                   OR (o.account_id IS NULL) = (t.account_id IS NULL) AND o.type = 'TRANSFER')))`

// Transaction returns one of the user's live transactions, or ErrNotFound.
func (r reads) Transaction(ctx context.Context, userID, id uuid.UUID) (view TransactionView, err error) {
	err = r.get(ctx, &view, sqlTransactionViewColumns+`transactions t`+sqlTransactionViewJoins+` WHERE t.id = $1 AND t.user_id = $2 AND t.deleted_at IS NULL`, id.String(), userID.String())
	return view, err
}

// Transactions returns one page of the user's live transactions that match the
// filter, the newest first, and how many match in total.
func (r reads) Transactions(ctx context.Context, userID uuid.UUID, f TransactionFilter, page Page) (list []TransactionView, total int, err error) {
	where, args, err := r.where(ctx, userID, f)
	if err != nil {
		return nil, 0, err
	}
	if f.isCounted() {
		total, err = r.entries(ctx, userID, f)
	} else {
		err = r.get(ctx, &total, `SELECT COUNT(*) FROM transactions t`+where, args...)
	}
	if err != nil {
		return nil, 0, err
	}
	n := len(args)
	list = make([]TransactionView, 0, page.Limit)
	err = r.scan(ctx, func(read func(...any) error) error {
		list = append(list, TransactionView{})
		return list[len(list)-1].scan(read)
	}, sqlTransactionsPage(where, n), append(args, page.Limit, page.Offset)...)
	return list, total, err
}

// sqlTransactionsPage returns the statement that reads a page of the transactions that meet
// the condition with n arguments. Only for those of the page it reads what belongs to them.
func sqlTransactionsPage(where string, n int) string {
	rows := fmt.Sprintf(`SELECT t.* FROM transactions t%s`+sqlNewestFirst+sqlPage, where, n+1, n+2)
	return sqlTransactionViewColumns + `(` + rows + `) t` + sqlTransactionViewJoins + sqlNewestFirst
}

// scan reads the columns of sqlTransactionViewColumns.
func (v *TransactionView) scan(read func(targets ...any) error) error {
	return read(
		&v.ID, &v.UserID, &v.Type, &v.Amount, &v.Currency, &v.Description, &v.Date, &v.Day, &v.AccountID, &v.CategoryID, &v.TransferID,
		&v.CreatedAt, &v.UpdatedAt, &v.DeletedAt,
		&v.AccountName, &v.AccountType, &v.AccountBalance, &v.AccountCurrency, &v.AccountColor, &v.AccountIcon,
		&v.CategoryName, &v.CategoryType, &v.CategoryColor, &v.CategoryIcon, &v.CategoryFixed,
		&v.OtherID, &v.OtherDescription, &v.OtherAccountID, &v.OtherAccountName,
	)
}

// where returns the filter as a condition. Its text varies only with filters
// that an index serves, so that there are few texts to prepare.
func (r reads) where(ctx context.Context, userID uuid.UUID, f TransactionFilter) (text string, args []any, err error) {
	to := f.To
	if to.IsZero() {
		to = lastDate
	}
	text = ` WHERE t.user_id = $1 AND t.deleted_at IS NULL AND t.date >= $2 AND t.date < $3
      AND ($4 = '' OR ` + sqlTypeOf(f) + ` = $4) AND ($5 = '' OR t.currency = $5)`
	args = []any{userID.String(), f.From, to, f.Type, f.Currency}
	add := func(condition string, value any) {
		args = append(args, value)
		text += fmt.Sprintf(condition, len(args))
	}
	if f.AccountID != nil {
		add(` AND t.account_id = $%d`, f.AccountID.String())
	}
	if f.CategoryID != nil {
		add(` AND t.category_id = $%d`, f.CategoryID.String())
	}
	if f.Search != "" {
		ids, err := r.categoriesNamed(ctx, userID, f.Search)
		if err != nil {
			return "", nil, err
		}
		add(` AND (t.search_text LIKE $%d ESCAPE '\'`, "%"+literal.Replace(searchForm(f.Search))+"%")
		// All ids are one value, however many there are.
		add(` OR t.category_id IN `+r.engine.textsIn("$%d")+`)`, ids)
	}
	if f.TransfersOnce {
		text += fmt.Sprintf(sqlNotSecondLeg, ofOtherLeg.Replace(text))
	}
	return text, args, nil
}

// ofOtherLeg makes the conditions of a transaction those of the other leg of its transfer.
// That one is found by the transfer: an index of another column, which SQLite would choose,
// has all transactions of a user or an account, and would be read for each transaction.
var ofOtherLeg = strings.NewReplacer(
	"t.user_id =", "o.user_id || '' =", "t.account_id =", "o.account_id || '' =", "t.category_id =", "o.category_id || '' =", "t.", "o.",
)

// sqlTypeOf returns the type of a transaction for the filter by type.
func sqlTypeOf(f TransactionFilter) string {
	if f.TransfersOnce {
		return `CASE WHEN t.transfer_id IS NULL THEN t.type ELSE 'TRANSFER' END`
	}
	return `t.type`
}

// literal escapes the characters that have a meaning in LIKE.
var literal = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// categoriesNamed returns the ids of the user's categories whose name contains
// the text, including deleted ones, as a list in JSON.
func (r reads) categoriesNamed(ctx context.Context, userID uuid.UUID, text string) (list string, err error) {
	var all []struct{ ID, Name string }
	if err := r.list(ctx, &all, `SELECT id, name FROM categories WHERE `+sqlCategoriesOf, userID.String()); err != nil {
		return "", err
	}
	text = searchForm(text)
	ids := []string{}
	for _, category := range all {
		if strings.Contains(searchForm(category.Name), text) {
			ids = append(ids, category.ID)
		}
	}
	encoded, err := json.Marshal(ids)
	return string(encoded), err
}
