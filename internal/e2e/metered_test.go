package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
)

// developer is a user of the API door with a proved address and a key.
type developer struct{ email, session, keyID, key string }

// developer signs somebody up by invite and makes a key. The server has to
// have the development mailbox.
func (s *server) developer(t *testing.T, databaseURL, email string) developer {
	t.Helper()
	a, err := s.tryRegister(t.Context(), email, s.invite(t, databaseURL))
	if err != nil {
		t.Fatal(err)
	}
	checkRegistered(t, email, a)
	s.readMailAndVerify(t)
	d := developer{email: email, session: s.call(t, 200, "POST", "/api/v1/auth/login", credentials(email, password)).token(t)}
	d.keyID, d.key = madeKey(t, s.call(t, 201, "POST", "/api/v1/account/api-keys", `{"name":"test"}`, bearer(d.session)))
	return d
}

// madeKey returns the key of an answer that makes one.
func madeKey(t *testing.T, a answer) (id, key string) {
	t.Helper()
	var made struct{ ID, Key string }
	if err := json.Unmarshal([]byte(a.body), &made); err != nil || made.ID == "" || !apiKey.MatchString(made.Key) {
		t.Fatalf("%v: no key in %s", err, a.body)
	}
	return made.ID, made.Key
}

func byKey(key string) string { return "X-API-Key: " + key }

// rich has the balance at exactly n tokens, and the limit of the free plan out
// of the way.
func (d developer) rich(t *testing.T, databaseURL string, n int) developer {
	t.Helper()
	alta(t, databaseURL, "", "plan", "set", "free", "--requests-per-minute", "1000000")
	alta(t, databaseURL, "", "tokens", "grant", d.email, fmt.Sprint(n-2000), "--reason", "for a test")
	return d
}

// tally is what became of many calls.
type tally struct {
	mu       sync.Mutex
	statuses map[int]int
	charged  []string        // request ids of the calls that were answered 200
	refused  map[string]bool // and of those that were answered 503
	cut      int             // calls that were not answered
}

func newTally() *tally { return &tally{statuses: map[int]int{}, refused: map[string]bool{}} }

func (y *tally) add(a answer, err error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if err != nil {
		y.cut++
		return
	}
	y.statuses[a.status]++
	switch id := a.header.Get("X-Request-Id"); a.status {
	case 200:
		y.charged = append(y.charged, id)
	case 503:
		y.refused[id] = true
	}
}

func (y *tally) count(status int) int {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.statuses[status]
}

// await waits until so many calls have been answered with the status.
func (y *tally) await(t *testing.T, status, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d calls are answered %d", n, status), func() error {
		if got := y.count(status); got < n {
			return fmt.Errorf("%d are", got)
		}
		return nil
	})
}

// only fails the test when a call was answered with another status.
func (y *tally) only(t *testing.T, wanted ...int) {
	t.Helper()
	others := 0
	for _, n := range y.statuses {
		others += n
	}
	for _, status := range wanted {
		others -= y.statuses[status]
	}
	if others != 0 {
		t.Errorf("the calls were answered %v, want none but %v", y.statuses, wanted)
	}
}

// pound has clients call the path by key, client i at server i of them in turn,
// each until it is stopped, cut off or told that the tokens are used up.
func pound(ctx context.Context, y *tally, clients int, servers []*server, key, path string) (stop func()) {
	ended := make(chan struct{})
	var all sync.WaitGroup
	for i := range clients {
		s := servers[i%len(servers)]
		all.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
				}
				a, err := s.try(ctx, "GET", path, "", byKey(key))
				y.add(a, err)
				if err != nil || a.status == 402 {
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

// ledgerRows returns the rows of the debit and refund kinds by request id: how
// many of them there are, and what they come to.
func ledgerRows(t *testing.T, db *sqlx.DB) (debits map[string]int, sums map[string]int64) {
	t.Helper()
	var rows []struct {
		RequestID string `db:"request_id"`
		Kind      string `db:"kind"`
		Delta     int64  `db:"delta"`
	}
	if err := db.SelectContext(t.Context(), &rows,
		`SELECT request_id, kind, delta FROM token_transactions WHERE kind IN ('debit', 'refund')`); err != nil {
		t.Fatal(err)
	}
	debits, sums = map[string]int{}, map[string]int64{}
	for _, row := range rows {
		if sums[row.RequestID] += row.Delta; row.Kind == "debit" {
			debits[row.RequestID]++
		}
	}
	return debits, sums
}

// checkCharged fails the test unless each call that was answered 200 is in the
// ledger once at its price, nothing is there twice, and what was answered 503
// comes to nothing. It returns how many tokens the calls took altogether.
func checkCharged(t *testing.T, db *sqlx.DB, y *tally, price int64) (took int64) {
	t.Helper()
	debits, sums := ledgerRows(t, db)
	seen := map[string]bool{}
	for _, id := range y.charged {
		if seen[id] {
			t.Errorf("two calls had the request id %s", id)
		}
		if seen[id] = true; debits[id] != 1 || sums[id] != -price {
			t.Errorf("the call %s was answered, and has %d debits in the ledger that come to %d, want 1 and %d", id, debits[id], sums[id], -price)
		}
	}
	for id, n := range debits {
		if n != 1 || sums[id] != -price && sums[id] != 0 {
			t.Errorf("the call %s has %d debits, which come to %d with refunds", id, n, sums[id])
		}
		if y.refused[id] && sums[id] != 0 {
			t.Errorf("the call %s was answered 503 and cost %d", id, -sums[id])
		}
	}
	for _, sum := range sums {
		took -= sum
	}
	return took
}

// checkBalance fails the test unless the one ledger there is has the balance,
// and adds up.
func checkBalance(t *testing.T, databaseURL string, db *sqlx.DB, want int64) {
	t.Helper()
	if got := int64(count(t, db, `SELECT balance FROM ledgers`)); got != want {
		t.Errorf("the balance is %d, want %d", got, want)
	}
	if got := alta(t, databaseURL, "", "ledger", "verify"); strings.TrimSpace(got) != "1 ledgers, all of them add up" {
		t.Errorf("ledger verify: %s", got)
	}
}
