package repo_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestVerifyLedgers finds the ledgers that do not add up.
func TestVerifyLedgers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		if bad, total, err := r.VerifyLedgers(t.Context()); err != nil || len(bad) != 0 || total != 0 {
			t.Errorf("VerifyLedgers of none = %v, %d, %v", bad, total, err)
		}
		ids := manyUsers(t, r, 5)
		createUser(t, r, "without a ledger")
		exec := func(statement string, args ...any) {
			t.Helper()
			write(t, r, func(tx *repo.Tx) error {
				_, err := tx.Exec(t.Context(), statement, args...)
				return err
			})
		}
		exec(`UPDATE ledgers SET balance = 1999 WHERE user_id = $1`, ids[1].String())
		exec(`UPDATE token_transactions SET delta = delta + 7 WHERE user_id = $1`, ids[2].String())
		exec(`DELETE FROM token_transactions WHERE user_id = $1`, ids[3].String())
		exec(`UPDATE ledgers SET balance = 0 WHERE user_id = $1`, ids[4].String())
		exec(`DELETE FROM token_transactions WHERE user_id = $1`, ids[4].String()) // a balance of 0 without rows is correct
		want := []repo.Mismatch{{UserID: ids[1], Balance: 1999, Sum: 2000}, {UserID: ids[2], Balance: 2000, Sum: 2007}, {UserID: ids[3], Balance: 2000, Sum: 0}}
		bad, total, err := r.VerifyLedgers(t.Context())
		if diff := cmp.Diff(want, bad); diff != "" || total != 5 || err != nil {
			t.Errorf("VerifyLedgers: %d in all, %v (-want +got):\n%s", total, err, diff)
		}
	})
}

func TestDueRefills(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ids := manyUsers(t, r, 4)
		late, at := refillAt.Add(time.Hour), refillAt
		write(t, r, func(tx *repo.Tx) error {
			return tx.SetLedgers(t.Context(), []repo.Ledger{
				{UserID: ids[0], RefillAt: &late}, {UserID: ids[1], RefillAt: &at}, {UserID: ids[2]}, {UserID: ids[3], RefillAt: &late},
			})
		})
		for _, test := range []struct {
			at    time.Time
			limit int
			want  []uuid.UUID
		}{
			{at: at.Add(-time.Microsecond), limit: 10, want: ids[2:3]},
			{at: at, limit: 10, want: ids[1:3]},
			{at: late, limit: 10, want: ids},
			{at: late, limit: 0, want: nil},
		} {
			got, err := r.DueRefills(t.Context(), test.at, test.limit)
			slices.SortFunc(got, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
			if !slices.Equal(got, test.want) || err != nil {
				t.Errorf("DueRefills(%v, %d) = %v, %v; want %v", test.at, test.limit, got, err, test.want)
			}
		}
		if got, err := r.DueRefills(t.Context(), late, 3); len(got) != 3 || err != nil {
			t.Errorf("three DueRefills: %v, %v", got, err)
		}
	})
}

// TestRefillTwice: the table refuses a second refill for the same month, and
// nothing else.
func TestRefillTwice(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ids := manyUsers(t, r, 2)
		other := start.Add(time.Microsecond)
		for i, test := range []struct {
			user  uuid.UUID
			cycle *time.Time
			ok    bool
		}{
			{user: ids[0], cycle: &start, ok: true},
			{user: ids[0], cycle: &start, ok: false},
			{user: ids[0], cycle: &other, ok: true},
			{user: ids[1], cycle: &start, ok: true},
			{user: ids[0], ok: true},
			{user: ids[0], ok: true},
		} {
			err := r.InTx(t.Context(), func(tx *repo.Tx) error {
				return tx.AddTokenRows(t.Context(), []repo.TokenRow{
					{UserID: test.user, Kind: repo.TokensRefill, RequestID: fmt.Sprint("refill ", i), CycleStart: test.cycle},
				})
			})
			if (err == nil) != test.ok {
				t.Errorf("refill %d: %v, want ok = %t", i, err, test.ok)
			}
		}
	})
}

func TestUsage(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ids := manyUsers(t, r, 2)
		for _, u := range []repo.Usage{
			{Day: "2026-03-01", Endpoint: "A", Tokens: 9, Calls: 9},
			{Day: "2026-03-02", Endpoint: "A", Tokens: 5, Calls: 1},
			{Day: "2026-03-02", Endpoint: "B", Tokens: 10, Calls: 2},
			{Day: "2026-03-03", Endpoint: "C", Tokens: 5, Calls: 5},
			{Day: "2026-03-04", Endpoint: "D", Tokens: 25, Calls: 1},
			{Day: "2026-03-04", Endpoint: "D", Tokens: -25, Calls: -1}, // a refund of usage that does not exist
		} {
			u.UserID = ids[0]
			write(t, r, func(tx *repo.Tx) error { return tx.AddUsage(t.Context(), []repo.Usage{u}) })
		}
		days, err := r.DailyUsage(t.Context(), ids[0], "2026-03-02")
		want := []repo.Usage{{Day: "2026-03-03", Tokens: 5, Calls: 5}, {Day: "2026-03-02", Tokens: 15, Calls: 3}}
		if diff := cmp.Diff(want, days); diff != "" || err != nil {
			t.Errorf("DailyUsage: %v (-want +got):\n%s", err, diff)
		}
		want = []repo.Usage{{Endpoint: "B", Tokens: 10, Calls: 2}, {Endpoint: "A", Tokens: 5, Calls: 1}, {Endpoint: "C", Tokens: 5, Calls: 5}}
		for _, limit := range []int{2, 10} {
			top, err := r.TopUsage(t.Context(), ids[0], "2026-03-02", limit)
			if diff := cmp.Diff(want[:min(limit, len(want))], top); diff != "" || err != nil {
				t.Errorf("TopUsage(%d): %v (-want +got):\n%s", limit, err, diff)
			}
		}
		if days, err := r.DailyUsage(t.Context(), ids[1], ""); len(days) != 0 || err != nil {
			t.Errorf("another's usage: %v, %v", days, err)
		}
	})
}
