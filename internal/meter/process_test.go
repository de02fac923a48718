package meter

import (
	"context"
	"fmt"
	"log/slog"
	"os"
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

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

// begun is when the plans of the tests begin: on a day that not every month
// has.
var begun = time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)

const endpoint = "GET /api/v1/things"

// process is a Ledger that runs, as in a server process.
type process struct {
	*Ledger
	repo  *repo.Repo
	clock *testkit.Clock
	url   string
	stop  func() // stops Run and waits until it returns
}

// startProcess starts a process on the database and stops it when the test
// ends.
func startProcess(t testing.TB, databaseURL string, clock *testkit.Clock) *process {
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
	p := &process{repo: r, clock: clock, url: databaseURL}
	p.start()
	t.Cleanup(func() { p.stop() })
	return p
}

func (p *process) start() {
	p.Ledger = NewLedger(p.repo, p.clock.Now, slog.New(slog.DiscardHandler))
	p.run()
}

// run runs the Ledger.
func (p *process) run() {
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	ledger := p.Ledger
	running.Go(func() { ledger.Run(ctx) })
	p.stop = func() { stop(); running.Wait() }
}

// flush has all refunds written: it stops the Ledger, which then has none left,
// and starts another.
func (p *process) flush() {
	p.stop()
	p.start()
}

// eachEngine runs the test on each engine, with a clock that stands at begun.
func eachEngine(t *testing.T, test func(t *testing.T, p *process)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		test(t, startProcess(t, databaseURL, testkit.NewClock(begun)))
	})
}

func (p *process) inTx(t testing.TB, fn func(*repo.Tx) error) {
	t.Helper()
	if err := p.repo.InTx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// newUser creates a user on the free plan with the given balance, whatever the
// plan's quota is.
func (p *process) newUser(t testing.TB, tokens int64) repo.User {
	t.Helper()
	user := p.newUserWithoutPlan(t)
	p.inTx(t, func(tx *repo.Tx) error {
		plan := repo.Plan{Name: repo.PlanFree, TokensPerMonth: tokens}
		_, refillAt := Cycle(tx.Now(), tx.Now())
		user.Plan = plan.Name
		return tx.OpenLedger(t.Context(), user.ID, plan, refillAt, repo.TokenCause{Endpoint: "POST /register", RequestID: uuid.NewString()})
	})
	return user
}

// newUserWithoutPlan creates a user without a plan.
func (p *process) newUserWithoutPlan(t testing.TB) (user repo.User) {
	t.Helper()
	p.inTx(t, func(tx *repo.Tx) (err error) {
		user, err = tx.CreateUser(t.Context(), repo.NewUser{Email: uuid.NewString() + "@example.com", Door: repo.DoorAPI, Currency: "USD"})
		return err
	})
	return user
}

// setQuota sets the number of tokens that a month of the plan gives.
func (p *process) setQuota(t testing.TB, plan string, tokens int64) {
	t.Helper()
	p.inTx(t, func(tx *repo.Tx) error {
		_, err := tx.UpdatePlan(t.Context(), plan, repo.PlanUpdate{TokensPerMonth: &tokens})
		return err
	})
}

func debit(user repo.User, cost int64) Debit {
	return Debit{UserID: user.ID, Cost: cost, Endpoint: endpoint, RequestID: uuid.NewString()}
}

// rows returns the user's rows, the oldest first.
func (p *process) rows(t testing.TB, user repo.User) []repo.TokenRow {
	t.Helper()
	rows, err := p.repo.TokenRows(t.Context(), user.ID, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(rows)
	return rows
}

// line is a short form of a row, with the balance after it.
type line struct {
	Kind           string
	Delta, Balance int64
}

func (p *process) lines(t testing.TB, user repo.User) (list []line) {
	t.Helper()
	var balance int64
	for _, row := range p.rows(t, user) {
		balance += row.Delta
		list = append(list, line{row.Kind, row.Delta, balance})
	}
	return list
}

func (p *process) wantLines(t testing.TB, user repo.User, want ...line) {
	t.Helper()
	if diff := cmp.Diff(want, p.lines(t, user)); diff != "" {
		t.Errorf("the user's rows (-want +got):\n%s", diff)
	}
	p.checkLedger(t)
}

type usageLine struct {
	User     string `db:"user_id"`
	Day      string `db:"day"`
	Endpoint string `db:"endpoint"`
}

type usageSum struct{ Tokens, Calls int64 }

// checkLedger checks the whole ledger: each balance is the sum of its rows and
// was never negative, and usage is the sum of the debits less the refunds.
func (p *process) checkLedger(t testing.TB) {
	t.Helper()
	bad, total, err := p.repo.VerifyLedgers(t.Context())
	if err != nil || len(bad) > 0 || total == 0 {
		t.Errorf("VerifyLedgers = %v, %d, %v; want nothing amiss", bad, total, err)
	}
	users, _, err := p.repo.UserBalances(t.Context(), repo.Page{Limit: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	want := map[usageLine]usageSum{}
	for _, user := range users {
		var balance int64
		debits := map[string]usageLine{}
		for _, row := range p.rows(t, user.User) {
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
	if diff := cmp.Diff(want, p.usage(t)); diff != "" {
		t.Errorf("usage (-want +got):\n%s", diff)
	}
}

func (p *process) usage(t testing.TB) map[usageLine]usageSum {
	t.Helper()
	var list []struct {
		usageLine
		Tokens int64 `db:"tokens"`
		Calls  int64 `db:"calls"`
	}
	if err := testdb.Connect(t, p.url).SelectContext(t.Context(), &list, `SELECT user_id, day, endpoint, tokens, calls FROM token_usage`); err != nil {
		t.Fatal(err)
	}
	sums := map[usageLine]usageSum{}
	for _, u := range list {
		sums[u.usageLine] = usageSum{u.Tokens, u.Calls}
	}
	return sums
}

// atOnce runs n concurrent calls.
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
	if balance, err := l.Charge(context.Background(), d); err != nil || balance != want {
		t.Errorf("Charge(%d tokens) = %d, %v; want %d", d.Cost, balance, err, want)
	}
}

func mustRefill(t testing.TB, l *Ledger, user repo.User, want int64) {
	t.Helper()
	if balance, err := l.Refill(context.Background(), user.ID); err != nil || balance != want {
		t.Errorf("Refill = %d, %v; want %d", balance, err, want)
	}
}

func (l line) String() string { return fmt.Sprintf("%s %+d = %d", l.Kind, l.Delta, l.Balance) }
