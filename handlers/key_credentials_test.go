package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/internal/testdb"
)

// takes reports whether the operation names the security scheme.
func takes(op *openapi3.Operation, scheme string) bool {
	for _, requirement := range *op.Security {
		if _, ok := requirement[scheme]; ok {
			return true
		}
	}
	return false
}

// keyed returns the target with the key in its query.
func keyed(target, key string) string {
	separator := "?"
	if strings.Contains(target, "?") {
		separator = "&"
	}
	return target + separator + "apiKey=" + url.QueryEscape(key)
}

// TestBadKeys tries every kind of bad API key on every operation that takes a
// credential, beside a session that is good: it never rescues the key.
func TestBadKeys(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	unauthorized, forbidden := badKeys(h, ada)
	tried := 0
	for path, item := range h.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if !takes(op, "session") {
				continue
			}
			base := example(h, method, path, op)
			try := func(what, key string, want int) {
				t.Helper()
				tried++
				inHeader := h.send(request(method, base.target(), base.text(), byKey(key), ada.session))
				inQuery := h.send(request(method, keyed(base.target(), key), base.text(), ada.session))
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
	if got := h.calls(ada); got != nil {
		t.Errorf("refused calls were charged: %v", got)
	}
}

// TestKeysOpenWhatTheyMay: a good key opens what the contract says, in the
// header and in the query, and is 403 for all else that takes a credential.
// What anybody may call does not look at it.
func TestKeysOpenWhatTheyMay(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	h.promote(ada.email) // or role would be what is wrong
	key := strings.TrimPrefix(ada.key, byKey(""))
	opened := 0
	for path, item := range h.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if !takes(op, "session") {
				continue
			}
			base := example(h, method, path, op)
			inHeader := h.send(request(method, base.target(), base.text(), ada.key))
			inQuery := h.send(request(method, keyed(base.target(), key), base.text()))
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
	h.do("GET", keyed("/api/v1/status", "nonsense"), "").status(200)
	h.do("POST", "/api/auth/login", credentials(ada.email, password), byKey("nonsense")).status(200)
}

// expectOpened fails the test unless the call by key got to the operation: its
// price was taken, or where it has none it succeeded. The examples' ids are
// nobody's, and a call that is made twice may find its work done, so that the
// operation itself may answer otherwise.
func expectOpened(t *testing.T, op *openapi3.Operation, answer *response) {
	t.Helper()
	price, charged := fmt.Sprint(op.Extensions["x-token-cost"]), answer.Header().Get("X-Token-Cost")
	if price == "0" && answer.Code != 200 || price != "0" && charged != price || answer.Code == 403 || answer.Code >= 500 {
		t.Errorf("%s: the key got %d for %q tokens: %s", op.OperationID, answer.Code, charged, answer.Body)
	}
}

// TestPrecedence: header, query, bearer token, cookie. Who calls is whom the
// first of them names, and where it is bad nobody.
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

// TestKeysSentTwice: of two nobody could say which one counts.
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
