package repo_test

import (
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

// TestKeptAnswersAreBounded: of the answers of one caller the newest ten thousand are
// kept, and the newest 16 MiB; those of others, and calls that are under way, stay.
func TestKeptAnswersAreBounded(t *testing.T) {
	const columns = "scope, key, fingerprint, request_id, response, created_at"
	large := "(SELECT substr(replace(hex, '0', '0123456789abcdef'), 1, 65536) FROM (SELECT '" + zeros(4096) + "' AS hex) AS text)"
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		answers := func(scope string) int {
			return queryInt(t, r, `SELECT COUNT(*) FROM idempotent_calls WHERE scope = '`+scope+`'`)
		}
		trim := func(scope string, want int64) {
			t.Helper()
			if n, err := r.TrimCalls(t.Context(), scope); err != nil || n != want {
				t.Errorf("TrimCalls of %s = %d, %v; want %d", scope, n, err, want)
			}
		}
		fill(t, databaseURL, "idempotent_calls", columns, "'many', 'old ' || i, '', '', 'x', $1", 1_300, c.Now())
		fill(t, databaseURL, "idempotent_calls", columns+", leased_until", "'many', 'running ' || i, '', '', '', $1, $1", 5, c.Now())
		c.Advance(time.Second)
		fill(t, databaseURL, "idempotent_calls", columns, "'many', 'new ' || i, '', '', 'x', $1", 9_995, c.Now())
		fill(t, databaseURL, "idempotent_calls", columns, "'few', 'key ' || i, '', '', 'x', $1", 20, c.Now())
		trim("few", 0)
		trim("many", 1_295)
		trim("many", 0)
		if n := queryInt(t, r, `SELECT COUNT(*) FROM idempotent_calls WHERE key LIKE 'new %' OR key LIKE 'running %'`); n != 10_000 {
			t.Errorf("%d of the newest answers are kept, want all 10,000", n)
		}
		fill(t, databaseURL, "idempotent_calls", columns, "'large', 'old ' || i, '', '', "+large+", $1", 50, c.Now())
		c.Advance(time.Second)
		fill(t, databaseURL, "idempotent_calls", columns, "'large', 'new ' || i, '', '', "+large+", $1", 250, c.Now())
		kept := retention
		kept.Call = 24 * time.Hour
		if n, err := r.Sweep(t.Context(), kept); n != 44 || err != nil {
			t.Errorf("Sweep = %d, %v; want 44", n, err)
		}
		if n := queryInt(t, r, `SELECT SUM(LENGTH(response)) FROM idempotent_calls WHERE scope = 'large'`); n != 16<<20 || answers("large") != 256 {
			t.Errorf("%d bytes of %d answers are kept, want 16 MiB", n, answers("large"))
		}
		if answers("few") != 20 {
			t.Errorf("%d answers of another caller are kept, want 20", answers("few"))
		}
	})
}
