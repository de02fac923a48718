package e2e

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"

	"github.com/jmoiron/sqlx"

	"example.com/alta/internal/testdb"
)

// TestCrashesLoseAndDoubleNothing kills a server again and again in the middle of
// paid reads, transfers and expenses, and compares the database with what was
// answered. Each answered call was charged once; each answered payment is there
// once, and none is there in part.
func TestCrashesLoseAndDoubleNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const rounds, tokens = 10, 9_000_000
		s := start(t, databaseURL)
		d := s.developer(t, databaseURL, "john.doe@example.com").withTokens(t, databaseURL, tokens)
		accounts := s.twoAccounts(t, bearer(d.session))
		reads, payments := newLoad(16, getByKey("/api/accounts", d.key)), newLoad(16, paymentBetween(accounts, d.key))
		db := testdb.Connect(t, databaseURL)
		for round := range rounds {
			if round > 0 {
				s = start(t, databaseURL)
			}
			answered, unanswered := reads.successes()+payments.successes(), reads.unanswered+payments.unanswered
			stopReads, stopPayments := reads.start(t.Context(), s), payments.start(t.Context(), s)
			awaitCount(t, "calls succeed", answered+50+37*round, func() int { return reads.successes() + payments.successes() })
			s.kill()
			stopReads()
			stopPayments()
			if reads.unanswered+payments.unanswered == unanswered {
				t.Errorf("round %d: no call was cut off: the crash came too late to show anything", round)
			}
			took := checkCharged(t, db, 1, reads, payments)
			if n := count(t, db, `SELECT balance FROM ledgers`); int64(n) != tokens-took {
				t.Errorf("round %d: the balance is %d, want %d", round, n, tokens-took)
			}
			checkUnanswered(t, took, reads, payments)
			checkPayments(t, db, payments)
			if t.Failed() {
				return
			}
		}
		reads.expectOnly(t, 200)
		payments.expectOnly(t, 200, 201)
		checkBalance(t, databaseURL, db, tokens-checkCharged(t, db, 1, reads, payments))
	})
}

// checkUnanswered fails the test if more or fewer tokens were taken than calls of
// one token may account for: those that succeeded and some that were cut off.
func checkUnanswered(t *testing.T, took int64, loads ...*load) {
	t.Helper()
	succeeded, unanswered := 0, 0
	for _, l := range loads {
		succeeded += len(l.succeeded)
		unanswered += l.unanswered
	}
	if rest := took - int64(succeeded); rest < 0 || rest > int64(unanswered) {
		t.Errorf("%d calls were charged, %d succeeded and %d were cut off", took, succeeded, unanswered)
	}
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

// paymentBetween moves money: transfers to and fro, and expenses. Each call's
// description is its number.
func paymentBetween(accounts [2]string, key string) func(n int) request {
	return func(n int) request {
		r := request{method: "POST", path: "/api/accounts/transfer", headers: []string{byKey(key)}}
		r.body = fmt.Sprintf(`{"fromAccountId":%q,"toAccountId":%q,"amount":0.5,"description":"%d"}`, accounts[n%2], accounts[1-n%2], n)
		if n%3 == 0 {
			r.path = "/api/transactions"
			r.body = fmt.Sprintf(`{"type":"EXPENSE","accountId":%q,"amount":0.25,"description":"%d"}`, accounts[n%2], n)
		}
		return r
	}
}

// checkPayments compares the database with what was answered, and with itself.
func checkPayments(t *testing.T, db *sqlx.DB, payments *load) {
	t.Helper()
	rows := map[string]int{}
	for _, text := range selectTexts(t, db, `SELECT description FROM transactions WHERE description IS NOT NULL`) {
		rows[text]++
	}
	made := func(n int) int { return rows[strconv.Itoa(n)] + rows["Received: "+strconv.Itoa(n)] } // developers' texts are in English
	twice := 0
	for n := 1; n <= payments.made; n++ {
		if made(n) > 1 {
			twice++
		}
	}
	if twice > 0 {
		t.Errorf("%d payments are there twice", twice)
	}
	for _, s := range payments.succeeded {
		if made(s.n) == 0 {
			t.Errorf("payment %d was answered and is not there", s.n)
		}
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
		if found := selectTexts(t, db, query); len(found) > 0 {
			t.Errorf("%s: %v", what, found)
		}
	}
}
