package repo_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func addRequest(t testing.TB, r *repo.Repo, kind string) repo.MailRequest {
	t.Helper()
	m := repo.MailRequest{ID: uuid.New(), Kind: kind, Email: "sealed " + kind}
	write(t, r, func(tx *repo.Tx) error { return tx.AddMailRequest(t.Context(), m) })
	return m
}

func takeRequest(t testing.TB, r *repo.Repo, id uuid.UUID) (taken bool) {
	t.Helper()
	return writeResult(t, r, func(tx *repo.Tx) (bool, error) { return tx.TakeMailRequest(t.Context(), id) })
}

func checkRequests(t testing.TB, r *repo.Repo, limit int, want ...repo.MailRequest) {
	t.Helper()
	got, err := r.MailRequests(t.Context(), limit)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if i < len(want) && got[i].ID == want[i].ID && !got[i].CreatedAt.IsZero() {
			want[i].CreatedAt = got[i].CreatedAt
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("up to %d requests (-want +got):\n%s", limit, diff)
	}
}

func TestMailRequests(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		checkRequests(t, r, 10)
		middle := addRequest(t, r, "middle")
		c.Set(start.Add(time.Microsecond))
		newest := addRequest(t, r, "newest")
		c.Set(start.Add(-time.Hour))
		oldest := addRequest(t, r, "oldest")
		checkRequests(t, r, 10, oldest, middle, newest)
		checkRequests(t, r, 2, oldest, middle)
		if !takeRequest(t, r, oldest.ID) || takeRequest(t, r, oldest.ID) || takeRequest(t, r, uuid.New()) {
			t.Error("a request is to be had once, if there is one")
		}
		checkRequests(t, r, 10, middle, newest)
	})
}

func TestTakeMailRequestAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		m, other := addRequest(t, r, "reset"), addRequest(t, r, "verification")
		const n = 64
		taken := make([]bool, n)
		for _, err := range atOnce(n, func(i int) error {
			return r.InTx(t.Context(), func(tx *repo.Tx) (err error) {
				taken[i], err = tx.TakeMailRequest(t.Context(), m.ID)
				return err
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		checkOne(t, taken)
		checkRequests(t, r, 10, other)
	})
}
