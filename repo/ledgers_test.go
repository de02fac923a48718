package repo_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// The plans that the migrations create.
var (
	freePlan = repo.Plan{Name: repo.PlanFree, TokensPerMonth: 2000, RequestsPerMinute: 60}
	paidPlan = repo.Plan{Name: repo.PlanPaid, TokensPerMonth: 200000, RequestsPerMinute: 600, PriceCents: 2900}
)

func TestPlan(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		for _, want := range []repo.Plan{freePlan, paidPlan} {
			got, err := r.Plan(t.Context(), want.Name)
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("plan %s (-want +got):\n%s", want.Name, diff)
			}
		}
		for _, name := range []string{repo.PlanNone, "", "FREE"} {
			if _, err := r.Plan(t.Context(), name); err != repo.ErrNotFound {
				t.Errorf("plan %q: %v, want ErrNotFound", name, err)
			}
		}
		checkTexts(t, r, `SELECT name FROM plans ORDER BY name`, "free", "paid")
	})
}

// refillAt is when the ledgers that tests open are refilled.
var refillAt = start.AddDate(0, 1, 0)

func openLedger(t testing.TB, r *repo.Repo, user repo.User, plan repo.Plan) error {
	return r.InTx(t.Context(), func(tx *repo.Tx) error {
		return tx.OpenLedger(t.Context(), user.ID, plan, refillAt, repo.TokenCause{Endpoint: "POST /api/v1/auth/register", RequestID: "request of " + user.Email})
	})
}

// ledger is a row of ledgers.
type ledger struct {
	UserID        string    `db:"user_id"`
	Balance       int64     `db:"balance"`
	PlanStartedAt time.Time `db:"plan_started_at"`
	RefillAt      time.Time `db:"refill_at"`
}

func ledgers(t testing.TB, r *repo.Repo) (list []ledger) {
	t.Helper()
	if err := r.List(t.Context(), &list, `SELECT user_id, balance, plan_started_at, refill_at FROM ledgers ORDER BY plan_started_at`); err != nil {
		t.Fatal(err)
	}
	return list
}

func transactions(t testing.TB, r *repo.Repo) (list []repo.TokenRow) {
	t.Helper()
	if err := r.List(t.Context(), &list, `
SELECT user_id, delta, kind, endpoint, request_id FROM token_transactions ORDER BY created_at`); err != nil {
		t.Fatal(err)
	}
	return list
}

// checkSums checks that each balance is the sum of its deltas, and that every
// delta belongs to a ledger.
func checkSums(t testing.TB, r *repo.Repo) {
	t.Helper()
	if n := queryInt(t, r, `
SELECT COUNT(*) FROM ledgers l
WHERE balance <> (SELECT COALESCE(SUM(delta), 0) FROM token_transactions t WHERE t.user_id = l.user_id)`); n != 0 {
		t.Errorf("%d ledgers have another balance than the sum of their deltas", n)
	}
}

func TestOpenLedger(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		bystander := createUser(t, r, "root@example.com")
		var wantLedgers []ledger
		var wantTransactions []repo.TokenRow
		for _, test := range []struct {
			user repo.User
			plan repo.Plan
		}{{ada, freePlan}, {grace, paidPlan}} {
			c.Advance(time.Minute)
			if err := openLedger(t, r, test.user, test.plan); err != nil {
				t.Fatal(err)
			}
			test.user.Plan, test.user.UpdatedAt = test.plan.Name, c.Now()
			checkStored(t, r, test.user)
			wantLedgers = append(wantLedgers, ledger{
				UserID: test.user.ID.String(), Balance: test.plan.TokensPerMonth, PlanStartedAt: c.Now(), RefillAt: refillAt,
			})
			wantTransactions = append(wantTransactions, repo.TokenRow{
				UserID: test.user.ID, Delta: test.plan.TokensPerMonth, Kind: repo.TokensGrant,
				Endpoint: "POST /api/v1/auth/register", RequestID: "request of " + test.user.Email,
			})
		}
		checkStored(t, r, bystander)
		if diff := cmp.Diff(wantLedgers, ledgers(t, r)); diff != "" {
			t.Errorf("ledgers (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(wantTransactions, transactions(t, r)); diff != "" {
			t.Errorf("transactions (-want +got):\n%s", diff)
		}
		checkSums(t, r)
	})
}

// TestOpenLedgerTwice: nobody gets the first month's tokens twice, not even
// with another request or plan.
func TestOpenLedgerTwice(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		if err := openLedger(t, r, user, freePlan); err != nil {
			t.Fatal(err)
		}
		user.Plan = repo.PlanFree
		wantLedgers, wantTransactions := ledgers(t, r), transactions(t, r)
		c.Advance(time.Minute)
		for _, plan := range []repo.Plan{freePlan, paidPlan} {
			err := r.InTx(t.Context(), func(tx *repo.Tx) error {
				return tx.OpenLedger(t.Context(), user.ID, plan, refillAt, repo.TokenCause{Endpoint: "POST /again", RequestID: "another request"})
			})
			if err == nil || errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("once more, on %s: %v, want a refusal", plan.Name, err)
			}
		}
		checkStored(t, r, user)
		if diff := cmp.Diff(wantLedgers, ledgers(t, r)); diff != "" {
			t.Errorf("ledgers (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(wantTransactions, transactions(t, r)); diff != "" {
			t.Errorf("transactions (-want +got):\n%s", diff)
		}
	})
}

func TestOpenLedgerAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		opened := 0
		for _, err := range atOnce(64, func(int) error { return openLedger(t, r, user, freePlan) }) {
			if err == nil {
				opened++
			} else if errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("OpenLedger: %v, want a refusal", err)
			}
		}
		if n := countRows(t, r); opened != 1 || n.Ledgers != 1 || n.Transactions != 1 {
			t.Errorf("%d opened the ledger: there are %+v, want one of each", opened, n)
		}
		checkSums(t, r)
	})
}

// TestLedgerRules: the database itself refuses impossible balances.
func TestLedgerRules(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		if err := openLedger(t, r, user, freePlan); err != nil {
			t.Fatal(err)
		}
		const add = `
INSERT INTO token_transactions (id, user_id, delta, kind, endpoint, request_id, created_at)
SELECT 'another', user_id, 1, `
		for _, test := range []struct {
			statement string
			ok        bool
		}{
			{statement: `UPDATE ledgers SET balance = balance - 2001`, ok: false},
			{statement: `UPDATE ledgers SET balance = -1`, ok: false},
			{statement: `UPDATE ledgers SET balance = balance - 2000`, ok: true},
			{statement: add + `kind, endpoint, request_id, created_at FROM token_transactions`, ok: false}, // one grant per request
			{statement: add + `'gift', endpoint, 'another request', created_at FROM token_transactions`, ok: false},
			{statement: add + `'debit', endpoint, request_id, created_at FROM token_transactions`, ok: true},
			{statement: `DELETE FROM ledgers`, ok: false}, // refused while there are transactions
			{statement: `DELETE FROM users`, ok: false},   // refused while there is a ledger
		} {
			err := r.InTx(t.Context(), func(tx *repo.Tx) error {
				_, err := tx.Exec(t.Context(), test.statement)
				return err
			})
			if (err == nil) != test.ok || errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("%s: %v, want ok = %t", test.statement, err, test.ok)
			}
		}
	})
}
