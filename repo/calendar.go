package repo

import (
	"context"
	"fmt"
	"time"

	"example.com/alta/internal/fiscal"
)

// ChangeCalendar makes everything that the user has dated follow a change of the
// fiscal day or the time zone, from the calendar of old to that of w: days stay the
// days that they are, instants stay the instants that they are, and the totals are
// those of the new months. The workspace must be locked, and old read after that.
func (t financeWrites) ChangeCalendar(ctx context.Context, old, w Workspace) error {
	if old.Timezone != w.Timezone {
		calendar, err := w.Calendar()
		if err != nil {
			return err
		}
		if err := t.moveDays(ctx, w, calendar); err != nil {
			return err
		}
		if err := t.moveTargets(ctx, w, calendar); err != nil {
			return err
		}
	}
	return t.rebuildPeriodTotals(ctx, w)
}

// moveDays gives live transactions with a day the instant at which it begins in the
// calendar. The rows of a day had one instant, so each statement goes by index through
// the dates between its first and its last one.
func (t financeWrites) moveDays(ctx context.Context, w Workspace, calendar fiscal.Calendar) error {
	var days []struct {
		Day  string    `db:"day"`
		Date time.Time `db:"date"`
	}
	err := t.list(ctx, &days, `
SELECT DISTINCT day, date FROM transactions WHERE user_id = $1 AND deleted_at IS NULL AND day <> '' ORDER BY date`, w.UserID.String())
	if err != nil {
		return err
	}
	return inChunks(len(days), func(from, to int) error {
		var args []any
		for _, d := range days[from:to] {
			begin, err := calendar.StartOf(d.Day)
			if err != nil {
				return err
			}
			args = append(args, d.Day, d.Date, begin)
		}
		n := len(args)
		_, err := t.exec(ctx, `
UPDATE transactions SET date = v.column3
FROM (VALUES `+rowsOf(to-from, 3, "", "CAST(%s AS TIMESTAMP)", "CAST(%s AS TIMESTAMP)")+fmt.Sprintf(`) AS v
WHERE user_id = $%d AND deleted_at IS NULL AND date BETWEEN $%d AND $%d AND date = v.column2 AND day = v.column1`, n+1, n+2, n+3),
			append(args, w.UserID.String(), days[from].Date, days[to-1].Date)...)
		return err
	})
}

// moveTargets gives accounts with the day of a target the instant at which it begins
// in the calendar.
func (t financeWrites) moveTargets(ctx context.Context, w Workspace, calendar fiscal.Calendar) error {
	accounts, err := t.Accounts(ctx, w.UserID)
	for _, account := range accounts {
		if account.TargetDay == "" {
			continue
		}
		begin, err := calendar.StartOf(account.TargetDay)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE accounts SET target_date = $3 WHERE id = $1 AND user_id = $2`, account.ID.String(), w.UserID.String(), begin)
		if err != nil {
			return err
		}
	}
	return err
}
