package meter

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// ledgerModel is the simplest possible implementation of one user's ledger.
type ledgerModel struct {
	start, now time.Time
	month      int // of the plan, in which the user was last seen
	quota      int64
	balance    int64
	lines      []line
	debits     []Debit
	refunded   map[string]bool
}

func (m *ledgerModel) add(kind string, delta int64) {
	m.balance += delta
	m.lines = append(m.lines, line{kind, delta, m.balance})
}

// refillIfDue starts a new month if one is due. It counts months one by one, as
// a calendar does.
func (m *ledgerModel) refillIfDue() {
	month := m.month
	for !anniversaryByHand(m.start, month+1).After(m.now) {
		month++
	}
	if month > m.month {
		m.month = month
		m.add(repo.TokensRefill, max(0, m.quota-m.balance))
	}
}

// anniversaryByHand steps back from the original day until the month has such a
// day.
func anniversaryByHand(start time.Time, months int) time.Time {
	first := time.Date(start.Year(), start.Month(), 1, start.Hour(), start.Minute(), start.Second(), 0, time.UTC).AddDate(0, months, 0)
	day := first.AddDate(0, 0, start.Day()-1)
	for day.Month() != first.Month() {
		day = day.AddDate(0, 0, -1)
	}
	return day
}

func (m *ledgerModel) charge(d Debit) error {
	m.refillIfDue()
	for _, known := range m.debits {
		if known.RequestID == d.RequestID {
			if m.refunded[d.RequestID] {
				return ErrRefunded
			}
			return nil
		}
	}
	if m.balance < d.Cost {
		return &Insufficient{}
	}
	m.debits = append(m.debits, d)
	m.add(repo.TokensDebit, -d.Cost)
	return nil
}

func (m *ledgerModel) refund(d Debit) {
	m.refillIfDue()
	if !m.refunded[d.RequestID] {
		m.refunded[d.RequestID] = true
		m.add(repo.TokensRefund, d.Cost)
	}
}

// TestLedgerModel compares random histories of one user with the model.
func TestLedgerModel(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		p := startProcess(t, databaseURL, testkit.NewClock(begun))
		for seed := range uint64(12) {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 1))
				p.clock.Set(begun.AddDate(0, 0, random.IntN(400)))
				p.setQuota(t, repo.PlanFree, 40)
				m := &ledgerModel{start: p.clock.Now(), now: p.clock.Now(), quota: 40, refunded: map[string]bool{}}
				user := p.newUser(t, 40)
				m.add(repo.TokensGrant, 40)
				for step := range 60 {
					p.step(t, m, user, random)
					if t.Failed() {
						t.Fatalf("at step %d", step)
					}
				}
				p.wantLines(t, user, m.lines...)
			})
		}
	})
}

// step performs one random action on the ledger and on the model.
func (p *process) step(t *testing.T, m *ledgerModel, user repo.User, random *rand.Rand) {
	t.Helper()
	switch random.IntN(10) {
	case 0:
		p.clock.Advance(time.Duration(random.Int64N(int64(20 * 24 * time.Hour)))) // to any moment
		m.now = p.clock.Now()
	case 1:
		_, m.now = Cycle(m.start, m.now) // to the anniversary itself
		p.clock.Set(m.now)
	case 2:
		mustRefill(t, p.Ledger, user, func() int64 { m.refillIfDue(); return m.balance }())
	case 3:
		p.stepAdjust(t, m, user, int64(random.IntN(60)-40))
	case 4:
		if len(m.debits) > 0 {
			given := m.debits[random.IntN(len(m.debits))]
			p.Refund(given)
			p.flush()
			m.refund(given)
		}
	case 5:
		if len(m.debits) > 0 {
			again := m.debits[random.IntN(len(m.debits))]
			again.MaybeCharged = true
			p.stepCharge(t, m, again)
		}
	default:
		p.stepCharge(t, m, debit(user, []int64{1, 5, 10, 25}[random.IntN(4)]))
	}
}

func (p *process) stepCharge(t *testing.T, m *ledgerModel, call Debit) {
	t.Helper()
	want := m.charge(call)
	balance, err := p.Charge(context.Background(), call)
	insufficient := (*Insufficient)(nil)
	if errors.As(want, &insufficient) != errors.As(err, &insufficient) || errors.Is(want, ErrRefunded) != errors.Is(err, ErrRefunded) ||
		(want == nil) != (err == nil) || balance != m.balance {
		t.Errorf("Charge(%+v) = %d, %v; the model says %d, %v", call, balance, err, m.balance, want)
	}
}

func (p *process) stepAdjust(t *testing.T, m *ledgerModel, user repo.User, tokens int64) {
	t.Helper()
	err := p.repo.InTx(t.Context(), func(tx *repo.Tx) error {
		_, err := Adjust(t.Context(), tx, user.ID, tokens, repo.TokenCause{Endpoint: "POST /grants", RequestID: uuid.NewString()})
		return err
	})
	before := *m
	m.refillIfDue()
	if m.balance+tokens < 0 {
		if insufficient := (*Insufficient)(nil); !errors.As(err, &insufficient) || insufficient.Balance != m.balance {
			t.Errorf("Adjust(%d) of %d: %v, want Insufficient", tokens, m.balance, err)
		}
		*m = before // the transaction was rolled back, and the refill with it
		return
	}
	kind := repo.TokensGrant
	if tokens < 0 {
		kind = repo.TokensAdjustment
	}
	m.add(kind, tokens)
	if err != nil {
		t.Errorf("Adjust(%d): %v", tokens, err)
	}
}
