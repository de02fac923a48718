package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"example.com/alta/internal/testdb"
)

// TestCrashesLoseNoMoney kills a server again and again in the middle of
// transfers and expenses. Each that was answered is there once, none is there by
// half, and balances and totals are what the rows come to.
func TestCrashesLoseNoMoney(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const rounds, clients = 8, 16
		s := start(t, databaseURL, "--session-rate", "off")
		token := bearer(s.register(t, "john.doe@example.com"))
		accounts := s.twoAccounts(t, token)
		db := testdb.Connect(t, databaseURL)
		p := &payments{accounts: accounts, token: token, answered: map[string]bool{}}
		for round := range rounds {
			if round > 0 {
				s = start(t, databaseURL, "--session-rate", "off")
			}
			stop := p.make(t.Context(), s, clients)
			p.await(t, p.count()+40+15*round)
			s.kill()
			stop()
			p.check(t, db)
			if t.Failed() {
				return
			}
		}
		if p.cut == 0 {
			t.Error("no call was cut off: the crashes came too late to show anything")
		}
	})
}

// twoAccounts makes two accounts in ARS with money in them and returns their
// ids.
func (s *server) twoAccounts(t *testing.T, token string) (ids [2]string) {
	t.Helper()
	for i := range ids {
		made := s.call(t, 201, "POST", "/api/accounts", fmt.Sprintf(`{"name":"Caja %d","type":"WALLET","currency":"ARS"}`, i), token)
		var account struct{ ID string }
		if err := json.Unmarshal([]byte(made.body), &account); err != nil {
			t.Fatal(err)
		}
		ids[i] = account.ID
		s.call(t, 200, "POST", "/api/accounts/"+ids[i]+"/deposit", `{"amount":1000000}`, token)
	}
	return ids
}

// payments are calls that move money, and what came of them.
type payments struct {
	accounts [2]string
	token    string

	mu       sync.Mutex
	next     int
	answered map[string]bool // descriptions
	cut      int
	problem  string
}

// make has clients pay until they are stopped or cut off: transfers to and fro,
// and expenses. Each call's description is its number.
func (p *payments) make(ctx context.Context, s *server, clients int) (stop func()) {
	ended := make(chan struct{})
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
				}
				if !p.pay(ctx, s) {
					return
				}
			}
		})
	}
	return func() {
		close(ended)
		all.Wait()
	}
}

func (p *payments) pay(ctx context.Context, s *server) bool {
	p.mu.Lock()
	p.next++
	n := p.next
	p.mu.Unlock()
	path, want := "/api/accounts/transfer", 200
	body := fmt.Sprintf(`{"fromAccountId":%q,"toAccountId":%q,"amount":0.5,"description":"%d"}`, p.accounts[n%2], p.accounts[1-n%2], n)
	if n%3 == 0 {
		path, want = "/api/transactions", 201
		body = fmt.Sprintf(`{"type":"EXPENSE","accountId":%q,"amount":0.25,"description":"%d"}`, p.accounts[n%2], n)
	}
	a, err := s.try(ctx, "POST", path, body, p.token)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err != nil:
		p.cut++
	case a.status != want:
		p.problem = fmt.Sprintf("%s: %d %s", path, a.status, a.body)
	default:
		p.answered[strconv.Itoa(n)] = true
	}
	return err == nil && a.status == want
}

func (p *payments) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.answered)
}

func (p *payments) await(t *testing.T, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d payments", n), func() error {
		if got := p.count(); got < n {
			return fmt.Errorf("there are %d", got)
		}
		return nil
	})
}

// check holds the database to what was answered, and to itself.
func (p *payments) check(t *testing.T, db *sqlx.DB) {
	t.Helper()
	if p.problem != "" {
		t.Error(p.problem)
	}
	rows := map[string]int{}
	for _, text := range column(t, db, `SELECT description FROM transactions`) {
		rows[text]++
	}
	twice := 0
	for n := 1; n <= p.next; n++ {
		name := strconv.Itoa(n)
		found := rows[name] + rows["Recibido: "+name]
		if found > 1 {
			twice++
		}
		if p.answered[name] && found == 0 {
			t.Errorf("payment %s was answered and is not there", name)
		}
	}
	if twice > 0 {
		t.Errorf("%d payments are there twice", twice)
	}
	for what, query := range map[string]string{
		"transfers with other than two legs": `
SELECT transfer_id FROM transactions WHERE transfer_id IS NOT NULL GROUP BY transfer_id HAVING COUNT(*) <> 2 OR COUNT(DISTINCT type) <> 2`,
		"accounts whose balance is not the sum of their rows": `
SELECT a.id FROM accounts a LEFT JOIN transactions t ON t.account_id = a.id AND t.deleted_at IS NULL
GROUP BY a.id, a.balance HAVING a.balance <> COALESCE(SUM(CASE WHEN t.type = 'INCOME' THEN t.amount ELSE -t.amount END), 0)`,
		"totals that are not the sum of their rows": `
SELECT p.category_id FROM period_totals p WHERE p.period = '' AND p.amount <> (
       SELECT COALESCE(SUM(t.amount), 0) FROM transactions t
       WHERE t.user_id = p.user_id AND t.deleted_at IS NULL AND COALESCE(t.account_id, '') = p.account_id
             AND COALESCE(t.category_id, '') = p.category_id AND t.type = p.type AND (t.transfer_id IS NOT NULL) = p.is_transfer)`,
	} {
		if found := column(t, db, query); len(found) > 0 {
			t.Errorf("%s: %v", what, found)
		}
	}
}

func column(t *testing.T, db *sqlx.DB, query string) (list []string) {
	t.Helper()
	if err := db.SelectContext(t.Context(), &list, query); err != nil {
		t.Fatal(err)
	}
	return list
}
