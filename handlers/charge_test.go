package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestKeysPay: a call by key costs what the contract says, and a call by session
// nothing. An operation that does not find what the example's id names is paid for,
// too.
func TestKeysPay(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	var want []int64
	balance := int64(2000)
	for path, item := range h.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if !takes(op, "apiKey") {
				continue
			}
			cost := int64(op.Extensions["x-token-cost"].(float64))
			base := example(h, method, path, op)
			h.do(method, base.target(), base.text(), ada.session).charged("", "")
			answer := h.do(method, base.target(), base.text(), ada.key)
			expectOpened(t, op, answer)
			if cost == 0 {
				answer.charged("", "")
				continue
			}
			balance -= cost
			want = append(want, -cost)
			answer.charged(fmt.Sprint(cost), fmt.Sprint(balance))
		}
	}
	if len(want) < 3 {
		t.Errorf("only %d operations cost anything", len(want))
	}
	h.wantTokenDeltas(ada, want...)
	if got := h.balance(ada); got != balance {
		t.Errorf("the balance is %d, want %d", got, balance)
	}
}

// TestExactlyAsManyCallsAsTokens: of concurrent calls, exactly as many succeed as
// the balance pays for.
func TestExactlyAsManyCallsAsTokens(t *testing.T) {
	tests := []struct {
		target  string
		balance int64
		passed  int
		left    int64
	}{
		{sandbox, 127, 12, 7}, {sandbox, 9, 0, 9}, {"/api/accounts", 50, 50, 0}, {"/api/accounts", 64, 64, 0}, {"/api/categories", 65, 64, 1},
	}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL, withoutPlanLimit)
		ada, bystander := h.customer("ada@example.com"), h.customer("bystander@example.com")
		for _, test := range tests {
			h.setBalance(ada, test.balance)
			before := len(h.callDeltas(ada))
			got := statuses(h.atOnce(func(int) *http.Request { return request("GET", test.target, "", ada.key) }))
			if got[200] != test.passed || got[402] != clients-test.passed {
				t.Errorf("%d tokens, %s: answers %v, want %d times 200, the rest 402", test.balance, test.target, got, test.passed)
			}
			if left, rows := h.balance(ada), len(h.callDeltas(ada))-before; left != test.left || rows != test.passed {
				t.Errorf("%d tokens, %s: %d are left and %d rows were made, want %d and %d", test.balance, test.target, left, rows, test.left, test.passed)
			}
			h.verify()
		}
		h.wantTokenDeltas(bystander)
	})
}

// TestRefusedCallsAreFree: a call that is refused before the handler costs nothing.
func TestRefusedCallsAreFree(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
	ada := h.customer("ada@example.com")
	h.do("GET", sandbox, "").status(401)
	h.do("GET", sandbox, "", byKey("nonsense"), ada.session).status(401)
	h.do("DELETE", "/api/v1/account/api-keys/1", "", ada.key).status(403)
	h.do("PUT", "/api/v1/user/", "{}", ada.key).status(403)
	h.do("GET", "/api/categories?page=x", "", ada.key).status(400)
	h.do("GET", sandbox, "", ada.key, withKey("a b")).status(400)
	h.setBalance(ada, 9)
	h.do("GET", sandbox, "", ada.key).status(402).charged("", "")
	h.setBalance(ada, 2000)
	h.setActive(ada.email, false)
	h.do("GET", sandbox, "", ada.key).status(403)
	h.setActive(ada.email, true)
	h.do("GET", sandbox, "", ada.key, withKey("one")).status(200)
	h.do("GET", "/api/categories", "", ada.key, withKey("one")).status(422)
	h.do("GET", sandbox, "", ada.key, withKey("two")).status(200)
	s.cutOffCall(h, "two")
	h.do("GET", sandbox, "", ada.key, withKey("two")).status(409)
	for i := range 60 { // the plan's requests a minute, of which some are used up
		if answer := h.do("GET", sandbox, "", ada.key, withKey(fmt.Sprint("a b ", i))); answer.Code == 429 {
			break
		}
	}
	h.do("GET", sandbox, "", ada.key).status(429).charged("", "")
	h.wantTokenDeltas(ada, -10, -10)
}

// TestAppDoorRefusals: the app door's errors have statusCode, message, error, and
// what the API door adds.
func TestAppDoorRefusals(t *testing.T) {
	h := start(t, testdb.SQLite(t), withRates(map[string]contract.Rate{"data": {}}))
	ada := h.customer("ada@example.com")
	expect := func(answer *response, want string) {
		t.Helper()
		var got, wanted any
		if json.Unmarshal(answer.Body.Bytes(), &got) != nil || json.Unmarshal([]byte(want), &wanted) != nil || !cmp.Equal(got, wanted) {
			t.Errorf("got %s, want %s", answer.Body, want)
		}
	}
	h.setBalance(ada, 0)
	expect(h.do("GET", "/api/accounts", "", ada.key).status(402), `{"statusCode":402,"message":"Insufficient token balance for this call.",
		"error":"Payment Required","current_balance":0,"required_cost":1,"next_refill_at":"2026-04-04T14:13:20.000Z","plan":"free",
		"upgrade_url":"http://alta.test/pricing"}`)
	h.setActive(ada.email, false)
	expect(h.do("GET", "/api/accounts", "", ada.key).status(403), `{"statusCode":403,"message":"Account suspended","error":"Forbidden"}`)
	h.setActive(ada.email, true)
	h.registerUnverified("byron@example.com")
	expect(h.do("GET", "/api/accounts", "", byKey(h.secret("key"))).status(403),
		`{"statusCode":403,"message":"Verify your e-mail to activate this key","error":"Forbidden"}`)
	for range 59 {
		h.do("GET", "/api/accounts", "", ada.key).status(402)
	}
	limited := h.do("GET", "/api/accounts", "", ada.key).status(429)
	expect(limited, `{"statusCode":429,"message":"Rate limit exceeded for your tier (see /pricing for tier limits).","error":"Too Many Requests"}`)
	if limited.Header().Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", limited.Header().Get("Retry-After"))
	}
	expect(h.do("GET", "/api/accounts", "", byKey("nonsense")).status(401), `{"statusCode":401,"message":"Unauthorized"}`)
}

// TestRefillIsSeen: the month's tokens are there, once, with the first call or the
// first look at the balance.
func TestRefillIsSeen(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	caller, looker := h.customer("caller@example.com"), h.customer("looker@example.com")
	for _, c := range []customer{caller, looker} {
		h.setBalance(c, 3)
		h.do("GET", sandbox, "", c.key).status(402)
	}
	h.clock.Set(time.Date(2026, 4, 4, 14, 13, 19, 0, time.UTC))
	h.do("GET", sandbox, "", caller.key).status(402) // a second too early
	h.clock.Advance(time.Second)
	h.do("GET", sandbox, "", caller.key).status(200).charged("10", "1990")
	if got := h.do("GET", "/api/v1/account/balance", "", looker.key).status(200).Body.String(); got !=
		`{"current_balance":2000,"plan":"free","monthly_quota":2000,"billing_cycle_end":"2026-05-04T14:13:20.000Z","days_until_refill":30,"suspended":false}`+"\n" {
		t.Errorf("the balance is %s", got)
	}
	h.do("GET", sandbox, "", looker.key).status(200).charged("10", "1990")
	for _, c := range []customer{caller, looker} {
		if diff := cmp.Diff([]int64{1997}, h.tokenDeltas(c, repo.TokensRefill)); diff != "" {
			t.Errorf("refills of %s (-want +got):\n%s", c.email, diff)
		}
	}
	h.verify()
}
