package e2e

import (
	"fmt"
	"sync"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestSecondTakeOverIsChargedOnce refunds a call without releasing its key. A retry
// takes it over, is cut off, and is taken over by another one.
func TestSecondTakeOverIsChargedOnce(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.Postgres(t)
	s := start(t, databaseURL)
	d := s.developer(t, databaseURL, "john.doe@example.com")
	db := testdb.Connect(t, databaseURL)
	call := func() { s.call(t, 200, "GET", "/api/v1/sandbox", "", byKey(d.key), idempotencyKey("k")) }
	cutOff := func() {
		db.MustExec(`UPDATE idempotent_calls SET leased_until = '2020-01-01', response = ''`)
	}
	call()
	cutOff()
	db.MustExec(`INSERT INTO token_transactions (id, user_id, delta, kind, endpoint, request_id, created_at)
SELECT gen_random_uuid()::text, user_id, 10, 'refund', endpoint, request_id, created_at FROM token_transactions WHERE kind = 'debit'`)
	db.MustExec(`UPDATE ledgers SET balance = balance + 10`)
	call() // takes over, and is charged anew
	cutOff()
	call()
	checkOneDebitEach(t, db, []string{"k"})
}

// TestReleasedKeys makes calls while their key is being released: each is refused for
// lack of tokens, or because another call with the key is in progress.
func TestReleasedKeys(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.Postgres(t)
	s := start(t, databaseURL)
	d := s.developer(t, databaseURL, "john.doe@example.com").withTokens(t, databaseURL, 0)
	var all sync.WaitGroup
	var mu sync.Mutex
	got := map[int]int{}
	const callers, calls = 16, 50
	for range callers {
		all.Go(func() {
			for n := range calls {
				a, err := s.try(t.Context(), "GET", "/api/v1/sandbox", "", byKey(d.key), idempotencyKey(fmt.Sprint("key", n/25)))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				got[a.status]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if got[402]+got[409] != callers*calls {
		t.Errorf("got %v, want 402 and 409 alone", got)
	}
}
