package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/docs"
	"example.com/alta/internal/testdb"
)

// TestWritesAreAllOrNothing makes the example call of each write that takes an
// Idempotency-Key while its response cannot be stored. The call fails and changes
// nothing. The retry makes the change once, and a repetition gets its response. A
// write that does not store its response in its own transaction fails this test.
func TestWritesAreAllOrNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		g, s := startWithGoogle(t, databaseURL), openTestDatabase(t, databaseURL)
		caller, key := g.person("caller@example.com"), g.secret("key")
		writes := 0
		for _, op := range readBook(t).Operations {
			if !op.Idempotent || op.Method == http.MethodGet {
				continue
			}
			writes++
			t.Run(op.ID, func(t *testing.T) {
				g.t, s.t = t, t
				example := exampleCall{method: op.Method, target: op.Request.Target(), body: op.Request.Body}
				if op.Credential.Header != "" {
					example.headers = []string{op.Credential.Header + ": " + op.Credential.Value}
				}
				e := &exampleRun{withGoogle: g, op: op, example: example, caller: caller, substitutes: map[string]string{docs.PlaceholderKey: key}}
				e.prepare()
				e.failsWhole(s)
			})
			g.t = t
		}
		if writes < 22 {
			t.Errorf("the contract has %d writes with an Idempotency-Key", writes)
		}
	})
}

// failsWhole makes the call while its response cannot be stored, repeats it
// twice, and checks which rows that leaves.
func (s *exampleRun) failsWhole(database *testDatabase) {
	s.t.Helper()
	call := func() *response {
		headers := append(s.realHeaders(), withKey(s.op.ID))
		return s.do(s.example.method, s.real(s.example.target), s.real(s.example.body), headers...)
	}
	before := database.effects(s.op)
	mend := database.failOn("UPDATE ON idempotent_calls", "NEW.response <> ''")
	failed := call()
	mend()
	if failed.Code < 500 {
		s.t.Errorf("it is answered %d %s without its answer stored", failed.Code, failed.Body)
	}
	if diff := cmp.Diff(before, database.effects(s.op)); diff != "" {
		s.t.Errorf("it failed, and left (-before +after):\n%s", diff)
	}
	first := call()
	if want := s.op.Success().Status; first.Code != want {
		s.t.Fatalf("the retry is answered %d %s, want %d", first.Code, first.Body, want)
	}
	after := database.effects(s.op)
	if slices.Equal(before, after) {
		s.t.Error("the retry did nothing")
	}
	call().replayed(first)
	if diff := cmp.Diff(after, database.effects(s.op)); diff != "" {
		s.t.Errorf("the third call did something (-before +after):\n%s", diff)
	}
}

// effects returns every row that the operation may change: all but the stored
// responses and, for a call with a key, its charge, which is refunded
// separately.
func (s *testDatabase) effects(op *docs.Operation) (rows []string) {
	s.t.Helper()
	beside := []string{"idempotent_calls"}
	if op.Credential.Placeholder == docs.PlaceholderKey {
		beside = append(beside, "ledgers", "token_transactions", "token_usage")
	}
	for _, row := range testdb.Dump(s.t, s.url) {
		table, _, _ := strings.Cut(row, " ")
		if !slices.Contains(beside, table) {
			rows = append(rows, row)
		}
	}
	return rows
}
