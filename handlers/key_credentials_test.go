package handlers_test

import (
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
)

// TestBadKeys tries every kind of bad API key on every operation that takes a
// credential, together with a good session, which does not help.
func TestBadKeys(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	unauthorized, forbidden := badKeys(h, ada)
	tried := 0
	for path, item := range h.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if !takes(op, "bearerAuth") {
				continue
			}
			base := example(h, method, path, op)
			try := func(what, key string, want int) {
				t.Helper()
				tried++
				inHeader := h.send(request(method, base.target(), base.text(), byKey(key), ada.session))
				inQuery := h.send(request(method, withKeyInQuery(base.target(), key), base.text(), ada.session))
				if inHeader.Code != want || inQuery.Code != want {
					t.Errorf("%s, %s: got %d in the header and %d in the query, want %d", op.OperationID, what, inHeader.Code, inQuery.Code, want)
				}
			}
			for what, key := range unauthorized {
				try(what, key, 401)
			}
			for what, key := range forbidden {
				try(what, key, 403)
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d calls were tried", tried)
	}
	if got := h.callDeltas(ada); got != nil {
		t.Errorf("refused calls were charged: %v", got)
	}
}

// TestKeysOpenWhatTheyMay: a good key opens the operations that the contract says,
// in the header and in the query, and gets 403 from all others that need a
// credential. Public operations ignore it.
func TestKeysOpenWhatTheyMay(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	h.promote(ada.email) // or role would be what is wrong
	key := strings.TrimPrefix(ada.key, byKey(""))
	opened := 0
	for path, item := range h.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if !takes(op, "bearerAuth") {
				continue
			}
			base := example(h, method, path, op)
			inHeader := h.send(request(method, base.target(), base.text(), ada.key))
			inQuery := h.send(request(method, withKeyInQuery(base.target(), key), base.text()))
			if takes(op, "apiKey") {
				opened++
				expectOpened(t, op, inHeader)
				expectOpened(t, op, inQuery)
			} else if inHeader.Code != 403 || inQuery.Code != 403 || !strings.Contains(inHeader.Body.String(), "Forbidden resource") {
				t.Errorf("%s: got %d in the header and %d in the query, want 403: %s", op.OperationID, inHeader.Code, inQuery.Code, inHeader.Body)
			}
		}
	}
	if opened < 7 {
		t.Errorf("the key opened %d operations, want 7 at least", opened)
	}
	h.do("GET", "/api/v1/plans/", "", byKey("nonsense")).status(200)
	h.do("GET", withKeyInQuery("/api/v1/status", "nonsense"), "").status(200)
	h.do("POST", "/api/auth/login", credentials(ada.email, password), byKey("nonsense")).status(200)
}

// TestPrecedence: header, query, bearer token, cookie. The first of them identifies
// the caller; if it is bad, the call is refused.
func TestPrecedence(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	const target = "/api/users/me"
	people := map[string]customer{}
	for _, name := range []string{"header", "query", "bearer", "cookie"} {
		people[name] = h.customer(name + "@example.com")
	}
	send := func(good string, rungs ...string) *response {
		r := request("GET", target, "")
		for _, rung := range rungs {
			c, text := people[rung], "nonsense"
			switch {
			case rung == "header" && good != rung:
				r.Header.Set("X-API-Key", text)
			case rung == "header":
				r.Header.Set("X-API-Key", strings.TrimPrefix(c.key, byKey("")))
			case rung == "query" && good == rung:
				text = strings.TrimPrefix(c.key, byKey(""))
				fallthrough
			case rung == "query":
				r.URL.RawQuery = "apiKey=" + text
			default:
				if good == rung {
					text = strings.TrimPrefix(c.session, "Authorization: Bearer ")
				}
				r.Header.Set(map[string]string{"bearer": "Authorization", "cookie": "Cookie"}[rung], map[string]string{"bearer": "Bearer ", "cookie": "alta="}[rung]+text)
			}
		}
		return h.send(r)
	}
	order := []string{"header", "query", "bearer", "cookie"}
	for i, rung := range order {
		if got := send(rung, order[i:]...).status(200).get("email"); got != people[rung].email { // those below it are bad
			t.Errorf("the %s counts, and yet %s called", rung, got)
		}
		for _, lower := range order[i+1:] {
			send(lower, rung, lower).status(401)
		}
	}
}

// TestKeysSentTwice: two keys in one call are ambiguous, so they are refused.
func TestKeysSentTwice(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	key := strings.TrimPrefix(ada.key, byKey(""))
	r := request("GET", "/api/users/me", "", ada.key)
	r.Header.Add("X-API-Key", key)
	h.send(r).status(401)
	h.do("GET", "/api/users/me?apiKey="+key+"&apiKey="+key, "").status(401)
	h.do("GET", "/api/users/me?apiKey="+key, "").status(200)
}

// badKeys returns API keys that open nothing, by the reason: those that get 401, and
// those of owners who get 403. good is a valid key's owner.
func badKeys(h *harness, good customer) (unauthorized, forbidden map[string]string) {
	h.t.Helper()
	key := good.key[len(byKey("")):]
	last := byte('0')
	if key[len(key)-1] == last {
		last = '1'
	}
	revokedID, revoked := h.newKey(good.session, `{"name":"revoked"}`)
	h.do("DELETE", "/api/v1/account/api-keys/"+revokedID, "", good.session).status(204)
	_, expired := h.newKey(good.session, `{"name":"expired","expires_in":60}`)
	h.clock.Advance(time.Minute)
	h.registerUnverified("unverified@example.com")
	unverified := h.secret("key")
	suspended := h.customer("suspended@example.com")
	h.setActive(suspended.email, false)
	return map[string]string{
			"not a key": "nonsense", "a wrong checksum": key[:len(key)-1] + string(last), "cut off": key[:len(key)-1],
			"in capitals": "ALTA_" + key[5:], "a blank before it": " " + key, "unknown": identity.NewAPIKey(),
			"revoked": revoked, "expired": expired, "a session's": good.session[len("Authorization: Bearer "):],
		}, map[string]string{
			"an unverified owner's": unverified, "a suspended owner's": suspended.key[len(byKey("")):],
		}
}
