package repo_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// recounted returns what the user's totals have to be, from the transactions: the days
// by their names, and the instants by the calendar.
func (b *books) recounted(calendar fiscal.Calendar) map[string]int64 {
	b.t.Helper()
	list, _, err := b.repo.Transactions(b.t.Context(), b.user.ID, repo.TransactionFilter{}, repo.Page{Limit: 10_000})
	if err != nil {
		b.t.Fatal(err)
	}
	want := map[string]int64{}
	for _, view := range list {
		day := calendar.DayOf(view.Date)
		if view.Day != "" {
			if begin, err := calendar.StartOf(view.Day); err != nil || !begin.Equal(view.Date) {
				b.t.Errorf("%s is at %v, want its start in %s, %v", view.Day, view.Date, calendar.Zone, begin)
			}
			day, _ = time.Parse(time.DateOnly, view.Day)
		}
		month := fiscal.Period{Year: day.Year(), Month: day.Month()}
		if day.Day() < calendar.StartDay {
			month = month.Previous()
		}
		want[month.String()]++
	}
	return want
}

// checkTotals compares the stored totals of months with the transactions.
func (b *books) checkTotals() {
	b.t.Helper()
	w, err := b.repo.Workspace(b.t.Context(), b.user.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	calendar, err := w.Calendar()
	if err != nil {
		b.t.Fatal(err)
	}
	var rows []struct {
		Period  string
		Entries int64
	}
	err = b.repo.List(b.t.Context(), &rows, `
SELECT period, SUM(entries) AS entries FROM period_totals WHERE user_id = $1 AND period <> '' AND entries > 0 GROUP BY period`, b.user.ID.String())
	got := map[string]int64{}
	for _, row := range rows {
		got[row.Period] = row.Entries
	}
	if diff := cmp.Diff(b.recounted(calendar), got); diff != "" || err != nil {
		b.t.Errorf("entries by month in %s, day %d (-want +got): %v\n%s", w.Timezone, w.FiscalStartDay, err, diff)
	}
}

// move changes the user's zone and fiscal day.
func (b *books) move(zone string, startDay int) error {
	return b.repo.InTx(b.t.Context(), func(tx *repo.Tx) error {
		old, err := tx.LockWorkspace(b.t.Context(), b.user.ID)
		if err != nil {
			return err
		}
		if _, err := tx.UpdateUser(b.t.Context(), b.user.ID, repo.UserUpdate{Timezone: &zone, FiscalStartDay: &startDay}); err != nil {
			return err
		}
		changed := old
		changed.Timezone, changed.FiscalStartDay = zone, startDay
		return tx.ChangeCalendar(b.t.Context(), old, changed)
	})
}

// TestManyDaysMove: more days than one statement takes, with several entries each,
// deleted ones and instants between them, follow each change of the zone.
func TestManyDaysMove(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		b := openBooks(t, r, "ada@example.com")
		if err := b.move("Europe/Madrid", 1); err != nil {
			t.Fatal(err)
		}
		madrid, err := fiscal.NewCalendar(1, "Europe/Madrid")
		if err != nil {
			t.Fatal(err)
		}
		var list []repo.Transaction
		for n := range 500 {
			begin, _ := madrid.Day(2025, time.January, 1+n)
			day := b.income(begin, n)
			day.Day = madrid.DayOf(begin).Format(time.DateOnly)
			instant := b.income(begin, n)
			instant.Day = ""
			list = append(list, day, day, instant)
		}
		b.add(list...)
		for i, zone := range []string{"Pacific/Kiritimati", "Pacific/Honolulu", "America/Sao_Paulo", "Pacific/Auckland", "posix/Asia/Beirut", "localtime", "Europe/Madrid"} {
			if err := b.move(zone, 1+i*4); err != nil {
				t.Fatal(err)
			}
			b.checkTotals()
		}
	})
}

// TestMovesAndEntriesAtOnce: while the user moves between zones, and enters days by the
// zone that counts at the time, 64 at once, no day ends up in another month.
func TestMovesAndEntriesAtOnce(t *testing.T) {
	zones := []string{"Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Madrid", "America/Argentina/Buenos_Aires"}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		b := openBooks(t, r, "ada@example.com")
		for _, err := range atOnce(64, func(i int) error {
			if i%4 == 0 {
				return b.move(zones[i/4%len(zones)], 1+i%28)
			}
			return r.InTx(t.Context(), func(tx *repo.Tx) error {
				w, err := tx.LockWorkspace(t.Context(), b.user.ID)
				if err != nil {
					return err
				}
				calendar, err := w.Calendar()
				if err != nil {
					return err
				}
				tr := b.income(time.Time{}, i)
				tr.Day = fmt.Sprintf("2026-%02d-%02d", 1+i%12, 1+i%28)
				if tr.Date, err = calendar.StartOf(tr.Day); err != nil {
					return err
				}
				return tx.AddTransaction(t.Context(), w, &tr)
			})
		}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if n := queryInt(t, r, `SELECT COUNT(*) FROM transactions`); n != 48 {
			t.Errorf("%d transactions, want 48", n)
		}
		b.checkTotals()
	})
}
