package migrations

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"example.com/alta/internal/fiscal"
)

// zoned is a user with what the user's months follow.
type zoned struct {
	id, zone string
	startDay int
}

// usersOf returns those of the users that the query selects, by id, time zone and fiscal
// day, who are wanted.
func usersOf(ctx context.Context, tx *sql.Tx, query string, wanted func(zoned) bool) (users []zoned, err error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var u zoned
		if err := rows.Scan(&u.id, &u.zone, &u.startDay); err != nil {
			return nil, err
		}
		if wanted(u) {
			users = append(users, u)
		}
	}
	return users, rows.Err()
}

// replaceZones gives users the time zone that counts instead of one that is not in the
// database of zones, and rebuilds their totals, which may be of other months.
func replaceZones(ctx context.Context, tx *sql.Tx) error {
	isUnknown := func(u zoned) bool { return fiscal.CheckZone(u.zone) != nil }
	users, err := usersOf(ctx, tx, `SELECT id, timezone, fiscal_start_day FROM users`, isUnknown)
	for _, u := range users {
		calendar, err := fiscal.NewCalendar(u.startDay, u.zone)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE users SET timezone = $2 WHERE id = $1`, u.id, calendar.Zone.String()); err != nil {
			return err
		}
		if err := rebuildTotals(ctx, tx, u.id, calendar); err != nil {
			return err
		}
	}
	return err
}

// rebuildTotals recomputes the totals of each month that has transactions.
func rebuildTotals(ctx context.Context, tx *sql.Tx, user string, calendar fiscal.Calendar) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM period_totals WHERE user_id = $1 AND period <> ''`, user)
	for from := (time.Time{}); err == nil; {
		var date time.Time
		err = tx.QueryRowContext(ctx, `
SELECT date FROM transactions WHERE user_id = $1 AND deleted_at IS NULL AND date >= $2 ORDER BY date LIMIT 1`, user, from).Scan(&date)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		period := calendar.PeriodOf(date)
		begin, end := calendar.Bounds(period)
		_, err = tx.ExecContext(ctx, `
INSERT INTO period_totals (user_id, period, account_id, category_id, type, is_transfer, currency, amount, entries)
SELECT user_id, CAST($2 AS TEXT), COALESCE(account_id, ''), COALESCE(category_id, ''), type, transfer_id IS NOT NULL, currency,
       SUM(amount), COUNT(*)
FROM transactions WHERE user_id = $1 AND deleted_at IS NULL AND date >= $3 AND date < $4
GROUP BY user_id, COALESCE(account_id, ''), COALESCE(category_id, ''), type, transfer_id IS NOT NULL, currency`,
			user, period.String(), begin, end)
		from = end
	}
	return err
}
