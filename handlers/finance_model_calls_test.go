package handlers_test

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/money"
	"example.com/alta/repo"
)

// The calls of the model: each foretells its answer, makes it, and does to the
// model what it is to do.

func (m *model) create() {
	kind := []string{"INCOME", "INCOME", "EXPENSE", "TRANSFER"}[m.IntN(4)]
	category, categoryID := m.category()
	r := modelRow{kind: kind, amount: 1 + m.Int64N(20_000), account: m.account(), category: categoryID}
	r.currency = r.account.currency
	body := fmt.Sprintf(`"type":%q,"amount":%s,"accountId":%q,"date":%q`, kind, money.Number(r.amount, "ARS"), r.account.id, m.setDate(&r))
	if category != "" {
		body += fmt.Sprintf(`,"categoryId":%q`, categoryID)
	}
	want := 201
	if !r.account.bears(r.effect()) || !coherent(category, kind) {
		want = 400
	}
	if answer, ok := m.expect(want, "POST", "/api/transactions", "{"+body+"}"); ok {
		r.id = uuid.MustParse(answer.get("id"))
		r.account.balance += r.effect()
		m.rows = append(m.rows, &r)
	}
}

// row returns one of the rows, deleted or not; nil if there is none.
func (m *model) row() *modelRow {
	if len(m.rows) == 0 {
		return nil
	}
	return m.rows[m.IntN(len(m.rows))]
}

func (m *model) update() {
	old := m.row()
	if old == nil {
		return
	}
	next, body := m.change(*old)
	want := m.foretellUpdate(old, next)
	if next.kind != old.kind {
		next.other = nil // it can change only if it is no transfer, or one with a deleted account
	}
	if _, ok := m.expect(want, "PATCH", "/api/transactions/"+old.id.String(), body); ok {
		old.account.balance -= old.effect()
		*old = next
		old.account.balance += old.effect()
	}
}

// change changes some fields of the row, and returns them as a body.
func (m *model) change(r modelRow) (next modelRow, body string) {
	var fields []string
	say := func(format string, values ...any) { fields = append(fields, fmt.Sprintf(format, values...)) }
	if m.IntN(2) == 0 {
		r.amount = 1 + m.Int64N(20_000)
		say(`"amount":%s`, money.Number(r.amount, "ARS"))
	}
	if m.IntN(4) == 0 {
		r.kind = []string{"INCOME", "EXPENSE", "TRANSFER"}[m.IntN(3)]
		say(`"type":%q`, r.kind)
	}
	if m.IntN(3) == 0 && r.account != nil {
		r.account = m.account()
		say(`"accountId":%q`, r.account.id)
		if m.IntN(2) == 0 {
			r.currency = r.account.currency
			say(`"currency":%q`, r.currency)
		}
	}
	if m.IntN(3) == 0 {
		say(`"date":%q`, m.setDate(&r))
	}
	if m.IntN(3) == 0 {
		category, id := m.category()
		r.category = id
		if category == "" {
			say(`"categoryId":null`)
		} else {
			say(`"categoryId":%q`, id)
		}
	}
	return r, "{" + strings.Join(fields, ",") + "}"
}

func (m *model) foretellUpdate(old *modelRow, next modelRow) int {
	switch {
	case old.deleted:
		return 404
	case old.account == nil:
		return 400
	case old.other != nil && old.other.account != nil && (old.amount != next.amount || old.kind != next.kind || old.account != next.account || !old.date.Equal(next.date)):
		return 400
	case old.account == next.account && !old.account.bears(next.effect()-old.effect()):
		return 400
	case old.account != next.account && (!old.account.bears(-old.effect()) || !next.account.bears(next.effect())):
		return 400
	case next.currency != next.account.currency:
		return 400
	case next.category != uuid.Nil && (next.category != old.category || next.kind != old.kind) && !coherent(m.kindOf(next.category), next.kind):
		return 400
	}
	return 200
}

func (m *model) delete() {
	r := m.row()
	if r == nil {
		return
	}
	doomed, want := []*modelRow{r}, 200
	if r.other != nil {
		doomed = append(doomed, r.other)
	}
	for _, leg := range doomed {
		if leg.account != nil && !leg.account.bears(-leg.effect()) {
			want = 400
		}
	}
	if r.account == nil {
		want = 400
	}
	if r.deleted {
		want = 404
	}
	if _, ok := m.expect(want, "DELETE", "/api/transactions/"+r.id.String(), ""); ok {
		for _, leg := range doomed {
			leg.deleted = true
			if leg.account != nil {
				leg.account.balance -= leg.effect()
			}
		}
	}
}

func (m *model) deposit() {
	r := modelRow{kind: "INCOME", amount: 1 + m.Int64N(20_000), account: m.account(), date: m.clock.Now()}
	r.currency = r.account.currency
	_, ok := m.expect(200, "POST", "/api/accounts/"+r.account.id.String()+"/deposit", fmt.Sprintf(`{"amount":%s}`, money.Number(r.amount, "ARS")))
	if ok {
		r.account.balance += r.amount
		m.rows = append(m.rows, &r)
		m.adopt("INCOME", &r)
	}
}

func (m *model) transfer() {
	from, to, amount := m.account(), m.account(), 1+m.Int64N(20_000)
	want := 200
	if from == to || from.currency != to.currency || !from.bears(-amount) {
		want = 400
	}
	body := fmt.Sprintf(`{"fromAccountId":%q,"toAccountId":%q,"amount":%s}`, from.id, to.id, money.Number(amount, "ARS"))
	if _, ok := m.expect(want, "POST", "/api/accounts/transfer", body); !ok {
		return
	}
	out := modelRow{kind: "TRANSFER", amount: amount, currency: from.currency, account: from, date: m.clock.Now()}
	in := out
	in.kind, in.account, in.other = "INCOME", to, &out
	out.other = &in
	for _, leg := range []*modelRow{&out, &in} {
		leg.account.balance += leg.effect()
		m.rows = append(m.rows, leg)
		m.adopt(leg.kind, leg)
	}
}

// adopt reads the id and the category of a row that a call has just created.
func (m *model) adopt(kind string, r *modelRow) {
	m.t.Helper()
	known := map[uuid.UUID]bool{}
	for _, row := range m.rows {
		known[row.id] = true
	}
	list, _, err := m.repo.Transactions(m.t.Context(), m.userID, repo.TransactionFilter{Type: kind}, repo.Page{Limit: 10_000})
	for _, v := range must(list, err) {
		if !known[v.ID] {
			r.id, r.category = v.ID, orNil(v.CategoryID)
			return
		}
	}
	m.t.Errorf("there is no new %s", kind)
}

func (m *model) open() {
	a := modelAccount{
		kind:     []string{"WALLET", "SAVINGS", "INVESTMENT", "CREDIT_CARD"}[m.IntN(4)],
		currency: []string{"ARS", "ARS", "USD"}[m.IntN(3)],
	}
	a.id = m.harness.account(fmt.Sprint(m.email, " ", a.kind, " ", a.currency, " One more"))
	m.accounts = append(m.accounts, &a)
}

// closeOne deletes an account, but not the default one. Its transactions stay.
func (m *model) closeOne() {
	i := 1 + m.IntN(len(m.accounts)-1)
	gone := m.accounts[i]
	m.harness.close(gone.id)
	m.accounts = append(m.accounts[:i], m.accounts[i+1:]...)
	for _, r := range m.rows {
		if r.account == gone {
			r.account = nil
		}
	}
}

// moveMonths changes the start of the user's months. Days stay the days that they are.
func (m *model) moveMonths() {
	day, zone := 1+m.IntN(28), []string{"America/Argentina/Buenos_Aires", "Asia/Tokyo", "Europe/Madrid", "UTC"}[m.IntN(4)]
	if _, ok := m.expect(200, "PATCH", "/api/users/me", fmt.Sprintf(`{"fiscalStartDay":%d,"timezone":%q}`, day, zone)); ok {
		m.calendar = must(fiscal.NewCalendar(day, zone))
		for _, r := range m.rows {
			if r.day != "" && !r.deleted {
				r.date = must(m.calendar.StartOf(r.day))
			}
		}
	}
}
