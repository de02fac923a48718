package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestFailuresOfStrangersAreBoundedAtOnce: 64 wrong passwords for fresh addresses at two
// servers, when the hour and the table are nearly full, leave as many events and rows as
// the bounds say, and all get their answer. A user who is guessed at is locked as ever.
func TestFailuresOfStrangersAreBoundedAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		servers := []*harness{h, start(t, databaseURL)}
		h.register("ada@example.com")
		for range 2 {
			h.do("POST", doors[0], credentials("ada@example.com", "a wrong password")).status(401)
		}
		stored := func(at time.Time) any {
			if repo.IsPostgres(databaseURL) {
				return at
			}
			return at.UnixMicro()
		}
		now := repo.Truncate(h.clock.Now())
		s.db.MustExec(`INSERT INTO audit_tallies (kind, about_user, hour, events) VALUES ('login_failed', FALSE, $1, $2)`,
			stored(now.Truncate(time.Hour)), repo.MaxStrangerEvents-5)
		s.db.MustExec(`
INSERT INTO login_failures (bucket, failures, last_at)
WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 9990) SELECT 'old ' || i, 1, $1 FROM numbers`,
			stored(now.Add(-time.Minute)))

		answers := make([][]*response, len(servers))
		var all sync.WaitGroup
		for k, server := range servers {
			all.Go(func() {
				answers[k] = server.together(clients/len(servers), func(i int) *http.Request {
					return request("POST", doors[i%2], credentials(fmt.Sprintf("nobody%d.%d@example.com", k, i), password))
				})
			})
		}
		all.Wait()
		if got := statuses(slices.Concat(answers...)); got[401] != clients {
			t.Errorf("answers: %v", got)
		}
		h.do("POST", doors[0], credentials("another@example.com", password)).status(401) // one at a time makes room
		if n := s.count("login_failures"); n > 10_000+1 || n < 10_000-clients {
			t.Errorf("%d rows of failures, want 10,000 and the user's", n)
		}
		var details []string
		if err := s.db.Select(&details, `SELECT detail FROM audit_events WHERE kind = 'login_failed' AND user_id IS NULL ORDER BY detail DESC`); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("and %d more about nobody's addresses", clients+1-5); len(details) != 6 || details[0][:len(want)] != want {
			t.Errorf("the events are %q, want five and one that sums up", details)
		}
		for range 3 {
			h.do("POST", doors[0], credentials("ada@example.com", "a wrong password")).status(401)
		}
		h.do("POST", doors[0], credentials("ada@example.com", password)).status(429)
	})
}
