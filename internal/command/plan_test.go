package command_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func TestPlanList(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		want := "PLAN  TOKENS A MONTH  REQUESTS A MINUTE  PRICE\n" +
			"free  2000            60                 $0.00\n" +
			"paid  200000          600                $29.00\n"
		if got := run(t, env, "plan", "list").ok().stdout; got != want {
			t.Errorf("table: got\n%swant\n%s", got, want)
		}
		run(t, env, "plan", "set", "free", "--price-cents", "105").ok()
		want = `{"name":"free","tokens_per_month":2000,"requests_per_minute":60,"price_cents":105}` + "\n" +
			`{"name":"paid","tokens_per_month":200000,"requests_per_minute":600,"price_cents":2900}` + "\n"
		if got := run(t, env, "plan", "list", "--json").ok().stdout; got != want {
			t.Errorf("--json: got\n%swant\n%s", got, want)
		}
		if got := run(t, env, "plan", "list").ok().stdout; !strings.Contains(got, " $1.05\n") {
			t.Errorf("cents: got\n%s", got)
		}
	})
}

// TestPlanSet changes one value after the other. Values that are not named stay.
func TestPlanSet(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env, r := storage(t, databaseURL), openRepo(t, databaseURL, time.Now)
		for i, test := range []struct {
			args  []string
			want  repo.Plan
			price string
		}{
			{[]string{"--tokens", "5000"}, repo.Plan{Name: "free", TokensPerMonth: 5000, RequestsPerMinute: 60}, "$0.00"},
			{[]string{"--requests-per-minute", "90"}, repo.Plan{Name: "free", TokensPerMonth: 5000, RequestsPerMinute: 90}, "$0.00"},
			{[]string{"--price-cents", "1234"}, repo.Plan{Name: "free", TokensPerMonth: 5000, RequestsPerMinute: 90, PriceCents: 1234}, "$12.34"},
			{[]string{"--tokens", "0", "--requests-per-minute", "1", "--price-cents", "0"}, repo.Plan{Name: "free", RequestsPerMinute: 1}, "$0.00"},
			{[]string{"--tokens=1000000000", "--requests-per-minute=1000000", "--price-cents=100000000"},
				repo.Plan{Name: "free", TokensPerMonth: 1_000_000_000, RequestsPerMinute: 1_000_000, PriceCents: 100_000_000}, "$1000000.00"},
		} {
			printed := run(t, env, append([]string{"plan", "set", "free"}, test.args...)...).ok().stdout
			summary := fmt.Sprintf("free: %d tokens a month, %d requests a minute, ", test.want.TokensPerMonth, test.want.RequestsPerMinute)
			if want := summary + test.price + "\n"; printed != want {
				t.Errorf("%v: got %q, want %q", test.args, printed, want)
			}
			if got, err := r.Plan(t.Context(), "free"); err != nil || got != test.want {
				t.Errorf("%v: %v: the plan is %+v, want %+v", test.args, err, got, test.want)
			}
			events, err := r.AuditEvents(t.Context(), 20)
			if err != nil || len(events) != i+1 {
				t.Fatalf("%v: %v: there are %d audit events, want %d", test.args, err, len(events), i+1)
			}
			detail := fmt.Sprintf("%s%d cents", summary, test.want.PriceCents)
			if e := events[0]; e.Kind != repo.AuditPlanSet || e.Actor != repo.ActorOperator || e.UserID != nil || e.Detail != detail {
				t.Errorf("%v: the audit event is %+v, want %q", test.args, e, detail)
			}
		}
		if other, err := r.Plan(t.Context(), "paid"); err != nil || other != (repo.Plan{Name: "paid", TokensPerMonth: 200_000, RequestsPerMinute: 600, PriceCents: 2900}) {
			t.Errorf("%v: another plan was changed: %+v", err, other)
		}
	})
}

// TestPlanSetRefusals: a refused command changes nothing, even if some of its
// values are valid.
func TestPlanSetRefusals(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env, r := storage(t, databaseURL), openRepo(t, databaseURL, time.Now)
		before, err := r.Plans(t.Context())
		if err != nil || len(before) != 2 {
			t.Fatalf("%v: the plans are %+v", err, before)
		}
		for _, test := range []struct {
			name  string
			args  []string
			wants []string
		}{
			{"nothing", []string{"free"}, []string{"--tokens, --requests-per-minute or --price-cents"}},
			{"unknown plan", []string{"gold", "--tokens", "1"}, []string{"there is no plan gold; there are free and paid"}},
			{"a plan of another case", []string{"Free", "--tokens", "1"}, []string{"there is no plan Free"}},
			{"no plan at all", []string{"none", "--tokens", "1"}, []string{"there is no plan none"}},
			{"tokens below", []string{"free", "--tokens=-1"}, []string{"--tokens: ", "from 0 to 1000000000"}},
			{"tokens above", []string{"free", "--tokens", "1000000001"}, []string{"--tokens: ", "from 0 to 1000000000"}},
			{"tokens in words", []string{"free", "--tokens", "many"}, []string{"--tokens: ", `"many"`}},
			{"no requests", []string{"free", "--requests-per-minute", "0"}, []string{"--requests-per-minute: ", "from 1 to 1000000"}},
			{"requests above", []string{"free", "--requests-per-minute", "1000001"}, []string{"--requests-per-minute: ", "from 1 to 1000000"}},
			{"price below", []string{"free", "--price-cents=-1"}, []string{"--price-cents: ", "from 0 to 100000000"}},
			{"price above", []string{"free", "--price-cents", "100000001"}, []string{"--price-cents: ", "from 0 to 100000000"}},
			{"price in dollars", []string{"free", "--price-cents", "29.00"}, []string{"--price-cents: "}},
			{"one good, two bad", []string{"free", "--tokens", "7", "--price-cents", "x", "--requests-per-minute", "y"},
				[]string{"--price-cents: ", "--requests-per-minute: "}},
		} {
			t.Run(test.name, func(t *testing.T) {
				run(t, env, append([]string{"plan", "set"}, test.args...)...).fails(test.wants...)
			})
		}
		after, err := r.Plans(t.Context())
		if err != nil || len(after) != 2 || after[0] != before[0] || after[1] != before[1] {
			t.Errorf("%v: the plans are %+v, want %+v", err, after, before)
		}
		if events, err := r.AuditEvents(t.Context(), 1); err != nil || len(events) != 0 {
			t.Errorf("%v: nothing happened, and there are audit events: %+v", err, events)
		}
	})
}
