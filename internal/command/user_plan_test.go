package command_test

import (
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// tokenRow is a row of the token ledger.
type tokenRow struct {
	kind  string
	delta int64
}

// checkLedger fails the test unless the user has the plan, the balance and exactly
// these rows, oldest first. Each row has to come from the command, with a request
// id of its own.
func checkLedger(t *testing.T, r *repo.Repo, user repo.User, plan string, balance int64, want ...tokenRow) {
	t.Helper()
	if u, err := r.UserByID(t.Context(), user.ID); err != nil || u.Plan != plan {
		t.Errorf("%v: the user's plan is %s, want %s", err, u.Plan, plan)
	}
	ledger, err := r.Ledger(t.Context(), user.ID)
	if err != nil || ledger.Balance != balance {
		t.Errorf("%v: the balance is %d, want %d", err, ledger.Balance, balance)
	}
	rows, err := r.TokenRows(t.Context(), user.ID, 100)
	if err != nil || len(rows) != len(want) {
		t.Fatalf("%v: the ledger has %d rows, want %d: %+v", err, len(rows), len(want), rows)
	}
	requests := map[string]bool{}
	for i, row := range rows {
		if got := (tokenRow{row.Kind, row.Delta}); got != want[len(want)-1-i] {
			t.Errorf("row %d from the end: got %v, want %v", i+1, got, want[len(want)-1-i])
		}
		if row.Endpoint != "alta" || row.RequestID == "" {
			t.Errorf("a row does not name its cause: %+v", row)
		}
		requests[row.RequestID] = true
	}
	if len(requests) != len(rows) {
		t.Errorf("%d rows have %d request ids", len(rows), len(requests))
	}
}

// TestUserPlan goes from no plan to free to paid and back, each step twice.
func TestUserPlan(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env, r := storage(t, databaseURL), openRepo(t, databaseURL, time.Now)
		user := addUsers(t, r, "ann@example.com", "other@example.com")[0]
		grant := tokenRow{repo.TokensGrant, 2000}
		more := tokenRow{repo.TokensGrant, 198_000}
		for i, test := range []struct {
			plan    string
			balance int64
			rows    []tokenRow
		}{
			{"free", 2000, []tokenRow{grant}},
			{"paid", 200_000, []tokenRow{grant, more}},
			{"free", 200_000, []tokenRow{grant, more}},
			{"paid", 200_000, []tokenRow{grant, more}}, // the month's tokens came once
		} {
			for _, want := range []string{"ann@example.com: on the plan " + test.plan + "\n", "ann@example.com: nothing to change\n"} {
				if got := run(t, env, "user", "plan", "Ann@Example.com", test.plan).ok().stdout; got != want {
					t.Errorf("step %d: got %q, want %q", i, got, want)
				}
				checkLedger(t, r, user, test.plan, test.balance, test.rows...)
			}
			events, err := r.AuditEvents(t.Context(), 20)
			if err != nil || len(events) != i+1 {
				t.Fatalf("step %d: %v: there are %d audit events, want %d", i, err, len(events), i+1)
			}
			if e := events[0]; e.Kind != repo.AuditPlan || e.Actor != repo.ActorOperator || e.UserID == nil || *e.UserID != user.ID {
				t.Errorf("step %d: the audit event is %+v", i, e)
			}
			run(t, env, "ledger", "verify").ok()
		}
		other, err := r.UserByEmail(t.Context(), "other@example.com")
		if err != nil || other.Plan != repo.PlanNone {
			t.Errorf("%v: another user has the plan %s", err, other.Plan)
		}
	})
}

// TestUserPlanUsesTheCurrentPlans: the difference is that of the plans' current
// values.
func TestUserPlanUsesTheCurrentPlans(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env, r := storage(t, databaseURL), openRepo(t, databaseURL, time.Now)
		user := addUsers(t, r, "ann@example.com")[0]
		run(t, env, "plan", "set", "free", "--tokens", "100").ok()
		run(t, env, "user", "plan", "ann@example.com", "free").ok()
		checkLedger(t, r, user, "free", 100, tokenRow{repo.TokensGrant, 100})
		run(t, env, "plan", "set", "free", "--tokens", "300").ok()
		run(t, env, "plan", "set", "paid", "--tokens", "250").ok()
		checkLedger(t, r, user, "free", 100, tokenRow{repo.TokensGrant, 100}) // the change applies from the next refill on
		run(t, env, "user", "plan", "ann@example.com", "paid").ok()
		checkLedger(t, r, user, "paid", 100, tokenRow{repo.TokensGrant, 100}) // the new plan has fewer tokens
	})
}

func TestUserPlanRefusals(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env, r := storage(t, databaseURL), openRepo(t, databaseURL, time.Now)
		user := addUsers(t, r, "ann@example.com")[0]
		run(t, env, "user", "plan", "bob@example.com", "free").fails("no user has the address bob@example.com")
		for _, plan := range []string{"gold", "none", "Free", ""} {
			refusal := run(t, env, "user", "plan", "ann@example.com", plan).fails("there is no plan " + plan)
			if strings.Contains(refusal.stderr, "no user") {
				t.Errorf("%q: blames the user: %s", plan, refusal.stderr)
			}
		}
		if u, err := r.UserByID(t.Context(), user.ID); err != nil || u.Plan != repo.PlanNone {
			t.Errorf("%v: the user has the plan %s", err, u.Plan)
		}
		if events, err := r.AuditEvents(t.Context(), 1); err != nil || len(events) != 0 {
			t.Errorf("%v: nothing happened, and there are audit events: %+v", err, events)
		}
	})
}
