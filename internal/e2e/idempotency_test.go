package e2e

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"example.com/alta/internal/testdb"
)

// retryUntilAnswered repeats the calls by Idempotency-Key until each is answered 200,
// and fails the test unless that answer stays the same.
func retryUntilAnswered(t *testing.T, s *server, d developer, path string, keys []string) (bodies map[string]string) {
	t.Helper()
	bodies = map[string]string{}
	for _, key := range keys {
		eventually(t, "the call "+key+" is answered", func() error {
			a, err := s.try(t.Context(), "GET", path, "", byKey(d.key), idempotencyKey(key))
			if err != nil || a.status != 200 {
				return fmt.Errorf("got %d %s (%w)", a.status, a.body, err)
			}
			bodies[key] = a.body
			return nil
		})
		replayed := s.call(t, 200, "GET", path, "", byKey(d.key), idempotencyKey(key))
		if replayed.body != bodies[key] || replayed.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s: got %q (%v), want the answer from before, %q", key, replayed.body, replayed.header, bodies[key])
		}
	}
	return bodies
}

// checkOneDebitEach fails the test unless there are as many debits as keys, each of
// its own request, and as many stored responses.
func checkOneDebitEach(t *testing.T, db *sqlx.DB, keys []string) {
	t.Helper()
	debits, sums := ledgerRows(t, db)
	standing := 0
	for id := range debits {
		if sums[id] != 0 {
			standing++
		}
	}
	if standing != len(keys) {
		t.Errorf("%d debits stand, want one for each of %d keys", standing, len(keys))
	}
	if n := count(t, db, `SELECT COUNT(*) FROM idempotent_calls WHERE leased_until IS NULL`); n != len(keys) {
		t.Errorf("%d calls are remembered, want %d", n, len(keys))
	}
}

// hangUp makes a call by Idempotency-Key and closes the connection after a while,
// without reading the answer.
func hangUp(t *testing.T, s *server, path, key, idempotency string, after time.Duration) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: alta\r\n%s\r\n%s\r\n\r\n", path, byKey(key), idempotencyKey(idempotency))
	time.Sleep(after)
}

// TestRetryAfterALostAnswer hangs up at different moments of a call, and makes it
// again.
func TestRetryAfterALostAnswer(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const tokens = 100_000
		s := start(t, databaseURL)
		d := s.developer(t, databaseURL, "john.doe@example.com").withTokens(t, databaseURL, tokens)
		var keys []string
		var all sync.WaitGroup
		for i := range 120 {
			key := fmt.Sprintf("lost-%d", i)
			keys = append(keys, key)
			all.Go(func() { hangUp(t, s, "/api/accounts", d.key, key, time.Duration(i)*100*time.Microsecond) })
		}
		all.Wait()
		retryUntilAnswered(t, s, d, "/api/accounts", keys)
		db := testdb.Connect(t, databaseURL)
		checkOneDebitEach(t, db, keys)
		checkBalance(t, databaseURL, db, tokens-int64(len(keys)))
	})
}

// TestRetryAfterHangingUpWhileCharged hangs up while the call is being charged: the
// charge is made, and the retry must not be charged again.
func TestRetryAfterHangingUpWhileCharged(t *testing.T) {
	t.Parallel()
	const tokens = 100_000
	databaseURL := testdb.Postgres(t)
	s := start(t, databaseURL)
	d := s.developer(t, databaseURL, "john.doe@example.com").withTokens(t, databaseURL, tokens)
	db := testdb.Connect(t, databaseURL)
	release := holdLedger(t, db)
	hangUp(t, s, "/api/accounts", d.key, "held", 200*time.Millisecond)
	time.Sleep(200 * time.Millisecond) // the server notices
	release()
	retryUntilAnswered(t, s, d, "/api/accounts", []string{"held"})
	checkOneDebitEach(t, db, []string{"held"})
	checkBalance(t, databaseURL, db, tokens-1)
}

// holdLedger locks the ledger in PostgreSQL until it is released.
func holdLedger(t *testing.T, db *sqlx.DB) (release func()) {
	t.Helper()
	tx, err := db.BeginTxx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() }) // if the test ends before
	if _, err := tx.Exec(`SELECT 1 FROM ledgers FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	return func() { _ = tx.Rollback() }
}

// TestRetryAfterACrash kills the server in the middle of calls by
// Idempotency-Key. Until the lease of a call that was cut off is over, a retry
// is told to wait; after that it takes the call over, with its debit.
func TestRetryAfterACrash(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const tokens, clients, enough = 100_000, 48, 60
		s := start(t, databaseURL)
		d := s.developer(t, databaseURL, "john.doe@example.com").withTokens(t, databaseURL, tokens)
		keys, answered := crashAmidKeys(t, s, d, clients, enough)
		db := testdb.Connect(t, databaseURL)
		s = start(t, databaseURL)
		retryAtOnce(t, s, d, keys, answered)
		debits, _ := ledgerRows(t, db)
		if len(debits) > len(keys) {
			t.Errorf("%d calls have %d debits", len(keys), len(debits))
		}
		expireLeases(t, db, databaseURL, "idempotent_calls")
		bodies := retryUntilAnswered(t, s, d, "/api/accounts", keys)
		for key, first := range answered {
			if bodies[key] != first {
				t.Errorf("%s: got %s, want the first answer, %s", key, bodies[key], first)
			}
		}
		checkOneDebitEach(t, db, keys)
		checkBalance(t, databaseURL, db, tokens-int64(len(keys)))
	})
}

// retryAtOnce makes each call once more. It fails the test unless the call is
// answered as before or, if it was cut off, told to wait.
func retryAtOnce(t *testing.T, s *server, d developer, keys []string, answered map[string]string) {
	t.Helper()
	held := 0
	for _, key := range keys {
		a, err := s.try(t.Context(), "GET", "/api/accounts", "", byKey(d.key), idempotencyKey(key))
		switch first, known := answered[key]; {
		case err != nil:
			t.Fatal(err)
		case a.status == 409 && a.header.Get("Retry-After") != "" && !known:
			held++
		case a.status != 200 || known && a.body != first:
			t.Errorf("%s: got %d %s; before the crash it was answered %q", key, a.status, a.body, first)
		}
	}
	if held == 0 {
		t.Error("no call was cut off in its middle: the crash shows nothing")
	}
}

// crashAmidKeys makes calls, each with its own key, and kills the server when enough
// are answered. It returns all keys, and the answers.
func crashAmidKeys(t *testing.T, s *server, d developer, clients, enough int) (keys []string, answered map[string]string) {
	t.Helper()
	answered = map[string]string{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("%d-%d", i, n)
				mu.Lock()
				keys = append(keys, key)
				mu.Unlock()
				a, err := s.try(t.Context(), "GET", "/api/accounts", "", byKey(d.key), idempotencyKey(key))
				if err != nil || a.status != 200 {
					return // it was cut off; this key is made again, too
				}
				mu.Lock()
				answered[key] = a.body
				mu.Unlock()
			}
		})
	}
	eventually(t, "calls are answered", func() error {
		mu.Lock()
		defer mu.Unlock()
		if len(answered) < enough {
			return fmt.Errorf("%d are", len(answered))
		}
		return nil
	})
	s.kill()
	all.Wait()
	return keys, answered
}
