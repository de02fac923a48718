package meter

import (
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

// book is the ledger of one user told in the plainest way.
type book struct {
	start, now time.Time
	month      int // the month of the plan that the user was last seen in
	quota      int64
	balance    int64
	lines      []line
	debits     []Debit
	refunded   map[string]bool
}

func (b *book) add(kind string, delta int64) {
	b.balance += delta
	b.lines = append(b.lines, line{kind, delta, b.balance})
}

// look has a new month begin. Months are counted one by one, as a calendar
// has them.
func (b *book) look() {
	month := b.month
	for !anniversaryByHand(b.start, month+1).After(b.now) {
		month++
	}
	if month > b.month {
		b.month = month
		b.add(repo.TokensRefill, max(0, b.quota-b.balance))
	}
}

// anniversaryByHand steps back from the day itself to one that the month has.
func anniversaryByHand(start time.Time, months int) time.Time {
	first := time.Date(start.Year(), start.Month(), 1, start.Hour(), start.Minute(), start.Second(), 0, time.UTC).AddDate(0, months, 0)
	day := first.AddDate(0, 0, start.Day()-1)
	for day.Month() != first.Month() {
		day = day.AddDate(0, 0, -1)
	}
	return day
}

func (b *book) charge(d Debit) error {
	b.look()
	for _, known := range b.debits {
		if known.RequestID == d.RequestID {
			if b.refunded[d.RequestID] {
				return ErrRefunded
			}
			return nil
		}
	}
	if b.balance < d.Cost {
		return &Insufficient{}
	}
	b.debits = append(b.debits, d)
	b.add(repo.TokensDebit, -d.Cost)
	return nil
}

func (b *book) refund(d Debit) {
	b.look()
	if !b.refunded[d.RequestID] {
		b.refunded[d.RequestID] = true
		b.add(repo.TokensRefund, d.Cost)
	}
}

// TestLedgerModel compares random histories of one user with the book.
func TestLedgerModel(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		d := openDesk(t, databaseURL, testkit.NewClock(begun))
		for seed := range uint64(12) {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 1))
				d.clock.Set(begun.AddDate(0, 0, random.IntN(400)))
				d.quota(t, repo.PlanFree, 40)
				b := &book{start: d.clock.Now(), now: d.clock.Now(), quota: 40, refunded: map[string]bool{}}
				user := d.user(t, 40)
				b.add(repo.TokensGrant, 40)
				for step := range 60 {
					d.step(t, b, user, random)
					if t.Failed() {
						t.Fatalf("at step %d", step)
					}
				}
				d.wantLines(t, user, b.lines...)
			})
		}
	})
}

// step does one thing to the ledger and to the book.
func (d *desk) step(t *testing.T, b *book, user repo.User, random *rand.Rand) {
	t.Helper()
	switch random.IntN(10) {
	case 0:
		d.clock.Advance(time.Duration(random.Int64N(int64(20 * 24 * time.Hour)))) // to any moment
		b.now = d.clock.Now()
	case 1:
		_, b.now = Cycle(b.start, b.now) // to the anniversary itself
		d.clock.Set(b.now)
	case 2:
		mustRefill(t, d.Ledger, user, func() int64 { b.look(); return b.balance }())
	case 3:
		d.stepAdjust(t, b, user, int64(random.IntN(60)-40))
	case 4:
		if len(b.debits) > 0 {
			given := b.debits[random.IntN(len(b.debits))]
			d.Refund(given)
			d.flush()
			b.refund(given)
		}
	case 5:
		if len(b.debits) > 0 {
			again := b.debits[random.IntN(len(b.debits))]
			again.MaybeCharged = true
			d.stepCharge(t, b, again)
		}
	default:
		d.stepCharge(t, b, debit(user, []int64{1, 5, 10, 25}[random.IntN(4)]))
	}
}

func (d *desk) stepCharge(t *testing.T, b *book, call Debit) {
	t.Helper()
	want := b.charge(call)
	balance, err := d.Charge(call)
	poor := (*Insufficient)(nil)
	if errors.As(want, &poor) != errors.As(err, &poor) || errors.Is(want, ErrRefunded) != errors.Is(err, ErrRefunded) ||
		(want == nil) != (err == nil) || balance != b.balance {
		t.Errorf("Charge(%+v) = %d, %v; the book says %d, %v", call, balance, err, b.balance, want)
	}
}

func (d *desk) stepAdjust(t *testing.T, b *book, user repo.User, tokens int64) {
	t.Helper()
	err := d.repo.InTx(t.Context(), func(tx *repo.Tx) error {
		_, err := Adjust(t.Context(), tx, user.ID, tokens, repo.TokenCause{Endpoint: "POST /grants", RequestID: uuid.NewString()})
		return err
	})
	before := *b
	b.look()
	if b.balance+tokens < 0 {
		if poor := (*Insufficient)(nil); !errors.As(err, &poor) || poor.Balance != b.balance {
			t.Errorf("Adjust(%d) of %d: %v, want Insufficient", tokens, b.balance, err)
		}
		*b = before // the transaction was dropped, and the new month with it
		return
	}
	kind := repo.TokensGrant
	if tokens < 0 {
		kind = repo.TokensAdjustment
	}
	b.add(kind, tokens)
	if err != nil {
		t.Errorf("Adjust(%d): %v", tokens, err)
	}
}
