package handlers_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dunglas/httpsfv"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// policy returns the limit that the response announces: calls and window.
func (r *response) policy() (calls, window any) {
	r.t.Helper()
	limitHeaders(r.t, r, "data")
	list, err := httpsfv.UnmarshalList(r.Header().Values("RateLimit-Policy"))
	if err != nil {
		r.t.Fatal(err)
	}
	calls, _ = list[0].(httpsfv.Item).Params.Get("q")
	window, _ = list[0].(httpsfv.Item).Params.Get("w")
	return calls, window
}

// remaining returns the number of calls that the response says are left.
func (r *response) remaining() any {
	r.t.Helper()
	list, err := httpsfv.UnmarshalList(r.Header().Values("RateLimit"))
	if err != nil {
		r.t.Fatal(err)
	}
	n, _ := list[0].(httpsfv.Item).Params.Get("r")
	return n
}

// flood makes 150 concurrent calls by key and returns how many succeeded. The others
// are refused by the limit, and say when to retry.
func (h *harness) flood(keys ...string) (passed int) {
	h.t.Helper()
	for _, answer := range h.together(150, func(i int) *http.Request { return request("GET", "/api/accounts", "", keys[i%len(keys)]) }) {
		answer.policy()
		switch answer.Code {
		case 200:
			passed++
		case 429:
			if after := answer.Header().Get("Retry-After"); after == "" || answer.remaining() != int64(0) {
				h.t.Errorf("Retry-After is %q, and %v calls remain", after, answer.remaining())
			}
			answer.charged("", "")
		default:
			h.t.Errorf("got %d %s", answer.Code, answer.Body)
		}
	}
	return passed
}

// TestPlanLimit: of concurrent calls exactly as many pass as the plan allows, over
// all keys of the account. The others cost nothing.
func TestPlanLimit(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada, byron := h.customer("ada@example.com"), h.customer("byron@example.com")
	_, second := h.newKey(ada.session, `{"name":"second"}`)
	_, third := h.newKey(ada.session, `{"name":"third"}`)
	keys := []string{ada.key, byKey(second), byKey(third)}
	if passed := h.flood(keys...); passed != 60 {
		t.Errorf("%d calls passed, want 60", passed)
	}
	if got := h.balance(ada); got != 1940 || len(h.callDeltas(ada)) != 60 {
		t.Errorf("the balance is %d after %d debits, want 1940 after 60", got, len(h.callDeltas(ada)))
	}
	if passed := h.flood(byron.key); passed != 60 { // whose bucket is another one
		t.Errorf("%d calls of another account passed, want 60", passed)
	}
	h.clock.Advance(time.Second)
	for _, key := range keys { // one more in all
		answer := h.do("GET", "/api/accounts", "", key)
		if want := map[bool]int{true: 200, false: 429}[key == ada.key]; answer.Code != want {
			t.Errorf("a second later: got %d, want %d", answer.Code, want)
		}
	}
	h.clock.Advance(time.Minute)
	if passed := h.flood(keys...); passed != 60 {
		t.Errorf("a minute later %d calls passed, want 60", passed)
	}
	h.verify()
}

// TestSessionsHaveALimitOfTheirOwn: the limit of sessions is the setting's, whatever
// the plan.
func TestSessionsHaveALimitOfTheirOwn(t *testing.T) {
	h := start(t, testdb.SQLite(t), withRates(map[string]contract.Rate{"data": {Calls: 3, Window: time.Hour}, "auth": {}, "account": {}}))
	ada := h.customer("ada@example.com")
	if passed := h.flood(ada.key); passed != 60 {
		t.Errorf("%d calls by key passed, want 60", passed)
	}
	another := "Authorization: Bearer " + h.do("POST", "/api/auth/login", credentials(ada.email, password)).status(200).get("token")
	for i, session := range []string{ada.session, another, ada.session} {
		answer := h.do("GET", "/api/accounts", "", session).status(200)
		if calls, window := answer.policy(); calls != int64(3) || window != int64(3600) || answer.remaining() != int64(2-i) {
			t.Errorf("the limit is %v in %v seconds, and %v remain", calls, window, answer.remaining())
		}
	}
	h.do("GET", "/api/accounts", "", another).status(429)
	h.do("GET", "/api/v1/account/balance", "", another).status(200) // of another class
	h.clock.Advance(time.Minute)
	h.do("GET", "/api/accounts", "", ada.key).status(200)
	h.do("GET", "/api/accounts", "", ada.session).status(429)
}

// TestChangedPlan: a change of the plan, or to another plan, counts with the next
// call.
func TestChangedPlan(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	expect := func(want int64) {
		t.Helper()
		if calls, window := h.do("GET", "/api/accounts", "", ada.key).policy(); calls != want || window != int64(60) {
			t.Errorf("the limit is %v in %v seconds, want %d in 60", calls, window, want)
		}
	}
	expect(60)
	h.write(func(tx *repo.Tx) error {
		rate := 7
		_, err := tx.UpdatePlan(context.Background(), repo.PlanFree, repo.PlanUpdate{RequestsPerMinute: &rate})
		return err
	})
	expect(7)
	h.clock.Advance(time.Minute)
	if passed := h.flood(ada.key); passed != 7 {
		t.Errorf("%d calls passed, want 7", passed)
	}
	h.putOnPaidPlan(ada)
	h.clock.Advance(time.Minute)
	for range 4 {
		if passed := h.flood(ada.key); passed != 150 {
			t.Errorf("%d calls of the paid plan passed, want 150", passed)
		}
	}
	expect(600)
	if passed := h.flood(ada.key); passed != 0 {
		t.Errorf("%d calls more than 600 passed", passed)
	}
	balance := h.do("GET", "/api/v1/account/balance", "", ada.key).status(200).Body.String()
	if !strings.Contains(balance, `"plan":"paid","monthly_quota":200000`) {
		t.Errorf("the balance is %s", balance)
	}
	h.verify()
}
