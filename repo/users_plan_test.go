package repo_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func TestUserBalances(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		type row struct {
			Email   string
			Plan    string
			Balance int64
		}
		// By code points: a linguistic collation would sort _ and capitals
		// differently.
		var want []row
		for _, user := range []row{
			{Email: "B@example.com", Plan: "free", Balance: 2000},
			{Email: "_@example.com", Plan: "none", Balance: 0},
			{Email: "a-z@example.com", Plan: "paid", Balance: 200000},
			{Email: "ab@example.com", Plan: "none", Balance: 0},
		} {
			created := createUser(t, r, user.Email)
			if user.Balance > 0 {
				plan := map[string]repo.Plan{"free": freePlan, "paid": paidPlan}[user.Plan]
				if err := openLedger(t, r, created, plan); err != nil {
					t.Fatal(err)
				}
			}
			want = append(want, user)
		}
		for _, page := range []repo.Page{{Limit: 10}, {Limit: 2}, {Limit: 2, Offset: 1}, {Limit: 2, Offset: 3}, {Limit: 2, Offset: 4}} {
			users, total, err := r.UserBalances(t.Context(), page)
			var got []row
			for _, user := range users {
				got = append(got, row{Email: user.Email, Plan: user.Plan, Balance: user.Balance})
				if user.ID == uuid.Nil || !user.IsActive || user.Role == "" || !user.CreatedAt.Equal(start) {
					t.Errorf("a user is %+v", user)
				}
			}
			part := append([]row(nil), want[page.Offset:min(page.Offset+page.Limit, len(want))]...)
			if diff := cmp.Diff(part, got); diff != "" || total != len(want) || err != nil {
				t.Errorf("UserBalances(%+v): %d in all, %v (-want +got):\n%s", page, total, err, diff)
			}
		}
	})
}

// TestAuditEventsBefore pages through events of the same moment.
func TestAuditEventsBefore(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		addAuditEvents(t, r, 5, "together")
		c.Advance(time.Second)
		addAuditEvents(t, r, 2, "later")
		all, err := r.AuditEvents(t.Context(), 100)
		if err != nil || len(all) != 7 {
			t.Fatalf("there are %d events, %v", len(all), err)
		}
		for i, event := range all {
			for _, limit := range []int{1, 3, 100} {
				want := append([]repo.AuditEvent(nil), all[i+1:min(i+1+limit, len(all))]...)
				got, err := r.AuditEventsBefore(t.Context(), event.ID, limit)
				if diff := cmp.Diff(want, got); diff != "" || err != nil {
					t.Errorf("%d events before event %d: %v (-want +got):\n%s", limit, i, err, diff)
				}
			}
		}
		got, err := r.AuditEventsBefore(t.Context(), uuid.Max, 100)
		if diff := cmp.Diff(all, got); diff != "" || err != nil {
			t.Errorf("events before the last id: %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestSetPlan(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user, other := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		set := func(id uuid.UUID, plan string, want bool) {
			t.Helper()
			c.Advance(time.Minute)
			if got := writeResult(t, r, func(tx *repo.Tx) (bool, error) { return tx.SetPlan(t.Context(), id, plan) }); got != want {
				t.Errorf("SetPlan(%s) = %t, want %t", plan, got, want)
			}
		}
		set(user.ID, repo.PlanPaid, true)
		user.Plan, user.UpdatedAt = repo.PlanPaid, c.Now()
		set(user.ID, repo.PlanPaid, false)
		set(uuid.New(), repo.PlanPaid, false)
		checkStored(t, r, user)
		checkStored(t, r, other)
	})
}

func TestUpdatePlan(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		want := []repo.Plan{freePlan, paidPlan}
		for _, u := range []repo.PlanUpdate{
			{}, {TokensPerMonth: new(int64(0))}, {RequestsPerMinute: new(7)}, {PriceCents: new(int64(9900))},
			{TokensPerMonth: new(int64(1)), RequestsPerMinute: new(2), PriceCents: new(int64(3))},
		} {
			if u.TokensPerMonth != nil {
				want[1].TokensPerMonth = *u.TokensPerMonth
			}
			if u.RequestsPerMinute != nil {
				want[1].RequestsPerMinute = *u.RequestsPerMinute
			}
			if u.PriceCents != nil {
				want[1].PriceCents = *u.PriceCents
			}
			got := writeResult(t, r, func(tx *repo.Tx) (repo.Plan, error) { return tx.UpdatePlan(t.Context(), repo.PlanPaid, u) })
			all, err := r.Plans(t.Context())
			if diff := cmp.Diff(want, all); diff != "" || got != want[1] || err != nil {
				t.Errorf("UpdatePlan(%+v) = %+v, %v (-want +got):\n%s", u, got, err, diff)
			}
		}
		err := r.InTx(t.Context(), func(tx *repo.Tx) error {
			_, err := tx.UpdatePlan(t.Context(), repo.PlanNone, repo.PlanUpdate{PriceCents: new(int64(1))})
			return err
		})
		if err != repo.ErrNotFound {
			t.Errorf("UpdatePlan of none: %v, want ErrNotFound", err)
		}
	})
}
