package migrations

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/pressly/goose/v3"

	"example.com/alta/internal/fiscal"
)

// MinorUnits returns the step that counts amounts in the minor units of their currency.
// Before, all were hundredths. A yen has none, so that an amount such as 12.34 JPY cannot
// stay: it becomes the nearest amount of at least one unit, and balances become the sums
// of the rounded transactions. The table rounded_amounts keeps each amount that was
// rounded.
func MinorUnits() *goose.Migration {
	m := goose.NewGoMigration(14, &goose.GoFunc{RunTx: countMinorUnits}, &goose.GoFunc{RunTx: countHundredths})
	m.Source = "00014_minor_units.go"
	return m
}

// The currencies that do not have two decimals, as ISO 4217 was when amounts began to
// follow it. Later editions need a step of their own.
const (
	withoutDecimals = `('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF')`
	withThree       = `('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND')`
	withFour        = `('CLF', 'UYW')`
)

// amounts is a column of amounts. Its currency is an expression.
type amounts struct{ table, column, currency string }

// storedAmounts are all but balances and totals, which are recomputed.
var storedAmounts = []amounts{
	{table: "transactions", column: "amount", currency: "currency"},
	{table: "accounts", column: "target_amount", currency: "currency"},
	{table: "budgets", column: "amount", currency: "(SELECT currency FROM users WHERE users.id = budgets.user_id)"},
}

const sqlAddRounded = `
CREATE TABLE rounded_amounts (
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,   -- the table and the column of the amount
    row_id     TEXT NOT NULL,
    currency   TEXT NOT NULL,
    hundredths BIGINT NOT NULL, -- the amount before
    units      BIGINT NOT NULL, -- the amount after
    PRIMARY KEY (user_id, kind, row_id)
)`

// nearest returns the expression for hundredths as units: rounded, and at least one.
func nearest(column string) string {
	return fmt.Sprintf("CASE WHEN %[1]s < 100 THEN 1 ELSE (%[1]s + 50) / 100 END", column)
}

func countMinorUnits(ctx context.Context, tx *sql.Tx) error {
	statements := []string{sqlAddRounded}
	for _, a := range storedAmounts {
		in := func(currencies string) string { return a.currency + " IN " + currencies }
		statements = append(statements,
			fmt.Sprintf(`
INSERT INTO rounded_amounts (user_id, kind, row_id, currency, hundredths, units)
SELECT user_id, '%[1]s.%[2]s', id, %[3]s, %[2]s, %[4]s FROM %[1]s WHERE %[5]s AND %[2]s %% 100 <> 0`,
				a.table, a.column, a.currency, nearest(a.column), in(withoutDecimals)),
			fmt.Sprintf(`UPDATE %s SET %s = %s WHERE %s`, a.table, a.column, nearest(a.column), in(withoutDecimals)+" AND "+a.column+" IS NOT NULL"),
			fmt.Sprintf(`UPDATE %s SET %[2]s = %[2]s * 10 WHERE %s`, a.table, a.column, in(withThree)),
			fmt.Sprintf(`UPDATE %s SET %[2]s = %[2]s * 100 WHERE %s`, a.table, a.column, in(withFour)),
		)
	}
	statements = append(statements, `
INSERT INTO rounded_amounts (user_id, kind, row_id, currency, hundredths, units)
SELECT user_id, 'accounts.balance', id, currency, balance, `+sqlMovements+` FROM accounts
WHERE currency IN `+withoutDecimals+` AND balance <> 100 * `+sqlMovements)
	if err := execAll(ctx, tx, statements); err != nil {
		return err
	}
	return recount(ctx, tx)
}

// sqlMovements is the sum of what an account's transactions have moved.
const sqlMovements = `COALESCE((
       SELECT CAST(SUM(CASE WHEN t.type = 'INCOME' THEN t.amount ELSE -t.amount END) AS BIGINT) FROM transactions t
       WHERE t.account_id = accounts.id AND t.deleted_at IS NULL), 0)`

// countHundredths is the way back. An amount of a thousandth becomes the nearest
// hundredth, and one that was rounded what it was, unless it has changed since.
func countHundredths(ctx context.Context, tx *sql.Tx) error {
	var statements []string
	for _, a := range storedAmounts {
		in := func(currencies string) string { return a.currency + " IN " + currencies }
		statements = append(statements,
			fmt.Sprintf(`UPDATE %s SET %[2]s = %[2]s * 100 WHERE %s`, a.table, a.column, in(withoutDecimals)),
			fmt.Sprintf(`
UPDATE %[1]s SET %[2]s = (SELECT hundredths FROM rounded_amounts r WHERE r.kind = '%[1]s.%[2]s' AND r.row_id = %[1]s.id)
WHERE EXISTS (SELECT 1 FROM rounded_amounts r WHERE r.kind = '%[1]s.%[2]s' AND r.row_id = %[1]s.id AND 100 * r.units = %[1]s.%[2]s)`,
				a.table, a.column),
			fmt.Sprintf(`UPDATE %s SET %[2]s = CASE WHEN %[2]s < 10 THEN 1 ELSE (%[2]s + 5) / 10 END WHERE %s`,
				a.table, a.column, in(withThree)+" AND "+a.column+" IS NOT NULL"),
			fmt.Sprintf(`UPDATE %s SET %[2]s = %s WHERE %s`, a.table, a.column, nearest(a.column), in(withFour)+" AND "+a.column+" IS NOT NULL"),
		)
	}
	if err := execAll(ctx, tx, append(statements, `DROP TABLE rounded_amounts`)); err != nil {
		return err
	}
	return recount(ctx, tx)
}

// affected is the condition for the currency of rows whose amounts a step changes.
var affected = "currency IN " + strings.ReplaceAll(withoutDecimals+withThree+withFour, ")(", ", ")

// recount makes balances and totals what the changed transactions come to.
func recount(ctx context.Context, tx *sql.Tx) error {
	if err := execAll(ctx, tx, []string{`UPDATE accounts SET balance = ` + sqlMovements + ` WHERE ` + affected}); err != nil {
		return err
	}
	users, err := usersOf(ctx, tx, `
SELECT id, timezone, fiscal_start_day FROM users u
WHERE EXISTS (SELECT 1 FROM transactions t WHERE t.user_id = u.id AND t.`+affected+`) ORDER BY id`, func(zoned) bool { return true })
	if err != nil {
		return err
	}
	for _, u := range users {
		calendar, err := fiscal.NewCalendar(u.startDay, u.zone)
		if err != nil {
			return err
		}
		if err := rebuildTotals(ctx, tx, u.id, calendar); err != nil {
			return err
		}
		if err := rebuildWhole(ctx, tx, u.id); err != nil {
			return err
		}
	}
	return nil
}

// rebuildWhole recomputes the user's totals of all months.
func rebuildWhole(ctx context.Context, tx *sql.Tx, user string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM period_totals WHERE user_id = $1 AND period = ''`, user); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
INSERT INTO period_totals (user_id, period, account_id, category_id, type, is_transfer, currency, amount, entries)
SELECT user_id, '', COALESCE(account_id, ''), COALESCE(category_id, ''), type, transfer_id IS NOT NULL, currency, SUM(amount), COUNT(*)
FROM transactions WHERE user_id = $1 AND deleted_at IS NULL
GROUP BY user_id, COALESCE(account_id, ''), COALESCE(category_id, ''), type, transfer_id IS NOT NULL, currency`, user)
	return err
}
