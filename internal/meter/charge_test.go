package meter

import (
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

// spend has 64 callers charge the users in turn at the desks in turn, until
// each caller is refused by each user, and returns the balances that each user
// was told.
func spend(t *testing.T, desks []*desk, users []repo.User, cost int64) map[uuid.UUID][]int64 {
	t.Helper()
	var mu sync.Mutex
	told := map[uuid.UUID][]int64{}
	atOnce(64, func(i int) {
		for _, user := range users {
			for {
				balance, err := desks[i%len(desks)].Charge(debit(user, cost))
				if poor := (*Insufficient)(nil); errors.As(err, &poor) {
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

// wantSpent checks that tokens bought as many calls as they could, no more and
// no fewer, and that each caller was told the balance after its own call.
func wantSpent(t *testing.T, d *desk, user repo.User, tokens, cost int64, told []int64) {
	t.Helper()
	wantLines := []line{{repo.TokensGrant, tokens, tokens}}
	var want []int64
	for left := tokens - cost; left >= 0; left -= cost {
		want = append(want, left)
		wantLines = append(wantLines, line{repo.TokensDebit, -cost, left})
	}
	slices.Sort(told)
	slices.Reverse(told)
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("%d tokens at %d: balances told (-want +got):\n%s", tokens, cost, diff)
	}
	if diff := cmp.Diff(wantLines, d.lines(t, user)); diff != "" {
		t.Errorf("%d tokens at %d: rows (-want +got):\n%s", tokens, cost, diff)
	}
	if l, err := d.repo.Ledger(t.Context(), user.ID); err != nil || l.Balance != tokens%cost {
		t.Errorf("%d tokens at %d left %d, %v; want %d", tokens, cost, l.Balance, err, tokens%cost)
	}
}

func TestChargeExact(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		for _, test := range []struct{ tokens, cost int64 }{{300, 1}, {100, 3}, {99, 5}, {250, 25}, {0, 1}, {4, 5}} {
			t.Run(fmt.Sprintf("%d at %d", test.tokens, test.cost), func(t *testing.T) {
				user := d.user(t, test.tokens)
				told := spend(t, []*desk{d}, []repo.User{user}, test.cost)
				wantSpent(t, d, user, test.tokens, test.cost, told[user.ID])
			})
		}
		d.audit(t)
	})
}

// TestChargeManyUsers: what shares a transaction does not share tokens.
func TestChargeManyUsers(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		users := make([]repo.User, 70) // more than one statement takes
		for i := range users {
			users[i] = d.user(t, int64(i))
		}
		var mu sync.Mutex
		told := map[uuid.UUID][]int64{}
		atOnce(len(users), func(i int) {
			for range i/3 + 2 {
				balance, err := d.Charge(debit(users[i], 3))
				if poor := (*Insufficient)(nil); err != nil && !errors.As(err, &poor) {
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
			wantSpent(t, d, user, int64(i), 3, told[user.ID])
		}
		d.audit(t)
	})
}

// TestChargeByProcesses: several processes on one database sell no token
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
			desks := make([]*desk, test.processes)
			for i := range desks {
				desks[i] = openDesk(t, databaseURL, clock)
			}
			users := []repo.User{desks[0].user(t, 100), desks[0].user(t, 0), desks[0].user(t, 77)}
			told := spend(t, desks, users, 1)
			for i, tokens := range []int64{100, 0, 77} {
				wantSpent(t, desks[0], users[i], tokens, 1, told[users[i].ID])
			}
			desks[0].audit(t)
		})
	}
}

func TestChargeRefusals(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		user := d.user(t, 7)
		balance, err := d.Charge(debit(user, 8))
		want := &Insufficient{Balance: 7, Cost: 8, Plan: repo.PlanFree, RefillAt: time.Date(2026, 2, 28, 10, 0, 0, 0, time.UTC)}
		got := (*Insufficient)(nil)
		if !errors.As(err, &got) || balance != 7 {
			t.Fatalf("Charge = %d, %v; want %d, %v", balance, err, 7, want)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Insufficient (-want +got):\n%s", diff)
		}
		for _, user := range []repo.User{d.stranger(t), {ID: uuid.New()}} {
			if _, err := d.Charge(debit(user, 1)); !errors.Is(err, repo.ErrNotFound) {
				t.Errorf("Charge of a user without a ledger: %v, want ErrNotFound", err)
			}
			if _, err := d.Refill(user.ID); !errors.Is(err, repo.ErrNotFound) {
				t.Errorf("Refill of a user without a ledger: %v, want ErrNotFound", err)
			}
		}
		// Nothing of this was taken, and the last token can be.
		mustCharge(t, d.Ledger, debit(user, 7), 0)
		d.wantLines(t, user, line{repo.TokensGrant, 7, 7}, line{repo.TokensDebit, -7, 0})
	})
}

// TestChargeAgain: a call that is made again re-uses its debit, whether the
// caller knows of it or not.
func TestChargeAgain(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		user, other := d.user(t, 10), d.user(t, 10)
		call := debit(user, 3)
		again, hers := call, call
		again.MaybeCharged, hers.UserID = true, other.ID
		mustCharge(t, d.Ledger, again, 7) // it was never charged: it is now
		mustCharge(t, d.Ledger, again, 7)
		mustCharge(t, d.Ledger, call, 7) // the unique index finds it
		mustCharge(t, d.Ledger, hers, 7) // another user's request is another one
		atOnce(64, func(int) {
			if balance, err := d.Charge(again); err != nil || balance != 7 {
				t.Errorf("Charge again = %d, %v; want 7", balance, err)
			}
		})
		d.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -3, 7})
		d.wantLines(t, other, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -3, 7})
	})
}

// TestChargeSameRequestByProcesses: one request id is one debit, though two
// processes write it at the same time and neither looks first.
func TestChargeSameRequestByProcesses(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		clock := testkit.NewClock(begun)
		desks := []*desk{openDesk(t, databaseURL, clock), openDesk(t, databaseURL, clock)}
		user := desks[0].user(t, 10)
		call := debit(user, 4)
		atOnce(8, func(i int) {
			if balance, err := desks[i%2].Charge(call); err != nil || balance != 6 {
				t.Errorf("Charge = %d, %v; want 6", balance, err)
			}
		})
		desks[0].wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -4, 6})
	})
}
