package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"example.com/alta/internal/fiscal"
)

// Days returns the step that tells days, which were given without a time, from
// instants, and sorts the transactions of one date by entry. Each existing date that is
// the start of a day in the user's present time zone becomes that day. Users whose time
// zone is not in the database of zones get the one that has counted for them, and the
// totals of its months.
func Days() *goose.Migration {
	m := goose.NewGoMigration(12, &goose.GoFunc{RunTx: addDays}, &goose.GoFunc{RunTx: dropDays})
	m.Source = "00012_days.go"
	return m
}

// sqlAddDays adds the columns. An index sorts the transactions of one date by entry.
var sqlAddDays = []string{
	`ALTER TABLE users ADD COLUMN last_entry BIGINT NOT NULL DEFAULT 0`,   // created_at of the newest transaction, in microseconds since 1970
	`ALTER TABLE transactions ADD COLUMN day TEXT NOT NULL DEFAULT ''`,    // 2026-01-31, of which date is the start; '': date is an instant
	`ALTER TABLE accounts ADD COLUMN target_day TEXT NOT NULL DEFAULT ''`, // the same for target_date
	`DROP INDEX transactions_user`, `DROP INDEX transactions_account`, `DROP INDEX transactions_category`,
	`CREATE INDEX transactions_user ON transactions (user_id, date, created_at, id) WHERE deleted_at IS NULL`,
	`CREATE INDEX transactions_account ON transactions (account_id, date, created_at, id)`,
	`CREATE INDEX transactions_category ON transactions (category_id, date, created_at, id)`,
}

var sqlDropDays = []string{
	`DROP INDEX transactions_user`, `DROP INDEX transactions_account`, `DROP INDEX transactions_category`,
	`CREATE INDEX transactions_user ON transactions (user_id, date, id) WHERE deleted_at IS NULL`,
	`CREATE INDEX transactions_account ON transactions (account_id, date, id)`,
	`CREATE INDEX transactions_category ON transactions (category_id, date, id)`,
	`ALTER TABLE accounts DROP COLUMN target_day`,
	`ALTER TABLE transactions DROP COLUMN day`,
	`ALTER TABLE users DROP COLUMN last_entry`,
}

func addDays(ctx context.Context, tx *sql.Tx) error {
	if err := execAll(ctx, tx, sqlAddDays); err != nil {
		return err
	}
	if err := replaceZones(ctx, tx); err != nil {
		return err
	}
	return errors.Join(
		markDays(ctx, tx, dated{table: "transactions", date: "date", day: "day"}),
		markDays(ctx, tx, dated{table: "accounts", date: "target_date", day: "target_day"}),
	)
}

func dropDays(ctx context.Context, tx *sql.Tx) error { return execAll(ctx, tx, sqlDropDays) }

func execAll(ctx context.Context, tx *sql.Tx, statements []string) error {
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// dated is a table with dates, and the column for the day that a date is.
type dated struct{ table, date, day string }

// maxMarked bounds the rows that are read, and changed, at once.
const maxMarked = 500

// markDays stores the day of each date that is the start of one.
func markDays(ctx context.Context, tx *sql.Tx, d dated) error {
	for last := ""; ; {
		next, values, err := d.daysAfter(ctx, tx, last)
		if err != nil {
			return err
		}
		if len(values) > 0 {
			_, err = tx.ExecContext(ctx, fmt.Sprintf(`UPDATE %s SET %s = v.column2 FROM (VALUES %s) AS v WHERE id = v.column1`,
				d.table, d.day, pairs(len(values)/2)), values...)
		}
		if err != nil || next == "" {
			return err
		}
		last = next
	}
}

// daysAfter looks at the next maxMarked rows after the one with the id. It returns the
// ids and the days of those whose date is the start of a day in the user's time zone,
// one after the other, and the id of the last row or, if there are no more, "".
func (d dated) daysAfter(ctx context.Context, tx *sql.Tx, id string) (last string, values []any, err error) {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
SELECT t.id, t.%s, u.timezone FROM %s t JOIN users u ON u.id = t.user_id
WHERE t.id > $1 AND t.%[1]s IS NOT NULL ORDER BY t.id LIMIT %[3]d`, d.date, d.table, maxMarked), id)
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var zone string
		var date time.Time
		if err := rows.Scan(&last, &date, &zone); err != nil {
			return "", nil, err
		}
		calendar, err := fiscal.NewCalendar(1, zone)
		if err != nil {
			return "", nil, err
		}
		day := calendar.DayOf(date)
		if begin, _ := calendar.Day(day.Date()); begin.Equal(date) {
			values = append(values, last, day.Format(time.DateOnly))
		}
	}
	return last, values, rows.Err()
}

// pairs returns "($1, $2), ($3, $4), …" for n rows.
func pairs(n int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf("($%d, $%d)", 2*i+1, 2*i+2)
	}
	return strings.Join(rows, ", ")
}
