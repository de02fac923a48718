package e2e

import (
	"fmt"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestTokensBuyExactlySoManyCalls has 64 clients use up a balance, at one
// server and at four on one database.
func TestTokensBuyExactlySoManyCalls(t *testing.T) {
	for _, test := range []struct {
		path          string
		price, tokens int
		servers       int
		postgres      bool
	}{
		{"/api/accounts", 1, 1503, 1, false},
		{"/api/v1/sandbox", 10, 6007, 1, false},
		{"/api/accounts", 1, 1503, 4, true},
		{"/api/v1/sandbox", 10, 6007, 4, true},
	} {
		t.Run(fmt.Sprintf("%d for %d at %d", test.tokens, test.price, test.servers), func(t *testing.T) {
			use := func(t *testing.T, databaseURL string) {
				t.Parallel()
				useUp(t, databaseURL, test.servers, test.path, test.price, test.tokens)
			}
			if test.postgres {
				use(t, testdb.Postgres(t))
			} else {
				testdb.Each(t, use)
			}
		})
	}
}

func useUp(t *testing.T, databaseURL string, replicas int, path string, price, tokens int) {
	t.Helper()
	var servers []*server
	for range replicas {
		servers = append(servers, start(t, databaseURL))
	}
	d := servers[0].developer(t, databaseURL, "john.doe@example.com").rich(t, databaseURL, tokens)
	y := newTally()
	wait := pound(t.Context(), y, 64, servers, d.key, path)
	y.await(t, 402, 64) // each client stops with one
	wait()
	y.only(t, 200, 402)
	if got, want := y.count(200), tokens/price; got != want || y.cut != 0 {
		t.Errorf("%d calls were answered 200 and %d not at all, want %d and none", got, y.cut, want)
	}
	db, left := testdb.Connect(t, databaseURL), tokens%price
	if took := checkCharged(t, db, y, int64(price)); took != int64(tokens-left) {
		t.Errorf("the calls took %d tokens, want %d", took, tokens-left)
	}
	checkBalance(t, databaseURL, db, int64(left))
	for _, s := range servers {
		if a := s.call(t, 402, "GET", path, "", byKey(d.key)); !strings.Contains(a.body, fmt.Sprintf(`"current_balance":%d,"required_cost":%d,`, left, price)) {
			t.Errorf("402: got %s", a.body)
		}
	}
}

// TestOperatorsGrantUnderLoad has tokens given and taken beside a server that
// charges for calls: two processes write to one ledger.
func TestOperatorsGrantUnderLoad(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const tokens = 1_000_000
		s := start(t, databaseURL)
		d := s.developer(t, databaseURL, "john.doe@example.com").rich(t, databaseURL, tokens)
		y := newTally()
		stop := pound(t.Context(), y, 32, []*server{s}, d.key, "/api/accounts")
		y.await(t, 200, 50)
		for i := range 6 {
			alta(t, databaseURL, "", "tokens", "grant", d.email, []string{"1000", "-300"}[i%2], "--reason", "under load")
			y.await(t, 200, y.count(200)+50)
		}
		stop()
		y.only(t, 200)
		db := testdb.Connect(t, databaseURL)
		checkBalance(t, databaseURL, db, tokens+3*1000-3*300-checkCharged(t, db, y, 1))
		if y.cut != 0 {
			t.Errorf("%d calls were not answered", y.cut)
		}
	})
}
