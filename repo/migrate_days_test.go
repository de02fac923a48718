package repo_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// beforeDays is the version of the schema that stored days as instants alone.
const beforeDays = 11

// downTo reverts migrations until the schema has the version.
func downTo(t *testing.T, r *repo.Repo, version int64) {
	t.Helper()
	for _, step := range steps {
		if step.Version <= version {
			continue
		}
		if err := r.Down(t.Context()); err != nil { // the latest one
			t.Fatal(err)
		}
	}
	checkSchema(t, r, version)
}

// TestMigrateMidnightsToDays: what begins a day in the zone that the user has now is
// that day, also if it has been deleted, and everything else stays an instant. More rows
// than one statement takes are migrated.
func TestMigrateMidnightsToDays(t *testing.T) {
	type row struct{ zone, date, day string }
	rows := []row{
		{zone: "America/Argentina/Buenos_Aires", date: "2026-03-01T03:00:00Z", day: "2026-03-01"},
		{zone: "America/Argentina/Buenos_Aires", date: "2026-03-01T00:00:00Z"},
		{zone: "America/Argentina/Buenos_Aires", date: "2026-03-01T03:00:00.000001Z"},
		{zone: "Europe/Madrid", date: "2026-02-28T23:00:00Z", day: "2026-03-01"},
		{zone: "Europe/Madrid", date: "2026-06-30T22:00:00Z", day: "2026-07-01"},
		{zone: "Europe/Madrid", date: "2026-06-30T23:00:00Z"},
		{zone: "Pacific/Kiritimati", date: "2026-02-28T10:00:00Z", day: "2026-03-01"},
		{zone: "America/Sao_Paulo", date: "2018-11-04T03:00:00Z", day: "2018-11-04"}, // at one o'clock
		{zone: "Asia/Beirut", date: "2021-03-27T22:00:00Z", day: "2021-03-28"},       // the same
		{zone: "right/Europe/Madrid", date: "2026-02-28T23:00:00Z", day: "2026-03-01"},
		{zone: "localtime", date: "2026-03-01T00:00:00Z", day: "2026-03-01"},
		{zone: "localtime", date: "2026-03-01T03:00:00Z"},
	}
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		accounts := map[string]*books{}
		for i, row := range rows {
			if accounts[row.zone] == nil {
				accounts[row.zone] = openBooks(t, r, address(i))
			}
		}
		downTo(t, r, beforeDays)
		want := map[string]string{}
		add := func(id string, row row) {
			b := accounts[row.zone]
			date, err := time.Parse(time.RFC3339, row.date)
			if err != nil {
				t.Fatal(err)
			}
			var deleted *time.Time
			if len(want)%2 == 0 {
				deleted = &date
			}
			write(t, r, func(tx *repo.Tx) error {
				if _, err := tx.Exec(t.Context(), `UPDATE users SET timezone = $2 WHERE id = $1`, b.user.ID.String(), row.zone); err != nil {
					return err
				}
				if _, err := tx.Exec(t.Context(), `UPDATE accounts SET target_date = $2 WHERE id = $1`, b.account.String(), date); err != nil {
					return err
				}
				_, err := tx.Exec(t.Context(), `
INSERT INTO transactions (id, user_id, type, amount, currency, search_text, date, created_at, updated_at, deleted_at)
VALUES ($1, $2, 'INCOME', 1, 'ARS', '', $3, $4, $4, $5)`, id, b.user.ID.String(), date, start, deleted)
				return err
			})
			want[id], want[b.account.String()] = row.day, row.day
		}
		for i, row := range rows {
			add(fmt.Sprintf("row%d", i), row)
		}
		for i := range 1100 {
			add(fmt.Sprintf("many%d", i), rows[i%len(rows)])
		}
		if _, err := r.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		var list []struct{ ID, Day string }
		if err := r.List(t.Context(), &list, `
SELECT id, day FROM transactions UNION ALL SELECT id, target_day AS day FROM accounts WHERE target_date IS NOT NULL`); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, row := range list {
			got[row.ID] = row.Day
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("days (-want +got):\n%s", diff)
		}
		downTo(t, r, beforeDays)
		if n := queryInt(t, r, `SELECT COUNT(*) FROM transactions`); n != len(rows)+1100 {
			t.Errorf("%d transactions are left after down", n)
		}
	})
}

// TestMigrateUnknownZones: a user whose zone is not in the database of zones gets the
// one that has counted, with the totals of its months. Nobody else's totals change.
func TestMigrateUnknownZones(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		zones := map[string]string{
			"localtime": "UTC", "right/Asia/Tokyo": "Asia/Tokyo", "posix/Europe/Madrid": "Europe/Madrid", "Pacific/Honolulu": "Pacific/Honolulu",
		}
		users := map[string]*books{}
		for zone := range zones {
			b := openBooks(t, r, fmt.Sprintf("user%d@example.com", len(users)))
			users[zone] = b
			if err := b.move("America/Argentina/Buenos_Aires", 15); err != nil { // the zone of the machine
				t.Fatal(err)
			}
			for n, date := range []string{"2026-03-15T02:00:00Z", "2026-03-15T03:00:00Z", "2026-04-14T23:30:00Z", "2025-12-31T12:00:00Z"} {
				at, err := time.Parse(time.RFC3339, date)
				if err != nil {
					t.Fatal(err)
				}
				tr := b.income(at, n)
				tr.Day = ""
				b.add(tr)
			}
		}
		downTo(t, r, beforeDays)
		for zone, b := range users {
			write(t, r, func(tx *repo.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE users SET timezone = $2 WHERE id = $1`, b.user.ID.String(), zone)
				return err
			})
		}
		known := users["Pacific/Honolulu"]
		before, err := r.PeriodTotals(t.Context(), known.user.ID, "2026-02")
		if err != nil || len(before) != 1 {
			t.Fatalf("%v, %v", before, err)
		}
		if _, err := r.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		r = open(t, databaseURL, time.Now) // as the next process does
		for zone, b := range users {
			b.repo = r
			user, err := r.UserByID(t.Context(), b.user.ID)
			if err != nil || user.Timezone != zones[zone] {
				t.Errorf("%s has become %s, %v", zone, user.Timezone, err)
			}
			if b != known {
				b.checkTotals()
			}
		}
		after, err := r.PeriodTotals(t.Context(), known.user.ID, "2026-02")
		if diff := cmp.Diff(before, after); diff != "" || err != nil {
			t.Errorf("the totals of a user with a known zone (-before +after): %v\n%s", err, diff)
		}
		if all, err := r.PeriodTotals(t.Context(), users["localtime"].user.ID, repo.AllPeriods); err != nil || len(all) != 1 || all[0].Entries != 4 {
			t.Errorf("the totals of all months are %+v, %v", all, err)
		}
	})
}
