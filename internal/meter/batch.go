package meter

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// batch collects what one transaction of the ledger writes.
type batch struct {
	at       time.Time
	ledgers  map[uuid.UUID]*account
	rows     []repo.TokenRow
	usage    map[usageKey]*repo.Usage
	debited  map[requestKey]repo.TokenRow // the debits that exist already
	refunded map[requestKey]bool          // the debits that have been refunded
	reopened []reopened
}

// reopened is a user whose months from a time on can be refilled again.
type reopened struct {
	user uuid.UUID
	from time.Time
}

type account struct {
	repo.Ledger
	changed bool
}

// insufficient returns the error for a debit that the balance does not cover.
func (a *account) insufficient(cost int64) *Insufficient {
	return &Insufficient{Balance: a.Balance, Cost: cost, Plan: a.Plan, RefillAt: *a.RefillAt}
}

type (
	usageKey   struct{ user, day, endpoint string }
	requestKey struct{ user, request string }
)

func keyOf(d Debit) requestKey { return requestKey{d.UserID.String(), d.RequestID} }

// write decides on the entries in order and commits the outcome. If
// checkExisting is true, or an entry may have been charged before, existing
// debits are looked up first and not written twice.
func (l *Ledger) write(ctx context.Context, entries []*entry, checkExisting bool) error {
	return l.repo.InTx(ctx, func(tx *repo.Tx) error {
		b, err := load(ctx, tx, entries, checkExisting)
		if err != nil {
			return err
		}
		for _, e := range entries {
			e.balance, e.err = b.apply(e)
		}
		return b.store(ctx, tx)
	})
}

// load locks the ledgers of the entries' users. If checkExisting is true, or an
// entry asks for it, load also reads the debits and refunds that exist.
func load(ctx context.Context, tx *repo.Tx, entries []*entry, checkExisting bool) (*batch, error) {
	b := &batch{
		at: tx.Now(), ledgers: map[uuid.UUID]*account{}, usage: map[usageKey]*repo.Usage{},
		debited: map[requestKey]repo.TokenRow{}, refunded: map[requestKey]bool{},
	}
	var users []uuid.UUID
	var debits, refunds []repo.UserRequest
	for _, e := range entries {
		users = append(users, e.UserID)
		request := repo.UserRequest{UserID: e.UserID, RequestID: e.RequestID}
		if e.kind == repo.TokensRefund || e.kind == repo.TokensDebit && (checkExisting || e.MaybeCharged) {
			debits, refunds = append(debits, request), append(refunds, request)
		}
	}
	slices.SortFunc(users, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	ledgers, err := tx.LockLedgers(ctx, slices.Compact(users))
	if err != nil {
		return nil, err
	}
	for _, ledger := range ledgers {
		b.ledgers[ledger.UserID] = &account{Ledger: ledger}
	}
	debited, err := tx.TokenRowsOf(ctx, repo.TokensDebit, debits)
	if err != nil {
		return nil, err
	}
	for _, row := range debited {
		b.debited[requestKey{row.UserID.String(), row.RequestID}] = row
	}
	refunded, err := tx.TokenRowsOf(ctx, repo.TokensRefund, refunds)
	for _, row := range refunded {
		b.refunded[requestKey{row.UserID.String(), row.RequestID}] = true
	}
	return b, err
}

// apply decides on one entry and returns the balance after it. Its errors are
// *Insufficient, ErrRefunded and repo.ErrNotFound.
func (b *batch) apply(e *entry) (balance int64, err error) {
	a := b.ledgers[e.UserID]
	if a == nil {
		return 0, repo.ErrNotFound
	}
	b.refill(a)
	_, debited := b.debited[keyOf(e.Debit)]
	switch e.kind {
	case repo.TokensDebit:
		if debited && b.refunded[keyOf(e.Debit)] {
			return a.Balance, ErrRefunded
		}
		if debited {
			break
		}
		if a.Balance < e.Cost {
			return a.Balance, a.insufficient(e.Cost)
		}
		b.change(a, -e.Cost, repo.TokensDebit, e.Debit)
		b.addUsage(e.Debit, b.at, e.Cost, 1)
	case repo.TokensRefund:
		if !debited || b.refunded[keyOf(e.Debit)] {
			break
		}
		b.refunded[keyOf(e.Debit)] = true
		b.change(a, e.Cost, repo.TokensRefund, e.Debit)
		b.addUsage(e.Debit, b.debited[keyOf(e.Debit)].CreatedAt, -e.Cost, -1)
	}
	return a.Balance, nil
}

func (b *batch) change(a *account, delta int64, kind string, d Debit) {
	a.Balance += delta
	a.changed = true
	b.rows = append(b.rows, repo.TokenRow{
		UserID: d.UserID, Delta: delta, Kind: kind, Endpoint: d.Endpoint, RequestID: d.RequestID,
	})
	if kind == repo.TokensDebit {
		b.debited[keyOf(d)] = repo.TokenRow{CreatedAt: b.at}
	}
}

// addUsage counts tokens and calls for the day of the call.
func (b *batch) addUsage(d Debit, at time.Time, tokens, calls int64) {
	key := usageKey{user: d.UserID.String(), day: repo.UsageDay(at), endpoint: d.Endpoint}
	u := b.usage[key]
	if u == nil {
		u = &repo.Usage{UserID: d.UserID, Day: key.day, Endpoint: d.Endpoint}
		b.usage[key] = u
	}
	u.Tokens += tokens
	u.Calls += calls
}

// clockTolerance is how far the clocks of servers may differ without the next refill
// that one has written seeming too far away to another.
const clockTolerance = time.Hour

// IsRefillDue reports whether the ledger's next refill is to be worked out: a month
// has begun, or the time of the next one is unknown or beyond the end of the month
// that holds at, because a clock was ahead when it was written.
func IsRefillDue(l repo.Ledger, at time.Time) bool {
	if l.RefillAt == nil || !at.Before(*l.RefillAt) {
		return true
	}
	if l.RefillAt.Equal(repo.NoRefill) {
		return false
	}
	_, end := Cycle(l.PlanStartedAt, at.Add(clockTolerance))
	return l.RefillAt.After(end)
}

// refill brings the balance up to the quota if a month has begun since the last
// refill. Months without a call are not made up for. A balance above the quota,
// after a grant, stays as it is; the row is written nevertheless, so that every
// month in which the ledger was used has one.
func (b *batch) refill(a *account) {
	if !IsRefillDue(a.Ledger, b.at) {
		return
	}
	begin, end := Cycle(a.PlanStartedAt, b.at)
	last := a.RefillAt
	a.RefillAt, a.changed = &end, true
	if last == nil && begin.Equal(a.PlanStartedAt.UTC()) {
		return // the grant of the first month stands for its refill
	}
	if last != nil && last.After(end) { // the refill that a clock ahead brought stands for this month's
		b.reopened = append(b.reopened, reopened{user: a.UserID, from: end})
		return
	}
	delta := max(0, a.Quota-a.Balance)
	a.Balance += delta
	a.CycleQuota = a.Quota
	b.rows = append(b.rows, repo.TokenRow{
		UserID: a.UserID, Delta: delta, Kind: repo.TokensRefill, RequestID: uuid.NewString(), CycleStart: &begin,
	})
}

// store writes the batch's rows, balances and usage.
func (b *batch) store(ctx context.Context, tx *repo.Tx) error {
	var changed []repo.Ledger
	for _, a := range b.ledgers {
		if a.changed {
			changed = append(changed, a.Ledger)
		}
	}
	usage := make([]repo.Usage, 0, len(b.usage))
	for _, u := range b.usage {
		usage = append(usage, *u)
	}
	slices.SortFunc(usage, func(x, y repo.Usage) int {
		return strings.Compare(x.UserID.String()+x.Day+x.Endpoint, y.UserID.String()+y.Day+y.Endpoint)
	})
	for _, r := range b.reopened {
		if err := tx.ReopenCycles(ctx, r.user, r.from); err != nil {
			return err
		}
	}
	if err := tx.AddTokenRows(ctx, b.rows); err != nil {
		return err
	}
	return errors.Join(tx.SetLedgers(ctx, changed), tx.AddUsage(ctx, usage))
}
