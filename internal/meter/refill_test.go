package meter

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// wantCycles checks which months the user was given tokens for.
func (d *desk) wantCycles(t testing.TB, user repo.User, want ...time.Time) {
	t.Helper()
	var got []time.Time
	for _, row := range d.rows(t, user) {
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

func (d *desk) wantRefillAt(t testing.TB, user repo.User, want time.Time) {
	t.Helper()
	l, err := d.repo.Ledger(t.Context(), user.ID)
	if err != nil || l.RefillAt == nil || !l.RefillAt.Equal(want) {
		t.Errorf("the next refill is at %v, %v; want %v", l.RefillAt, err, want)
	}
}

// TestRefill: tokens come with the first call at or after the anniversary, and
// months in which there was none get none.
func TestRefill(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.quota(t, repo.PlanFree, 10)
		user := d.user(t, 10)
		d.clock.Set(february.Add(-time.Microsecond))
		mustCharge(t, d.Ledger, debit(user, 7), 3)
		mustRefill(t, d.Ledger, user, 3)
		d.clock.Set(february)
		mustCharge(t, d.Ledger, debit(user, 1), 9)
		d.wantRefillAt(t, user, march)
		d.clock.Set(june.Add(-time.Microsecond)) // April passed without a call, and May nearly
		mustRefill(t, d.Ledger, user, 10)
		d.wantRefillAt(t, user, june)
		d.clock.Set(june.AddDate(2, 0, 0))
		// A call that is refused brings the tokens of the month all the same.
		_, err := d.Charge(debit(user, 11))
		if poor := (*Insufficient)(nil); !errors.As(err, &poor) || poor.Balance != 10 || !poor.RefillAt.Equal(june.AddDate(2, 1, 1)) {
			t.Errorf("Charge of more than the quota: %v, %+v", err, poor)
		}
		d.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -7, 3},
			line{repo.TokensRefill, 7, 10}, line{repo.TokensDebit, -1, 9},
			line{repo.TokensRefill, 1, 10}, line{repo.TokensRefill, 0, 10})
		d.wantCycles(t, user, february, may, june.AddDate(2, 0, 0))
	})
}

// TestRefillAboveQuota: what was granted on top of the quota stays, and the
// month has its row.
func TestRefillAboveQuota(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.quota(t, repo.PlanFree, 10)
		user := d.user(t, 10)
		d.adjust(t, user, 5)
		d.clock.Set(february)
		mustRefill(t, d.Ledger, user, 15)
		mustCharge(t, d.Ledger, debit(user, 7), 8)
		d.clock.Set(march)
		mustRefill(t, d.Ledger, user, 10)
		d.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensGrant, 5, 15}, line{repo.TokensRefill, 0, 15},
			line{repo.TokensDebit, -7, 8}, line{repo.TokensRefill, 2, 10})
		d.wantCycles(t, user, february, march)
	})
}

// TestRefillOnce: many calls at once, in two processes, get a month's tokens
// once.
func TestRefillOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		clock := testkit.NewClock(begun)
		desks := []*desk{openDesk(t, databaseURL, clock), openDesk(t, databaseURL, clock)}
		desks[0].quota(t, repo.PlanFree, 100)
		user := desks[0].user(t, 100)
		mustCharge(t, desks[0].Ledger, debit(user, 36), 64)
		for _, month := range []time.Time{february, march, june} {
			clock.Set(month)
			atOnce(64, func(i int) {
				if i%4 == 0 {
					if _, err := desks[i%2].Refill(user.ID); err != nil {
						t.Errorf("Refill: %v", err)
					}
				} else if _, err := desks[i%2].Charge(debit(user, 1)); err != nil {
					t.Errorf("Charge: %v", err)
				}
			})
			mustRefill(t, desks[0].Ledger, user, 100-48)
		}
		desks[0].wantCycles(t, user, february, march, june)
		desks[0].audit(t)
	})
}

// TestRefillUnknown: a ledger that is older than refills has no time for the
// next one.
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
			eachDesk(t, func(t *testing.T, d *desk) {
				d.quota(t, repo.PlanFree, 10)
				user := d.user(t, 4) // fewer than the quota: a refill would show
				if _, err := testdb.Connect(t, d.url).ExecContext(t.Context(), `UPDATE ledgers SET refill_at = NULL`); err != nil {
					t.Fatal(err)
				}
				d.clock.Set(test.at)
				want := int64(4)
				if test.refill != nil {
					want = 10
				}
				mustRefill(t, d.Ledger, user, want)
				mustCharge(t, d.Ledger, debit(user, 1), want-1)
				d.wantCycles(t, user, test.refill...)
				d.wantRefillAt(t, user, test.next)
				d.audit(t)
			})
		})
	}
}

// TestQuotaCountsFromTheNextRefill: a plan that gives more or less gives it
// from each user's next month on.
func TestQuotaCountsFromTheNextRefill(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.quota(t, repo.PlanFree, 10)
		user := d.user(t, 10)
		mustCharge(t, d.Ledger, debit(user, 4), 6)
		d.quota(t, repo.PlanFree, 20)
		mustRefill(t, d.Ledger, user, 6)
		d.clock.Set(february)
		mustRefill(t, d.Ledger, user, 20)
		d.quota(t, repo.PlanFree, 5)
		mustRefill(t, d.Ledger, user, 20)
		mustCharge(t, d.Ledger, debit(user, 18), 2)
		d.clock.Set(march)
		mustRefill(t, d.Ledger, user, 5)
		d.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -4, 6}, line{repo.TokensRefill, 14, 20},
			line{repo.TokensDebit, -18, 2}, line{repo.TokensRefill, 3, 5})
	})
}
