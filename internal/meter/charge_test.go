package meter

import (
	"context"
	"errors"
	"fmt"
	"net/url"
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

// chargeUntilRefused lets 64 callers charge the users in turn, through the
// processes in turn, until every user has refused every caller. It returns the
// balances that the calls of each user were answered with.
func chargeUntilRefused(t *testing.T, processes []*process, users []repo.User, cost int64) map[uuid.UUID][]int64 {
	t.Helper()
	var mu sync.Mutex
	told := map[uuid.UUID][]int64{}
	atOnce(64, func(i int) {
		for _, user := range users {
			for {
				balance, err := processes[i%len(processes)].Charge(context.Background(), debit(user, cost))
				if insufficient := (*Insufficient)(nil); errors.As(err, &insufficient) {
					break
				}
				if err != nil {
					t.Errorf("Charge: %v", err)
					return
				}
				mu.Lock()
				told[user.ID] = append(told[user.ID], balance)
				mu.Unlock()
			}
		}
	})
	return told
}

// spending is what a user's calls have come to.
type spending struct {
	tokens, cost int64   // the user's tokens, and the price of a call
	told         []int64 // the balances that the calls were answered with
}

// wantSpent checks that the tokens paid for as many calls as they could, no
// more and no fewer, and that each call was answered with the balance after it.
func wantSpent(t *testing.T, p *process, user repo.User, s spending) {
	t.Helper()
	tokens, cost := s.tokens, s.cost
	wantLines := []line{{repo.TokensGrant, tokens, tokens}}
	var want []int64
	for left := tokens - cost; left >= 0; left -= cost {
		want = append(want, left)
		wantLines = append(wantLines, line{repo.TokensDebit, -cost, left})
	}
	slices.Sort(s.told)
	slices.Reverse(s.told)
	if diff := cmp.Diff(want, s.told); diff != "" {
		t.Errorf("%d tokens at %d: balances told (-want +got):\n%s", tokens, cost, diff)
	}
	if diff := cmp.Diff(wantLines, p.lines(t, user)); diff != "" {
		t.Errorf("%d tokens at %d: rows (-want +got):\n%s", tokens, cost, diff)
	}
	if l, err := p.repo.Ledger(t.Context(), user.ID); err != nil || l.Balance != tokens%cost {
		t.Errorf("%d tokens at %d left %d, %v; want %d", tokens, cost, l.Balance, err, tokens%cost)
	}
}

func TestChargeExact(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		for _, test := range []struct{ tokens, cost int64 }{{300, 1}, {100, 3}, {99, 5}, {250, 25}, {0, 1}, {4, 5}} {
			t.Run(fmt.Sprintf("%d at %d", test.tokens, test.cost), func(t *testing.T) {
				user := p.newUser(t, test.tokens)
				told := chargeUntilRefused(t, []*process{p}, []repo.User{user}, test.cost)
				wantSpent(t, p, user, spending{tokens: test.tokens, cost: test.cost, told: told[user.ID]})
			})
		}
		p.checkLedger(t)
	})
}

// TestChargeManyUsers: users whose calls share a transaction do not share
// tokens.
func TestChargeManyUsers(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		users := make([]repo.User, 70) // more than one statement can hold
		for i := range users {
			users[i] = p.newUser(t, int64(i))
		}
		var mu sync.Mutex
		told := map[uuid.UUID][]int64{}
		atOnce(len(users), func(i int) {
			for range i/3 + 2 {
				balance, err := p.Charge(context.Background(), debit(users[i], 3))
				if insufficient := (*Insufficient)(nil); err != nil && !errors.As(err, &insufficient) {
					t.Errorf("Charge: %v", err)
				}
				if err == nil {
					mu.Lock()
					told[users[i].ID] = append(told[users[i].ID], balance)
					mu.Unlock()
				}
			}
		})
		for i, user := range users {
			wantSpent(t, p, user, spending{tokens: int64(i), cost: 3, told: told[user.ID]})
		}
		p.checkLedger(t)
	})
}

// TestChargeByProcesses: several processes on one database never spend a token
// twice.
func TestChargeByProcesses(t *testing.T) {
	serializable := func(t testing.TB) string {
		u, err := url.Parse(testdb.Postgres(t))
		if err != nil {
			t.Fatal(err)
		}
		query := u.Query()
		query.Set("options", "-c default_transaction_isolation=serializable")
		u.RawQuery = query.Encode()
		return u.String()
	}
	for _, test := range []struct {
		name      string
		open      func(testing.TB) string
		processes int
	}{
		{name: "two on PostgreSQL", open: testdb.Postgres, processes: 2},
		{name: "four on PostgreSQL", open: testdb.Postgres, processes: 4},
		{name: "three on PostgreSQL, serializable", open: serializable, processes: 3},
		{name: "two on SQLite", open: testdb.SQLite, processes: 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			databaseURL, clock := test.open(t), testkit.NewClock(begun)
			processes := make([]*process, test.processes)
			for i := range processes {
				processes[i] = startProcess(t, databaseURL, clock)
			}
			users := []repo.User{processes[0].newUser(t, 100), processes[0].newUser(t, 0), processes[0].newUser(t, 77)}
			told := chargeUntilRefused(t, processes, users, 1)
			for i, tokens := range []int64{100, 0, 77} {
				wantSpent(t, processes[0], users[i], spending{tokens: tokens, cost: 1, told: told[users[i].ID]})
			}
			processes[0].checkLedger(t)
		})
	}
}

func TestChargeRefusals(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		user := p.newUser(t, 7)
		balance, err := p.Charge(context.Background(), debit(user, 8))
		want := &Insufficient{Balance: 7, Cost: 8, Plan: repo.PlanFree, RefillAt: time.Date(2026, 2, 28, 10, 0, 0, 0, time.UTC)}
		got := (*Insufficient)(nil)
		if !errors.As(err, &got) || balance != 7 {
			t.Fatalf("Charge = %d, %v; want %d, %v", balance, err, 7, want)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Insufficient (-want +got):\n%s", diff)
		}
		for _, user := range []repo.User{p.newUserWithoutPlan(t), {ID: uuid.New()}} {
			if _, err := p.Charge(context.Background(), debit(user, 1)); !errors.Is(err, repo.ErrNotFound) {
				t.Errorf("Charge of a user without a ledger: %v, want ErrNotFound", err)
			}
			if _, err := p.Refill(context.Background(), user.ID); !errors.Is(err, repo.ErrNotFound) {
				t.Errorf("Refill of a user without a ledger: %v, want ErrNotFound", err)
			}
		}
		// None of these took any tokens, and the last token can still be spent.
		mustCharge(t, p.Ledger, debit(user, 7), 0)
		p.wantLines(t, user, line{repo.TokensGrant, 7, 7}, line{repo.TokensDebit, -7, 0})
	})
}

// TestChargeAgain: a repeated call uses its first debit again, whether or not
// the caller knows of that.
func TestChargeAgain(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		user, other := p.newUser(t, 10), p.newUser(t, 10)
		call := debit(user, 3)
		again, hers := call, call
		again.MaybeCharged, hers.UserID = true, other.ID
		mustCharge(t, p.Ledger, again, 7) // it was never charged, so it is charged now
		mustCharge(t, p.Ledger, again, 7)
		mustCharge(t, p.Ledger, call, 7) // the unique index finds it
		mustCharge(t, p.Ledger, hers, 7) // the same request id of another user is another call
		atOnce(64, func(int) {
			if balance, err := p.Charge(context.Background(), again); err != nil || balance != 7 {
				t.Errorf("Charge again = %d, %v; want 7", balance, err)
			}
		})
		p.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -3, 7})
		p.wantLines(t, other, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -3, 7})
	})
}

// TestChargeSameRequestByProcesses: one request id is debited once, even if two
// processes write it at the same time without looking first.
func TestChargeSameRequestByProcesses(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		clock := testkit.NewClock(begun)
		processes := []*process{startProcess(t, databaseURL, clock), startProcess(t, databaseURL, clock)}
		user := processes[0].newUser(t, 10)
		call := debit(user, 4)
		atOnce(8, func(i int) {
			if balance, err := processes[i%2].Charge(context.Background(), call); err != nil || balance != 6 {
				t.Errorf("Charge = %d, %v; want 6", balance, err)
			}
		})
		processes[0].wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -4, 6})
	})
}
