package handlers_test

import (
	"fmt"
	"net/http"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestListsAreOfOneZone: while the user moves between zones, each of 64 lists of a month
// has all days of the month, and no others.
func TestListsAreOfOneZone(t *testing.T) {
	zones := []string{"Pacific/Kiritimati", "Pacific/Honolulu"}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		m := newMover(start(t, databaseURL), "ada@example.com", zones[1], 1)
		for _, day := range []string{"2026-02-28", "2026-03-01", "2026-03-15", "2026-03-31", "2026-04-01"} {
			m.add(day, day)
		}
		for range 4 {
			answers := m.together(64, func(i int) *http.Request {
				if i%8 == 0 {
					return request("PATCH", "/api/users/me", fmt.Sprintf(`{"timezone":%q}`, zones[i/8%2]), m.bearer)
				}
				return request("GET", "/api/transactions?month=3&year=2026", "", m.bearer)
			})
			for i, answer := range answers {
				if answer.status(200); i%8 == 0 {
					continue
				}
				got := []string{answer.get("meta.total")}
				for n := range 3 {
					got = append(got, answer.get(fmt.Sprintf("data.%d.description", n)))
				}
				if want := "[3 2026-03-31 2026-03-15 2026-03-01]"; fmt.Sprint(got) != want {
					t.Fatalf("a list has %q, want %s", got, want)
				}
			}
		}
	})
}
