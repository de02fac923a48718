package repo_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestInChunks: every row is in exactly one chunk, in order, and there are few
// sizes of chunks.
func TestInChunks(t *testing.T) {
	lengths := map[int]bool{}
	for n := range 301 {
		next, statements := 0, 0
		err := repo.InChunks(n, func(from, to int) error {
			if from != next || to <= from || to-from > repo.MaxChunk {
				t.Errorf("of %d: from %d to %d, after %d", n, from, to, next)
			}
			lengths[to-from] = true
			next = to
			statements++
			return nil
		})
		if err != nil || next != n || statements > n/repo.MaxChunk+2 {
			t.Errorf("of %d: the last is %d after %d statements, %v", n, next, statements, err)
		}
	}
	if len(lengths) > 22 {
		t.Errorf("there are %d lengths: %v", len(lengths), lengths)
	}
	calls, own := 0, errors.New("no more")
	err := repo.InChunks(3*repo.MaxChunk, func(int, int) error {
		calls++
		return own
	})
	if err != own || calls != 1 {
		t.Errorf("a chunk that fails: %v after %d calls, want one", err, calls)
	}
}

// TestManyRows writes and reads more rows than one statement can hold.
func TestManyRows(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		for _, n := range []int{1, 63, 64, 65, 200} {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				r, _ := migrated(t, newDatabase(t, databaseURL))
				checkManyRows(t, r, manyUsers(t, r, n))
			})
		}
	})
}

// manyUsers creates n users with ledgers and returns their ids, sorted.
func manyUsers(t *testing.T, r *repo.Repo, n int) (ids []uuid.UUID) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) error {
		for i := range n {
			user, err := tx.CreateUser(t.Context(), newUser(address(i)))
			if err != nil {
				return err
			}
			ids = append(ids, user.ID)
			if err := tx.OpenLedger(t.Context(), user.ID, freePlan, refillAt, repo.TokenCause{Endpoint: "POST /", RequestID: "grant"}); err != nil {
				return err
			}
		}
		return nil
	})
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return ids
}

// checkManyRows takes i+1 tokens from the i-th user, in one transaction.
func checkManyRows(t *testing.T, r *repo.Repo, ids []uuid.UUID) {
	t.Helper()
	next := refillAt.Add(time.Hour + time.Microsecond)
	var requests []string
	write(t, r, func(tx *repo.Tx) error {
		ledgers, err := tx.LockLedgers(t.Context(), append(slices.Clone(ids), uuid.New()))
		if err != nil || len(ledgers) != len(ids) {
			return fmt.Errorf("LockLedgers found %d, %w", len(ledgers), err)
		}
		rows, usage := make([]repo.TokenRow, len(ids)), make([]repo.Usage, len(ids))
		for i, id := range ids {
			if ledgers[i].UserID != id || ledgers[i].Balance != 2000 || ledgers[i].Plan != "free" || ledgers[i].Quota != 2000 {
				t.Errorf("ledger %d is %+v, want that of %s", i, ledgers[i], id)
			}
			ledgers[i].Balance -= int64(i + 1)
			ledgers[i].RefillAt = &next
			requests = append(requests, fmt.Sprint("request ", i))
			rows[i] = repo.TokenRow{
				UserID: id, Delta: -int64(i + 1), Kind: repo.TokensDebit, Endpoint: "GET /", RequestID: requests[i], CycleStart: &start,
			}
			usage[i] = repo.Usage{UserID: id, Day: "2026-03-04", Endpoint: "GET /", Tokens: int64(i + 1), Calls: 1}
		}
		return errors.Join(tx.AddTokenRows(t.Context(), rows), tx.SetLedgers(t.Context(), ledgers),
			tx.AddUsage(t.Context(), usage), tx.AddUsage(t.Context(), usage))
	})
	found := writeResult(t, r, func(tx *repo.Tx) ([]repo.TokenRow, error) {
		sought := []repo.UserRequest{{UserID: ids[0], RequestID: "grant"}, {UserID: ids[0], RequestID: "another"}}
		for i, id := range ids {
			sought = append(sought, repo.UserRequest{UserID: id, RequestID: requests[i]})
		}
		return tx.TokenRowsOf(t.Context(), repo.TokensDebit, sought)
	})
	if len(found) != len(ids) {
		t.Errorf("TokenRowsOf found %d, want %d", len(found), len(ids))
	}
	for i, id := range ids {
		l, err := r.Ledger(t.Context(), id)
		if err != nil || l.Balance != int64(2000-i-1) || !l.RefillAt.Equal(next) || !l.PlanStartedAt.Equal(start) {
			t.Errorf("ledger %d is %+v, %v", i, l, err)
		}
		row := slices.IndexFunc(found, func(row repo.TokenRow) bool { return row.UserID == id })
		if row < 0 || found[row].Delta != -int64(i+1) || found[row].RequestID != requests[i] || !found[row].CycleStart.Equal(start) {
			t.Errorf("the row of ledger %d is not found as it was written", i)
		}
		days, err := r.DailyUsage(t.Context(), id, "2026-03-04")
		want := []repo.Usage{{Day: "2026-03-04", Tokens: 2 * int64(i+1), Calls: 2}}
		if diff := cmp.Diff(want, days); diff != "" || err != nil {
			t.Errorf("usage of ledger %d: %v (-want +got):\n%s", i, err, diff)
		}
	}
	if bad, total, err := r.VerifyLedgers(t.Context()); err != nil || len(bad) > 0 || total != len(ids) {
		t.Errorf("VerifyLedgers = %v, %d, %v; want %d that add up", bad, total, err, len(ids))
	}
}
