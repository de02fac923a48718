package meter

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// The anniversaries of begun.
var (
	february = time.Date(2026, 2, 28, 10, 0, 0, 0, time.UTC)
	march    = time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC)
	may      = time.Date(2026, 5, 31, 10, 0, 0, 0, time.UTC)
	june     = time.Date(2026, 6, 30, 10, 0, 0, 0, time.UTC)
)

// wantCycles checks for which months the user was given tokens.
func (p *process) wantCycles(t testing.TB, user repo.User, want ...time.Time) {
	t.Helper()
	var got []time.Time
	for _, row := range p.rows(t, user) {
		if row.Kind == repo.TokensRefill {
			got = append(got, *row.CycleStart)
		} else if row.CycleStart != nil {
			t.Errorf("a %s has a cycle: %v", row.Kind, row.CycleStart)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cycles (-want +got):\n%s", diff)
	}
}

func (p *process) wantRefillAt(t testing.TB, user repo.User, want time.Time) {
	t.Helper()
	l, err := p.repo.Ledger(t.Context(), user.ID)
	if err != nil || l.RefillAt == nil || !l.RefillAt.Equal(want) {
		t.Errorf("the next refill is at %v, %v; want %v", l.RefillAt, err, want)
	}
}

// TestRefill: tokens come with the first call at or after the anniversary.
// Months without a call get none.
func TestRefill(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		p.setQuota(t, repo.PlanFree, 10)
		user := p.newUser(t, 10)
		p.clock.Set(february.Add(-time.Microsecond))
		mustCharge(t, p.Ledger, debit(user, 7), 3)
		mustRefill(t, p.Ledger, user, 3)
		p.clock.Set(february)
		mustCharge(t, p.Ledger, debit(user, 1), 9)
		p.wantRefillAt(t, user, march)
		p.clock.Set(june.Add(-time.Microsecond)) // no call was made in April, and nearly none in May
		mustRefill(t, p.Ledger, user, 10)
		p.wantRefillAt(t, user, june)
		p.clock.Set(june.AddDate(2, 0, 0))
		// A refused call triggers the month's refill nevertheless.
		_, err := p.Charge(context.Background(), debit(user, 11))
		if insufficient := (*Insufficient)(nil); !errors.As(err, &insufficient) || insufficient.Balance != 10 || !insufficient.RefillAt.Equal(june.AddDate(2, 1, 1)) {
			t.Errorf("Charge of more than the quota: %v, %+v", err, insufficient)
		}
		p.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -7, 3},
			line{repo.TokensRefill, 7, 10}, line{repo.TokensDebit, -1, 9},
			line{repo.TokensRefill, 1, 10}, line{repo.TokensRefill, 0, 10})
		p.wantCycles(t, user, february, may, june.AddDate(2, 0, 0))
	})
}

// TestRefillAboveQuota: tokens that were granted on top of the quota stay, and
// the month has its row.
func TestRefillAboveQuota(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		p.setQuota(t, repo.PlanFree, 10)
		user := p.newUser(t, 10)
		p.adjust(t, user, 5)
		p.clock.Set(february)
		mustRefill(t, p.Ledger, user, 15)
		mustCharge(t, p.Ledger, debit(user, 7), 8)
		p.clock.Set(march)
		mustRefill(t, p.Ledger, user, 10)
		p.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensGrant, 5, 15}, line{repo.TokensRefill, 0, 15},
			line{repo.TokensDebit, -7, 8}, line{repo.TokensRefill, 2, 10})
		p.wantCycles(t, user, february, march)
	})
}

// TestRefillOnce: many concurrent calls in two processes refill the balance
// once a month.
func TestRefillOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		clock := testkit.NewClock(begun)
		processes := []*process{startProcess(t, databaseURL, clock), startProcess(t, databaseURL, clock)}
		processes[0].setQuota(t, repo.PlanFree, 100)
		user := processes[0].newUser(t, 100)
		mustCharge(t, processes[0].Ledger, debit(user, 36), 64)
		for _, month := range []time.Time{february, march, june} {
			clock.Set(month)
			atOnce(64, func(i int) {
				if i%4 == 0 {
					if _, err := processes[i%2].Refill(context.Background(), user.ID); err != nil {
						t.Errorf("Refill: %v", err)
					}
				} else if _, err := processes[i%2].Charge(context.Background(), debit(user, 1)); err != nil {
					t.Errorf("Charge: %v", err)
				}
			})
			mustRefill(t, processes[0].Ledger, user, 100-48)
		}
		processes[0].wantCycles(t, user, february, march, june)
		processes[0].checkLedger(t)
	})
}

// TestRefillUnknown: a ledger that is older than the column refill_at does not
// know when its next refill is.
func TestRefillUnknown(t *testing.T) {
	for _, test := range []struct {
		name   string
		at     time.Time
		refill []time.Time
		next   time.Time
	}{
		{name: "in the first month", at: february.Add(-time.Microsecond), next: february},
		{name: "at once", at: begun, next: february},
		{name: "on the anniversary", at: february, refill: []time.Time{february}, next: march},
		{name: "months later", at: june.Add(-time.Hour), refill: []time.Time{may}, next: june},
	} {
		t.Run(test.name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, p *process) {
				p.setQuota(t, repo.PlanFree, 10)
				user := p.newUser(t, 4) // fewer than the quota, so that a refill would show
				if _, err := testdb.Connect(t, p.url).ExecContext(t.Context(), `UPDATE ledgers SET refill_at = NULL`); err != nil {
					t.Fatal(err)
				}
				p.clock.Set(test.at)
				want := int64(4)
				if test.refill != nil {
					want = 10
				}
				mustRefill(t, p.Ledger, user, want)
				mustCharge(t, p.Ledger, debit(user, 1), want-1)
				p.wantCycles(t, user, test.refill...)
				p.wantRefillAt(t, user, test.next)
				p.checkLedger(t)
			})
		})
	}
}

// TestQuotaCountsFromTheNextRefill: a plan's new quota applies to each user
// from the next month on.
func TestQuotaCountsFromTheNextRefill(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		p.setQuota(t, repo.PlanFree, 10)
		user := p.newUser(t, 10)
		mustCharge(t, p.Ledger, debit(user, 4), 6)
		p.setQuota(t, repo.PlanFree, 20)
		mustRefill(t, p.Ledger, user, 6)
		p.clock.Set(february)
		mustRefill(t, p.Ledger, user, 20)
		p.setQuota(t, repo.PlanFree, 5)
		mustRefill(t, p.Ledger, user, 20)
		mustCharge(t, p.Ledger, debit(user, 18), 2)
		p.clock.Set(march)
		mustRefill(t, p.Ledger, user, 5)
		p.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -4, 6}, line{repo.TokensRefill, 14, 20},
			line{repo.TokensDebit, -18, 2}, line{repo.TokensRefill, 3, 5})
	})
}

// TestClockAheadHeals: a clock that was a year ahead for a moment brings a refill of
// that month. Once it is right, the next refill is that of the present month again,
// and each later month has one.
func TestClockAheadHeals(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		p.setQuota(t, repo.PlanFree, 10)
		user := p.newUser(t, 10)
		mustCharge(t, p.Ledger, debit(user, 7), 3)
		right := p.clock.Now()
		p.clock.Set(right.AddDate(1, 0, 0))
		mustCharge(t, p.Ledger, debit(user, 1), 9)
		p.clock.Set(right)
		if far, err := p.repo.FarRefills(t.Context(), p.clock.Now(), 10); len(far) != 1 || err != nil {
			t.Errorf("far refills: %v, %v; want the user's", far, err)
		}
		mustCharge(t, p.Ledger, debit(user, 4), 5)
		p.wantRefillAt(t, user, february)
		p.clock.Set(february)
		mustCharge(t, p.Ledger, debit(user, 1), 9)
		for _, at := range []time.Time{right.AddDate(0, 11, 0), right.AddDate(1, 0, 0).Add(time.Hour)} { // the month of the leap included
			p.clock.Set(at)
			mustRefill(t, p.Ledger, user, 10)
			mustCharge(t, p.Ledger, debit(user, 2), 8)
		}
		if far, err := p.repo.FarRefills(t.Context(), p.clock.Now(), 10); len(far) != 0 || err != nil {
			t.Errorf("far refills after all: %v, %v", far, err)
		}
		if bad, total, err := p.repo.VerifyLedgers(t.Context()); len(bad) > 0 || total != 1 || err != nil {
			t.Errorf("VerifyLedgers: %v, %d, %v", bad, total, err)
		}
	})
}

// TestClocksOfServersDiffer: a server whose clock is behind does not refill a month
// again that another has refilled.
func TestClocksOfServersDiffer(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		p.setQuota(t, repo.PlanFree, 10)
		user := p.newUser(t, 10)
		p.clock.Set(february)
		mustCharge(t, p.Ledger, debit(user, 7), 3)
		p.clock.Set(february.Add(-5 * time.Second))
		mustCharge(t, p.Ledger, debit(user, 1), 2)
		p.clock.Set(february.Add(time.Second))
		mustCharge(t, p.Ledger, debit(user, 1), 1)
		p.wantCycles(t, user, february)
		p.wantRefillAt(t, user, march)
	})
}

// TestPlansBackAndForth: within a month, each plan's tokens come once.
func TestPlansBackAndForth(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		p.setQuota(t, repo.PlanFree, 10)
		p.setQuota(t, repo.PlanPaid, 100)
		user := p.newUser(t, 10)
		change := func(name string) {
			t.Helper()
			err := p.repo.InTx(t.Context(), func(tx *repo.Tx) error {
				now, err := tx.UserByID(t.Context(), user.ID)
				if err != nil {
					return err
				}
				plan, err := tx.Plan(t.Context(), name)
				if err != nil {
					return err
				}
				_, err = ChangePlan(t.Context(), tx, now, plan, repo.TokenCause{Endpoint: "alta", RequestID: uuid.NewString()})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		balance := func(want int64) {
			t.Helper()
			if l, err := p.repo.Ledger(t.Context(), user.ID); err != nil || l.Balance != want {
				t.Errorf("balance %d, %v; want %d", l.Balance, err, want)
			}
		}
		for range 3 {
			change(repo.PlanPaid)
			balance(100)
			change(repo.PlanFree)
			balance(100)
		}
		mustCharge(t, p.Ledger, debit(user, 95), 5)
		change(repo.PlanPaid)
		balance(5)
		p.clock.Set(february)
		mustRefill(t, p.Ledger, user, 100)
		change(repo.PlanFree)
		p.clock.Set(march)
		mustCharge(t, p.Ledger, debit(user, 98), 2)
		mustRefill(t, p.Ledger, user, 2)
		change(repo.PlanPaid) // the month's refill was that of the free plan
		balance(92)
		p.checkLedger(t)
	})
}
