package handlers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
)

// tagged is a resource with an entity tag.
type tagged struct {
	name, path string
	method     string           // that changes it
	change     func(int) string // a body that changes it, another one for each number
	deletable  bool
}

// taggedResources returns one of each kind of resource that has an entity tag, all
// of them p's.
func taggedResources(h *harness, p person) []tagged {
	h.t.Helper()
	describe := func(name string) func(int) string {
		return func(n int) string { return fmt.Sprintf(`{%q:"changed %d"}`, name, n) }
	}
	return []tagged{
		{"transaction", "/api/transactions/" + aTransaction(h, p), http.MethodPatch, describe("description"), true},
		{"account", "/api/accounts/" + anAccount(h, p), http.MethodPatch, describe("name"), true},
		{"category", "/api/categories/" + aCategory(h, p), http.MethodPatch, describe("name"), true},
		{"budget", "/api/budgets/" + aBudget(h, p), http.MethodPatch, func(n int) string { return fmt.Sprintf(`{"amount":%d}`, n+1) }, true},
		{"profile", "/api/users/me", http.MethodPatch, describe("firstName"), false},
		{"notifications", "/api/v1/user/", http.MethodPut, func(n int) string { return fmt.Sprintf(`{"webhook_url":"https://example.com/%d"}`, n) }, false},
	}
}

func (h *harness) tag(path, bearer string) string {
	h.t.Helper()
	return h.do("GET", path, "", bearer).status(200).Header().Get("ETag")
}

func ifMatch(value string) string { return "If-Match: " + value }

// TestEntityTags: a tag is that of GET in each response with the resource, for HEAD,
// for keys and on other servers, and changes with the resource only.
func TestEntityTags(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		replica := start(t, databaseURL)
		p := h.person("ada@example.com")
		seen := map[string]string{}
		for n, r := range taggedResources(h, p) {
			t.Run(r.name, func(t *testing.T) {
				tag := h.tag(r.path, p.bearer)
				if other := seen[tag]; other != "" {
					t.Errorf("it has the tag of the %s", other)
				}
				seen[tag] = r.name
				h.clock.Advance(time.Minute)
				replica.clock.Advance(time.Minute)
				head := httptest.NewRecorder()
				h.ServeHTTP(head, request("HEAD", r.path, "", p.bearer))
				same := map[string]string{
					"again": h.tag(r.path, p.bearer), "from a replica": replica.tag(r.path, p.bearer), "by HEAD": head.Header().Get("ETag"),
				}
				for how, got := range same {
					if got != tag {
						t.Errorf("the tag is %s, %s %s", tag, how, got)
					}
				}
				changed := h.do(r.method, r.path, r.change(n), p.bearer).status(200).Header().Get("ETag")
				if now := h.tag(r.path, p.bearer); changed == tag || now != changed {
					t.Errorf("the tag was %s, is %s after a change and then %s", tag, changed, now)
				}
			})
		}
	})
}

// TestEntityTagsOfNewResources: the response to a creation has the tag that GET has.
func TestEntityTagsOfNewResources(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	p := h.person("ada@example.com")
	account, category := anAccount(h, p), aCategory(h, p)
	for path, body := range map[string]string{
		"/api/accounts":     `{"name":"Trips","type":"SAVINGS","currency":"ARS"}`,
		"/api/categories":   fmt.Sprintf(`{"name":"Below","type":"EXPENSE","parentId":%q}`, category),
		"/api/transactions": fmt.Sprintf(`{"type":"EXPENSE","amount":1,"accountId":%q,"categoryId":%q}`, account, category),
		"/api/budgets":      fmt.Sprintf(`{"amount":5,"month":3,"year":2026,"categoryId":%q}`, category),
	} {
		made := h.do("POST", path, body, p.bearer).status(201)
		if tag, want := made.Header().Get("ETag"), h.tag(path+"/"+made.get("id"), p.bearer); tag != want {
			t.Errorf("%s: the tag is %s, then %s", path, tag, want)
		}
	}
}

// TestEntityTagCoversWhatIsComputed: a change of a balance changes the tags of the
// account and of its transactions, and no other.
func TestEntityTagCoversWhatIsComputed(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	p := h.person("ada@example.com")
	resources := taggedResources(h, p)
	account := h.do("GET", resources[0].path, "", p.bearer).get("accountId")
	resources[1].path = "/api/accounts/" + account
	var before []string
	for _, r := range resources {
		before = append(before, h.tag(r.path, p.bearer))
	}
	deposited := h.do("POST", "/api/accounts/"+account+"/deposit", `{"amount":1}`, p.bearer).status(200)
	for i, r := range resources {
		now := h.tag(r.path, p.bearer)
		if isOfAccount := i < 2; isOfAccount == (now == before[i]) {
			t.Errorf("%s: the tag was %s and is %s", r.name, before[i], now)
		}
	}
	if got, want := deposited.Header().Get("ETag"), h.tag(resources[1].path, p.bearer); got != want {
		t.Errorf("the deposit's answer has the tag %s, want %s", got, want)
	}
}

// TestIfMatch: a change or a deletion with a tag that the resource does not have is
// 412 and does nothing; one with the tag is done.
func TestIfMatch(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		p := h.person("ada@example.com")
		for _, r := range taggedResources(h, p) {
			t.Run(r.name, func(t *testing.T) {
				stale := h.tag(r.path, p.bearer)
				h.do(r.method, r.path, r.change(1), p.bearer, ifMatch(stale)).status(200)
				tag := h.tag(r.path, p.bearer)
				calls := map[string]string{r.method: r.change(2)}
				if r.deletable {
					calls[http.MethodDelete] = ""
				}
				for method, body := range calls {
					for _, refused := range []string{stale, "W/" + tag, `"x", ` + stale, `""`} {
						answer := h.do(method, r.path, body, p.bearer, ifMatch(refused)).status(412)
						if code := answer.Header().Get("Alta-Error"); code != "precondition_failed" || answer.Header().Get("ETag") != "" {
							t.Errorf("%s with %s: the code is %s, the tag %q", method, refused, code, answer.Header().Get("ETag"))
						}
						if now := h.tag(r.path, p.bearer); now != tag {
							t.Fatalf("%s with %s has changed the tag from %s to %s", method, refused, tag, now)
						}
					}
				}
				for n, accepted := range []string{"*", `W/"x", %s`, `, "a,b" ,%s,`, "%s"} {
					now := strings.ReplaceAll(accepted, "%s", h.tag(r.path, p.bearer))
					h.do(r.method, r.path, r.change(n+10), p.bearer, ifMatch(now)).status(200)
				}
				if r.deletable {
					h.do("DELETE", r.path, "", p.bearer, ifMatch(h.tag(r.path, p.bearer))).status(200)
					h.do(r.method, r.path, r.change(3), p.bearer, ifMatch("*")).status(404) // not 412: RFC 9110 section 13.2.1
				}
			})
		}
	})
}

// TestIfMatchInSeveralLines: the lines of the header are one list.
func TestIfMatchInSeveralLines(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	p := h.person("ada@example.com")
	path := "/api/accounts/" + anAccount(h, p)
	r := request("PATCH", path, `{"name":"Trips"}`, p.bearer)
	r.Header["If-Match"] = []string{`"x"`, h.tag(path, p.bearer)}
	h.send(r).status(200)
}

// TestIfMatchMalformed: a header that is no list of tags is refused as such.
func TestIfMatchMalformed(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	p := h.person("ada@example.com")
	path := "/api/accounts/" + anAccount(h, p)
	tag := h.tag(path, p.bearer)
	for _, malformed := range []string{strings.Trim(tag, `"`), `*, "x"`, `"x`, `"x" "y"`, "w/" + tag, ","} {
		for _, path := range []string{path, "/api/v1/user/"} {
			method := map[bool]string{true: "PUT", false: "PATCH"}[strings.HasSuffix(path, "/user/")]
			answer := h.do(method, path, `{}`, p.bearer, ifMatch(malformed)).status(400)
			if !strings.Contains(answer.Body.String(), "If-Match must be a list of entity tags") {
				t.Errorf("%s: %s", malformed, answer.Body)
			}
		}
	}
}

// TestRaceOfIfMatch: of concurrent changes with one tag, one is made. Deletions with
// the tag are among them.
func TestRaceOfIfMatch(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		p := h.person("ada@example.com")
		for _, r := range taggedResources(h, p) {
			t.Run(r.name, func(t *testing.T) {
				tag := h.tag(r.path, p.bearer)
				answers := h.atOnce(func(i int) *http.Request { return request(r.method, r.path, r.change(i), p.bearer, ifMatch(tag)) })
				expectStatuses(t, map[int]int{200: 1, 412: clients - 1}, statuses(answers))
				won := ""
				for _, answer := range answers {
					if answer.Code == 200 {
						won = answer.Header().Get("ETag")
					}
				}
				if now := h.tag(r.path, p.bearer); now != won {
					t.Errorf("the tag is %s, that of the change that was made %s", now, won)
				}
				if !r.deletable {
					return
				}
				deleted := h.atOnce(func(int) *http.Request { return request("DELETE", r.path, "", p.bearer, ifMatch(won)) })
				expectStatuses(t, map[int]int{200: 1, 404: clients - 1}, statuses(deleted))
			})
		}
	})
}

// TestIfMatchOfRepetition: a repetition with the Idempotency-Key gets the stored
// response with its tag, though the resource no longer has the tag that was asked for.
// With another If-Match it is another request.
func TestIfMatchOfRepetition(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	p := h.person("ada@example.com")
	path := "/api/accounts/" + anAccount(h, p)
	stale := h.tag(path, p.bearer)
	for _, want := range []int{200, 412} {
		key := withKey(fmt.Sprint(want))
		first := h.do("PATCH", path, `{"name":"Trips"}`, p.bearer, ifMatch(stale), key).status(want)
		again := h.do("PATCH", path, `{"name":"Trips"}`, p.bearer, ifMatch(stale), key).replayed(first)
		if got, want := again.Header().Get("ETag"), first.Header().Get("ETag"); got != want {
			t.Errorf("the repetition has the tag %q, want %q", got, want)
		}
		h.do("PATCH", path, `{"name":"Trips"}`, p.bearer, ifMatch("*"), key).status(422)
	}
}

// TestEntityTagsOfAnOlderSecret: tags outlive a replaced secret as long as it is in the
// list.
func TestEntityTagsOfAnOlderSecret(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h := start(t, databaseURL)
	p := h.person("ada@example.com")
	path := "/api/accounts/" + anAccount(h, p)
	tag := h.tag(path, p.bearer)
	old, newer := strings.Repeat("test secret ", 4), strings.Repeat("newer secret ", 4)
	rotated := start(t, databaseURL, func(c *handlers.Config) { c.Keys = must(identity.ParseKeyring(newer + "," + old)) })
	if now := rotated.tag(path, p.bearer); now == tag {
		t.Errorf("the tag %s is made by the old secret", now)
	}
	rotated.do("PATCH", path, `{"name":"Trips"}`, p.bearer, ifMatch(tag)).status(200)
	rotated.do("PATCH", path, `{"name":"Cars"}`, p.bearer, ifMatch(tag)).status(412)
}
