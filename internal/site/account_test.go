package site

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/alta/gen"
)

// operations returns which operations the API was asked for, queries and all.
func operations(calls []apiCall) (names []string) {
	for _, call := range calls {
		names = append(names, call.Method+" "+call.URL.RequestURI())
	}
	return names
}

func TestAccountIsForMembers(t *testing.T) {
	api := &fakeAPI{}
	s := accountSite(api)
	for _, path := range []string{pathAccount + "?days=7", pathCredentials, pathProfile, pathNotifications, pathDelete} {
		w := get(s, "GET", path)
		if want := "/login?next=" + strings.NewReplacer("/", "%2F", "?", "%3F", "=", "%3D").Replace(path); w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("%s is answered %d to %s, want %s", path, w.Code, w.Header().Get("Location"), want)
		}
	}
	if calls := api.asked(); len(calls) > 0 {
		t.Errorf("the API was asked %v", operations(calls))
	}
}

// TestAccountWithoutSession: a cookie of a session that has ended leads to
// logging in, and whatever else the API answers is said.
func TestAccountWithoutSession(t *testing.T) {
	api := &fakeAPI{}
	s := accountSite(api)
	for _, path := range []string{pathAccount, pathCredentials, pathProfile, pathNotifications, pathDelete} {
		api.answer(401, `{"statusCode":401,"message":"Unauthorized"}`)
		if w := get(s, "GET", path, asJohn); !strings.HasPrefix(w.Header().Get("Location"), "/login?next=") {
			t.Errorf("%s leads to %v", path, w.Header())
		}
		api.later(503, "3", overloaded)
		contains(t, get(s, "GET", path, asJohn), 503, "Wait 3 seconds")
		api.answer(500, internal)
		contains(t, get(s, "GET", path, asJohn), 500, "r-4&lt;i&gt;")
	}
}

func TestOverviewOfNewAccount(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	s := accountSite(api)
	w := get(s, "GET", pathAccount, asJohn)
	contains(t, w, 200, "<strong>2,000</strong> of 2,000 tokens left", "Free. Refills to 2,000 in 30 days, on 21", "costs 1 to 25 tokens",
		"No calls in this period", `href="/account/credentials"`, `href="/docs/sandbox"`, "Grant", "&#43;2,000", `<time datetime="2026-11-20T09:05:00Z">`)
	calls := api.asked()
	if got, want := operations(calls), []string{"GET " + apiBalance, "GET " + apiUsage + "?days=30", "GET " + apiLedger + "?limit=26"}; !slices.Equal(got, want) {
		t.Errorf("the API was asked %v, want %v", got, want)
	}
	for _, call := range calls {
		if !strings.HasPrefix(call.Header.Get("Cookie"), "session=s-1") {
			t.Errorf("%s was asked with %v", call.URL, call.Header)
		}
	}
	contains(t, get(s, "GET", pathAccount, asJohn, "Accept-Language: es"), 200, "<strong>2.000</strong> de 2.000 tokens disponibles",
		"Gratuito. Se recarga hasta 2.000 en 30 días", "No hay llamadas en este período", "Asignación", "&#43;2.000")
}

func TestOverviewOfBusyAccount(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	api.on("GET "+apiBalance, 200, balanceBusy)
	api.on("GET "+apiUsage, 200, usageOf(7))
	api.on("GET "+apiLedger, 200, ledgerOf(51))
	s := accountSite(api)
	w := get(s, "GET", pathAccount+"?days=7&page=2", asJohn)
	contains(t, w, 200, "<strong>123,456</strong> of 200,000", "Paid. Refills", "<caption>Tokens by endpoint</caption>", "<code>GET /api/v1/sandbox</code>", "9,120",
		`href="/account?days=30&amp;page=2#usage"`, `href="/account?days=7#transactions"`, `href="/account?days=7&amp;page=3#transactions"`,
		"Refund after a failure", "−1,500", "&#43;25")
	if got := strings.Count(w.Body.String(), "<rect x="); got != 7 {
		t.Errorf("the chart has %d columns, want 7", got)
	}
	if got := strings.Count(w.Body.String(), `<time datetime`); got != rowsOnPage {
		t.Errorf("the page lists %d rows", got)
	}
	if got := operations(api.asked())[2]; got != "GET "+apiLedger+"?limit=51" {
		t.Errorf("the API was asked %s", got)
	}
	api.on("GET "+apiLedger, 200, ledgerOf(200))
	contains(t, get(s, "GET", pathAccount+"?page=8", asJohn), 200, "The latest 200 are listed here.", `href="/account/profile#data"`)
	if got := operations(api.asked())[2]; got != "GET "+apiLedger+"?limit=200" {
		t.Errorf("the API was asked %s", got)
	}
}

// TestOverviewOfAnything: what stands in the address is not to be trusted.
func TestOverviewOfAnything(t *testing.T) {
	for query, want := range map[string][]string{
		"days=90&page=1":             {"?days=90", "?limit=26"},
		"days=365&page=0":            {"?days=30", "?limit=26"},
		"days=x&page=-5":             {"?days=30", "?limit=26"},
		"days=7%26limit%3D9&page=2x": {"?days=30", "?limit=26"},
		"days=7&page=1e9":            {"?days=7", "?limit=26"},
		"days=7&page=1000":           {"?days=7", "?limit=200"},
	} {
		api := &fakeAPI{}
		api.account()
		get(accountSite(api), "GET", pathAccount+"?"+query, asJohn)
		got := operations(api.asked())
		if len(got) != 3 || got[1] != "GET "+apiUsage+want[0] || got[2] != "GET "+apiLedger+want[1] {
			t.Errorf("%s: the API was asked %v, want %v", query, got, want)
		}
	}
}

func TestOverviewOfEmptyAccount(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	s := accountSite(api)
	api.on("GET "+apiBalance, 200, balanceEmpty)
	contains(t, get(s, "GET", pathAccount, asJohn), 200, "<strong>No tokens left.</strong>", "get status 402", `href="/pricing"`, "within a day", `class="share warn"`)
	api.on("GET "+apiBalance, 200, balanceLow)
	w := get(s, "GET", pathAccount, asJohn)
	contains(t, w, 200, "in 2 days", `class="share warn"`)
	if strings.Contains(w.Body.String(), "No tokens left") {
		t.Error("there are tokens left")
	}
	api.asked()
	api.on("GET "+apiBalance, 200, balanceNone)
	contains(t, get(s, "GET", pathAccount, asJohn), 200, "No API access yet", `href="/join"`, `href="/app"`)
	if got := operations(api.asked()); len(got) != 1 {
		t.Errorf("the API was asked %v", got)
	}
}

// TestUsageChart: every day of the window has a column, those without a call,
// too, up to today in UTC.
func TestUsageChart(t *testing.T) {
	now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.FixedZone("CET", 3*3600)) // still 1 March in UTC
	usage := gen.Usage{WindowDays: 3, Daily: []gen.DailyUsage{{Day: "2026-03-01", Tokens: 1500, Calls: 7}, {Day: "2026-02-27", Tokens: 5, Calls: 1}}}
	got := english.makeUsageChart(usage, now).Columns
	want := []column{
		{"27\u00a0Feb\u00a02026", 5, "5 tokens, 1 calls"}, {"28\u00a0Feb\u00a02026", 0, "0 tokens, 0 calls"}, {"1\u00a0Mar\u00a02026", 1500, "1,500 tokens, 7 calls"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestAccountEscapes: what people named things, and what their browsers call
// themselves, is text.
func TestAccountEscapes(t *testing.T) {
	hostileText := strings.ReplaceAll(evil, `"`, `\"`)
	api := &fakeAPI{}
	api.account()
	api.on("GET "+apiBalance, 200, strings.Replace(balanceNew, `"free"`, `"`+hostileText+`"`, 1))
	api.on("GET "+apiLedger, 200, strings.NewReplacer(`"grant"`, `"`+hostileText+`"`, `"endpoint":""`, `"endpoint":"`+hostileText+`"`).Replace(grantOnly))
	api.on("GET "+apiKeys, 200, keysOf(evil))
	api.on("GET "+apiSessions, 200, strings.NewReplacer("curl/8.14.1", hostileText, "198.51.100.20", hostileText).Replace(sessionsAll))
	api.on("GET "+apiMe, 200, recordOf(evil, evil, "LOCAL", "null"))
	s := accountSite(api)
	for _, path := range []string{pathAccount, pathCredentials, pathProfile} {
		w := get(s, "GET", path, asJohn)
		contains(t, w, 200, "&lt;script&gt;alert(1)&lt;/script&gt;")
		if strings.Contains(w.Body.String(), "<script>") {
			t.Errorf("%s lets what was typed be a script", path)
		}
	}
}
