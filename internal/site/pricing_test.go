package site

import (
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/contract"
)

func TestPricing(t *testing.T) {
	api := &fakeAPI{status: 200, body: plansList}
	s := signUpSite(api)
	w := get(s, "GET", "/pricing", memberHeader)
	contains(t, w, 200, `<strong>USD 0</strong> per month`, `<strong>USD 29</strong> per month`, "2,000 tokens per month", "200,000 tokens per month", "60 requests per minute",
		`id="tiers"`, `id="top-up"`, `href="/join"`, "there is no online checkout yet", "Log out", "GET /api/v1/sandbox", "25 tokens", "1 token", "600 per minute", "120 per minute")
	if call := api.asked()[0]; call.Method != "GET" || call.URL.Path != apiPlans {
		t.Errorf("the API was asked %+v", call)
	}
	contains(t, get(s, "GET", "/pricing", "Accept-Language: es"), 200, "Gratis", "USD 29</strong> al mes", "200.000 tokens al mes", "600 por minuto")
	for _, op := range theContract().Operations {
		if op.Cost > 0 {
			contains(t, w, 200, `<a href="/docs/`+op.Tag+"/"+strings.ToLower(op.Method)+"-api-", "<code>"+op.Endpoint()+"</code></a>")
		}
	}
}

func TestPricesAndPlansOfOperators(t *testing.T) {
	api := &fakeAPI{status: 200, body: `{"data":[{"id":1,"name":"<b>Team","price":123405,"currency":"EUR","tokens_per_month":1,"requests_per_minute":7}]}`}
	rates := map[string]contract.Rate{"data": {Calls: 1234, Window: time.Hour}, "auth": {}}
	s := New(Config{API: api, Contract: theContract(), Rates: rates})
	w := get(s, "GET", "/pricing")
	contains(t, w, 200, "<h3>&lt;b&gt;Team</h3>", "EUR 1,234.05", "1,234 per hour", "120 per minute")
	lacks(t, w, "Signing up, logging in and links in mails, per client address")
	contains(t, get(s, "GET", "/pricing", "Accept-Language: es"), 200, "EUR 1.234,05")
	api.later(503, "5", overloaded)
	contains(t, get(s, "GET", "/pricing"), 503, "Wait 5 seconds")
}
