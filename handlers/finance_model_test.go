package handlers_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/money"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestFinanceModel makes random calls of every kind that writes transactions, and
// compares responses and database with a simple model.
func TestFinanceModel(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		for seed := range uint64(3) {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
				m := newModel(h, seed)
				for step := range 120 {
					m.clock.Advance(time.Minute)
					m.step()
					if t.Failed() || h.t.Failed() {
						t.Fatalf("step %d", step)
					}
					if step%15 == 14 {
						m.compare(t)
					}
				}
			})
		}
	})
}

// model is the expected state of one user's workspace.
type model struct {
	*harness
	*rand.Rand
	email, bearer string
	userID        uuid.UUID
	categories    map[string]uuid.UUID // one of each type
	accounts      []*modelAccount
	rows          []*modelRow // in the order of entry, with the deleted ones
	calendar      fiscal.Calendar
}

type modelAccount struct {
	id             uuid.UUID
	kind, currency string
	balance        int64
}

type modelRow struct {
	id, category   uuid.UUID // category: Nil for none
	kind, currency string
	amount         int64
	date           time.Time
	day            string        // that was given without a time; empty: an instant was given
	account        *modelAccount // nil: it is gone
	other          *modelRow     // leg of the same transfer
	deleted        bool
}

func (r modelRow) effect() int64 {
	if r.kind == "INCOME" {
		return r.amount
	}
	return -r.amount
}

func newModel(h *harness, seed uint64) *model {
	m := &model{
		harness: h, Rand: rand.New(rand.NewPCG(seed, 0)), email: fmt.Sprintf("model%d@example.com", seed),
		categories: map[string]uuid.UUID{}, calendar: must(fiscal.NewCalendar(1, "America/Argentina/Buenos_Aires")),
	}
	m.bearer = h.register(m.email)
	m.userID = must(h.repo.UserByEmail(h.t.Context(), m.email)).ID
	for _, kind := range []string{"INCOME", "EXPENSE", "BOTH"} {
		list, _, err := h.repo.Categories(h.t.Context(), m.userID, kind, repo.Page{Limit: 1})
		m.categories[kind] = must(list, err)[0].ID
	}
	wallet := must(h.repo.Accounts(h.t.Context(), m.userID))[0]
	m.accounts = []*modelAccount{{id: wallet.ID, kind: wallet.Type, currency: wallet.Currency}}
	for range 3 {
		m.open()
	}
	return m
}

func (m *model) step() {
	switch n := m.IntN(40); {
	case n < 12:
		m.create()
	case n < 22:
		m.update()
	case n < 28:
		m.delete()
	case n < 32:
		m.deposit()
	case n < 37:
		m.transfer()
	case n < 38:
		m.closeOne()
		m.open()
	default:
		m.moveMonths()
	}
}

// setDate gives the row a random second within two years, or a day, which many rows
// share, and returns how a call says it.
func (m *model) setDate(r *modelRow) (text string) {
	if m.IntN(2) == 0 {
		r.date, r.day = time.Date(2025, 1, 1, 0, 0, m.IntN(2*365*24*60*60), 0, time.UTC), ""
		return r.date.Format(time.RFC3339)
	}
	r.day = fmt.Sprintf("%d-%02d-%02d", 2025+m.IntN(2), 1+m.IntN(12), []int{1, 28}[m.IntN(2)])
	r.date = must(m.calendar.StartOf(r.day))
	return r.day
}

func (m *model) account() *modelAccount { return m.accounts[m.IntN(len(m.accounts))] }

// category is one of the categories, or none.
func (m *model) category() (kind string, id uuid.UUID) {
	kind = []string{"", "INCOME", "EXPENSE", "BOTH"}[m.IntN(4)]
	return kind, m.categories[kind]
}

func (m *model) kindOf(category uuid.UUID) string {
	for kind, id := range m.categories {
		if id == category {
			return kind
		}
	}
	return "EXPENSE" // what transfers are filed under
}

func (a *modelAccount) bears(by int64) bool {
	return by >= 0 || a.balance+by >= 0 || a.kind == "CREDIT_CARD"
}

func coherent(category, kind string) bool {
	return category == "" || category == "BOTH" || category == kind
}

// expect makes the call, checks its status, and reports whether that is a success.
func (m *model) expect(want int, method, target, body string) (*response, bool) {
	m.t.Helper()
	answer := m.do(method, target, body, m.bearer)
	if answer.Code != want {
		m.t.Errorf("%s %s %s: %d, want %d: %s", method, target, body, answer.Code, want, answer.Body)
	}
	return answer, answer.Code < 300
}

// compare compares the database with the model.
func (m *model) compare(t *testing.T) {
	t.Helper()
	var want, got []string
	var live []*modelRow
	sums := map[*modelAccount]int64{}
	for _, r := range m.rows {
		if !r.deleted {
			live = append(live, r)
		}
	}
	// Newest first; of one date, the one that was entered last.
	slices.Reverse(live)
	slices.SortStableFunc(live, func(a, b *modelRow) int { return b.date.Compare(a.date) })
	for _, r := range live {
		account := uuid.Nil
		if r.account != nil {
			account = r.account.id
			sums[r.account] += r.effect()
		}
		want = append(want, fmt.Sprint(r.id, r.kind, r.amount, r.currency, r.date.UnixMicro(), r.day, account, r.category, r.other != nil))
	}
	list, total, err := m.repo.Transactions(t.Context(), m.userID, repo.TransactionFilter{}, repo.Page{Limit: 10_000})
	for _, v := range must(list, err) {
		got = append(got, fmt.Sprint(v.ID, v.Type, v.Amount, v.Currency, v.Date.UnixMicro(), v.Day, orNil(v.AccountID), orNil(v.CategoryID), v.TransferID != nil))
	}
	if diff := cmp.Diff(want, got); diff != "" || total != len(want) {
		t.Errorf("%d transactions (-want +got):\n%s", total, diff)
	}
	for _, a := range m.accounts {
		stored := must(m.repo.Account(t.Context(), m.userID, a.id))
		if stored.Balance != a.balance || sums[a] != a.balance {
			t.Errorf("%s has %s, the model %s, its transactions come to %s", a.kind, money.Fixed(stored.Balance, "ARS"), money.Fixed(a.balance, "ARS"), money.Fixed(sums[a], "ARS"))
		}
	}
	m.compareTotals(t)
	m.compareFilters(t)
}

// compareFilters compares the total of filtered lists, which comes from the totals,
// with the number of rows.
func (m *model) compareFilters(t *testing.T) {
	t.Helper()
	for range 8 {
		var query []string
		for _, filter := range []string{
			"type=" + []string{"INCOME", "expense", "TRANSFER"}[m.IntN(3)], "accountId=" + m.account().id.String(), "currency=USD",
			"categoryId=" + m.categories["BOTH"].String(), fmt.Sprintf("year=%d", 2025+m.IntN(2)), fmt.Sprintf("year=2025&month=%d", 1+m.IntN(12)),
		} {
			if m.IntN(4) == 0 && !(strings.HasPrefix(filter, "year") && strings.Contains(strings.Join(query, "&"), "year")) {
				query = append(query, filter)
			}
		}
		var page struct {
			Data []any
			Meta struct{ Total int }
		}
		answer := m.do("GET", "/api/transactions?limit=100&"+strings.Join(query, "&"), "", m.bearer).status(200)
		if err := json.Unmarshal(answer.Body.Bytes(), &page); err != nil || page.Meta.Total != len(page.Data) && page.Meta.Total <= 100 {
			t.Errorf("%v: %d rows, %d in all: %v", query, len(page.Data), page.Meta.Total, err)
		}
	}
}

// compareTotals compares the totals of each month, and the overall ones, with the
// model.
func (m *model) compareTotals(t *testing.T) {
	t.Helper()
	want := map[string]map[repo.PeriodTotal]int64{}
	for _, r := range m.rows {
		if r.deleted {
			continue
		}
		local := r.date.In(m.calendar.Zone)
		if r.day != "" {
			local = must(time.Parse(time.DateOnly, r.day))
		}
		month := time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, time.UTC)
		if local.Day() < m.calendar.StartDay {
			month = month.AddDate(0, -1, 0)
		}
		for _, period := range []string{month.Format("2006-01"), ""} {
			if want[period] == nil {
				want[period] = map[repo.PeriodTotal]int64{}
			}
			key := repo.PeriodTotal{UserID: m.userID, Period: period, Type: r.kind, IsTransfer: r.other != nil, Currency: r.currency}
			if r.account != nil {
				key.AccountID = r.account.id.String()
			}
			if r.category != uuid.Nil {
				key.CategoryID = r.category.String()
			}
			key.Entries = -1 // counted by the values
			want[period][key] += r.amount<<20 + 1
		}
	}
	for year := 2024; year <= 2027; year++ {
		for month := range 12 {
			m.comparePeriod(t, fmt.Sprintf("%04d-%02d", year, month+1), want)
		}
	}
	m.comparePeriod(t, "", want)
}

func (m *model) comparePeriod(t *testing.T, period string, want map[string]map[repo.PeriodTotal]int64) {
	t.Helper()
	got := map[repo.PeriodTotal]int64{}
	for _, total := range must(m.repo.PeriodTotals(t.Context(), m.userID, period)) {
		key := total
		key.Amount, key.Entries = 0, -1
		got[key] = total.Amount<<20 + total.Entries
	}
	if len(got) == 0 && want[period] == nil {
		return
	}
	if diff := cmp.Diff(want[period], got); diff != "" {
		t.Errorf("totals of %q (-want +got):\n%s", period, diff)
	}
}

func orNil(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}
