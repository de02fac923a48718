package meter

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// begun is when the plans of the tests begin: on a day that not every month
// has.
var begun = time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)

const endpoint = "GET /api/v1/things"

// desk is a Ledger at work: what a process has.
type desk struct {
	*Ledger
	repo  *repo.Repo
	clock *testkit.Clock
	url   string
	end   func() // ends Run and waits for it
}

// openDesk starts a process on the database, which ends with the test.
func openDesk(t testing.TB, databaseURL string, clock *testkit.Clock) *desk {
	t.Helper()
	testdb.Migrated(t, databaseURL)
	r, err := repo.Open(t.Context(), databaseURL, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	if _, err := r.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := &desk{repo: r, clock: clock, url: databaseURL}
	d.run()
	t.Cleanup(func() { d.end() })
	return d
}

func (d *desk) run() {
	d.Ledger = NewLedger(d.repo, d.clock.Now, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	ledger := d.Ledger
	running.Go(func() { ledger.Run(ctx) })
	d.end = func() { stop(); running.Wait() }
}

// flush has refunds written: a Ledger that ends leaves none, and the next one
// goes on.
func (d *desk) flush() {
	d.end()
	d.run()
}

// eachDesk runs test for each engine, with a clock that stands at begun.
func eachDesk(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		test(t, openDesk(t, databaseURL, testkit.NewClock(begun)))
	})
}

func (d *desk) inTx(t testing.TB, fn func(*repo.Tx) error) {
	t.Helper()
	if err := d.repo.InTx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// user makes a user on the free plan with so many tokens, whatever the plan's
// quota is.
func (d *desk) user(t testing.TB, tokens int64) repo.User {
	t.Helper()
	user := d.stranger(t)
	d.inTx(t, func(tx *repo.Tx) error {
		plan := repo.Plan{Name: repo.PlanFree, TokensPerMonth: tokens}
		_, refillAt := Cycle(tx.Now(), tx.Now())
		user.Plan = plan.Name
		return tx.OpenLedger(t.Context(), user.ID, plan, refillAt, repo.TokenCause{Endpoint: "POST /register", RequestID: uuid.NewString()})
	})
	return user
}

// stranger makes a user without a plan.
func (d *desk) stranger(t testing.TB) (user repo.User) {
	t.Helper()
	d.inTx(t, func(tx *repo.Tx) (err error) {
		user, err = tx.CreateUser(t.Context(), repo.NewUser{Email: uuid.NewString() + "@example.com", Door: repo.DoorAPI, Currency: "USD"})
		return err
	})
	return user
}

// quota sets what a month of the plan gives.
func (d *desk) quota(t testing.TB, plan string, tokens int64) {
	t.Helper()
	d.inTx(t, func(tx *repo.Tx) error {
		_, err := tx.UpdatePlan(t.Context(), plan, repo.PlanUpdate{TokensPerMonth: &tokens})
		return err
	})
}

func debit(user repo.User, cost int64) Debit {
	return Debit{UserID: user.ID, Cost: cost, Endpoint: endpoint, RequestID: uuid.NewString()}
}

// rows returns the user's rows, the oldest first.
func (d *desk) rows(t testing.TB, user repo.User) []repo.TokenRow {
	t.Helper()
	rows, err := d.repo.TokenRows(t.Context(), user.ID, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(rows)
	return rows
}

// line is a row in short, with the balance after it.
type line struct {
	Kind           string
	Delta, Balance int64
}

func (d *desk) lines(t testing.TB, user repo.User) (list []line) {
	t.Helper()
	var balance int64
	for _, row := range d.rows(t, user) {
		balance += row.Delta
		list = append(list, line{row.Kind, row.Delta, balance})
	}
	return list
}

func (d *desk) wantLines(t testing.TB, user repo.User, want ...line) {
	t.Helper()
	if diff := cmp.Diff(want, d.lines(t, user)); diff != "" {
		t.Errorf("the user's rows (-want +got):\n%s", diff)
	}
	d.audit(t)
}

type usageLine struct {
	User     string `db:"user_id"`
	Day      string `db:"day"`
	Endpoint string `db:"endpoint"`
}

type usageSum struct{ Tokens, Calls int64 }

// audit checks the whole ledger: each balance is the sum of its rows and was
// never negative, and usage is what the debits took less what was given back.
func (d *desk) audit(t testing.TB) {
	t.Helper()
	bad, total, err := d.repo.VerifyLedgers(t.Context())
	if err != nil || len(bad) > 0 || total == 0 {
		t.Errorf("VerifyLedgers = %v, %d, %v; want nothing amiss", bad, total, err)
	}
	users, _, err := d.repo.UserBalances(t.Context(), repo.Page{Limit: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	want := map[usageLine]usageSum{}
	for _, user := range users {
		var balance int64
		debits := map[string]usageLine{}
		for _, row := range d.rows(t, user.User) {
			if balance += row.Delta; balance < 0 {
				t.Errorf("%s was at %d", user.Email, balance)
			}
			switch row.Kind {
			case repo.TokensDebit:
				key := usageLine{User: user.ID.String(), Day: repo.UsageDay(row.CreatedAt), Endpoint: row.Endpoint}
				debits[row.RequestID] = key
				want[key] = usageSum{want[key].Tokens - row.Delta, want[key].Calls + 1}
			case repo.TokensRefund:
				key := debits[row.RequestID]
				want[key] = usageSum{want[key].Tokens - row.Delta, want[key].Calls - 1}
			}
		}
		if balance != user.Balance {
			t.Errorf("%s has %d, and rows of %d", user.Email, user.Balance, balance)
		}
	}
	if diff := cmp.Diff(want, d.usage(t)); diff != "" {
		t.Errorf("usage (-want +got):\n%s", diff)
	}
}

func (d *desk) usage(t testing.TB) map[usageLine]usageSum {
	t.Helper()
	var list []struct {
		usageLine
		Tokens int64 `db:"tokens"`
		Calls  int64 `db:"calls"`
	}
	if err := testdb.Connect(t, d.url).SelectContext(t.Context(), &list, `SELECT user_id, day, endpoint, tokens, calls FROM token_usage`); err != nil {
		t.Fatal(err)
	}
	sums := map[usageLine]usageSum{}
	for _, u := range list {
		sums[u.usageLine] = usageSum{u.Tokens, u.Calls}
	}
	return sums
}

// atOnce runs n calls at the same time.
func atOnce(n int, call func(i int)) {
	var done sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		done.Go(func() {
			<-begin
			call(i)
		})
	}
	close(begin)
	done.Wait()
}

func mustCharge(t testing.TB, l *Ledger, d Debit, want int64) {
	t.Helper()
	if balance, err := l.Charge(d); err != nil || balance != want {
		t.Errorf("Charge(%d tokens) = %d, %v; want %d", d.Cost, balance, err, want)
	}
}

func mustRefill(t testing.TB, l *Ledger, user repo.User, want int64) {
	t.Helper()
	if balance, err := l.Refill(user.ID); err != nil || balance != want {
		t.Errorf("Refill = %d, %v; want %d", balance, err, want)
	}
}

func (l line) String() string { return fmt.Sprintf("%s %+d = %d", l.Kind, l.Delta, l.Balance) }
