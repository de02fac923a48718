package handlers_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/bounds"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestBoundsAtOnce: of 64 calls at once, as many create something as there is room for,
// and the others are refused.
func TestBoundsAtOnce(t *testing.T) {
	const email, room = "john.doe@example.com", 7
	for things, test := range map[string]struct {
		most         int
		target, body string // %s: a number
	}{
		"accounts":   {most: bounds.Accounts, target: "/api/accounts", body: `{"name":"%d","type":"SAVINGS","currency":"ARS"}`},
		"categories": {most: bounds.Categories, target: "/api/categories", body: `{"name":"%d","type":"EXPENSE"}`},
	} {
		t.Run(things, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h := start(t, databaseURL)
				bearer := h.register(email)
				h.fill(email, things, test.most-room)
				answers := h.atOnce(func(i int) *http.Request { return request("POST", test.target, fmt.Sprintf(test.body, i), bearer) })
				expectStatuses(t, map[int]int{201: room, 400: clients - room}, statuses(answers))
				if n := openTestDatabase(t, databaseURL).count(things); n != test.most {
					t.Errorf("there are %d", n)
				}
			})
		})
	}
}

// TestTransactionBoundAtOnce: transfers, which are two transactions, and deposits stop at
// the bound, and none is half done.
func TestTransactionBoundAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		const email, room = "john.doe@example.com", 9
		h := start(t, databaseURL)
		bearer := h.register(email)
		h.addToOldestAccount(email, "INCOME", "1000", "2026-03-04T12:00:00Z", "")
		from, to := h.do("GET", "/api/accounts", "", bearer).get("0.id"), h.account(email+" SAVINGS ARS Trips")
		db := openTestDatabase(t, databaseURL)
		before := db.count("transactions")
		h.fill(email, "transactions", bounds.Transactions-room)
		answers := h.atOnce(func(i int) *http.Request {
			if i%2 == 0 {
				return request("POST", "/api/accounts/"+from+"/deposit", `{"amount":1}`, bearer)
			}
			return request("POST", "/api/accounts/transfer", fmt.Sprintf(`{"fromAccountId":%q,"toAccountId":%q,"amount":1}`, from, to), bearer)
		})
		for _, answer := range answers {
			if answer.Code != 200 && answer.Code != 400 {
				t.Errorf("%d: %s", answer.Code, answer.Body)
			}
		}
		if n := db.count("transactions") - before; n != room {
			t.Errorf("%d were added, want %d", n, room)
		}
	})
}

// TestSessionBound: a log-in beyond the bound ends the oldest session, at both doors, also
// if 64 log in at once.
func TestSessionBound(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		const email = "john.doe@example.com"
		h := start(t, databaseURL)
		first := h.register(email)
		h.clock.Advance(time.Second)
		second := "Authorization: Bearer " + h.do("POST", "/api/auth/login", credentials(email, password)).status(200).get("token")
		h.write(func(tx *repo.Tx) error {
			var err error
			for n := h.sessions(email); n < bounds.Sessions && err == nil; n++ {
				err = tx.CreateSession(t.Context(), repo.Session{ID: uuid.New(), UserID: h.user(email).ID, Door: repo.DoorApp}, time.Hour)
			}
			return err
		})
		h.do("GET", "/api/auth/profile", "", first).status(200)
		h.clock.Advance(time.Second)
		h.do("POST", "/api/auth/login", credentials(email, password)).status(200)
		h.do("GET", "/api/auth/profile", "", first).status(401)
		h.do("GET", "/api/auth/profile", "", second).status(200)
		h.atOnce(func(i int) *http.Request { return request("POST", doors[i%2], credentials(email, password)) })
		if n := h.sessions(email); n != bounds.Sessions {
			t.Errorf("there are %d sessions, want %d", n, bounds.Sessions)
		}
	})
}
