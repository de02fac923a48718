package site

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Bodies of the API's answers about an account.
const (
	balanceNone  = `{"current_balance":0,"plan":"none","monthly_quota":0,"billing_cycle_end":null,"days_until_refill":null,"suspended":true}`
	balanceNew   = `{"current_balance":2000,"plan":"free","monthly_quota":2000,"billing_cycle_end":"2026-12-21T14:13:20.000Z","days_until_refill":30,"suspended":false}`
	balanceBusy  = `{"current_balance":123456,"plan":"paid","monthly_quota":200000,"billing_cycle_end":"2026-12-21T14:13:20.000Z","days_until_refill":12,"suspended":false}`
	balanceLow   = `{"current_balance":12,"plan":"free","monthly_quota":2000,"billing_cycle_end":"2026-12-21T14:13:20.000Z","days_until_refill":2,"suspended":false}`
	balanceEmpty = `{"current_balance":0,"plan":"free","monthly_quota":2000,"billing_cycle_end":"2026-12-21T14:13:20.000Z","days_until_refill":1,"suspended":true}`

	usageNone = `{"window_days":30,"daily":[],"top_endpoints":[]}`
	grantOnly = `{"transactions":[{"id":"018e0a3c-7c00-7000-8000-000000000001","created_at":"2026-11-20T09:05:00.000Z","delta":2000,"kind":"grant","endpoint":"","metadata":{"request_id":"r"}}]}`

	keyID     = "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11"
	otherKey  = "8e9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d22"
	secretKey = "alta_4eC39HqLyjWDarjtT1zdp7dcK2bN8xVQ0a5fXyZZ01"
	keysNone  = `{"api_keys":[]}`
	keyMade   = `{"id":"` + keyID + `","name":"ci","key":"` + secretKey + `","masked":"alta_4eC3…ZZ01","created_at":"2026-11-21T14:13:20.000Z","expires_at":null}`
	tooMany   = `{"message":"An account has at most 50 API keys","code":"forbidden","request_id":"r-1"}`

	sessionHere   = "2f1c9f0a-6a55-4c1e-8c0b-0d6a5d8f7b21"
	sessionPhone  = "3f1c9f0a-6a55-4c1e-8c0b-0d6a5d8f7b22"
	sessionScript = "4f1c9f0a-6a55-4c1e-8c0b-0d6a5d8f7b23"
	sessionsOne   = `{"sessions":[` + sessionOfHere + `]}`
	sessionsAll   = `{"sessions":[` + sessionOfHere + `,
{"id":"` + sessionPhone + `","created_at":"2026-11-18T08:00:00.000Z","last_seen_at":"2026-11-21T07:59:00.000Z","user_agent":"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1","address":"2001:db8::7","current":false},
{"id":"` + sessionScript + `","created_at":"2026-11-17T08:00:00.000Z","last_seen_at":"2026-11-17T08:00:00.000Z","user_agent":"curl/8.14.1","address":"198.51.100.20","current":false}]}`
	sessionOfHere = `{"id":"` + sessionHere + `","created_at":"2026-11-20T09:05:00.000Z","last_seen_at":"2026-11-21T14:13:00.000Z","user_agent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36","address":"203.0.113.7","current":true}`

	noticesOfJohn = `{"notify_login":true,"notify_keys":false,"notify_lock":true}`
)

// recordOf is the record of a user of the app with the names.
func recordOf(first, last, provider, verified string) string {
	return fmt.Sprintf(`{"id":"550e8400-e29b-41d4-a716-446655440000","email":"john.doe@example.com","firstName":%q,"lastName":%q,"avatarUrl":null,"phone":null,
"authProvider":%q,"currency":"USD","fiscalStartDay":15,"timezone":"America/Argentina/Buenos_Aires","language":"es","role":"USER","isActive":true,
"subscription":"FREE","emailVerified":%s,"createdAt":"2026-03-04T14:13:20.000Z","updatedAt":"2026-03-04T14:13:20.000Z"}`, first, last, provider, verified)
}

// keysOf lists two keys, the first with the name; the second expires tomorrow.
func keysOf(name string) string {
	return fmt.Sprintf(`{"api_keys":[{"id":%q,"name":%q,"masked":"alta_4eC3…ZZ01","created_at":"2026-11-21T14:13:20.000Z","last_used_at":"2026-11-21T15:01:00.000Z","expires_at":null},
{"id":%q,"name":"Nightly export of the accounting department","masked":"alta_9xK2…Qq77","created_at":"2026-08-01T10:00:00.000Z","last_used_at":null,"expires_at":%q}]}`,
		keyID, name, otherKey, time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339))
}

// usageOf is the usage of some days up to today, on two of three of them.
func usageOf(days int) string {
	var daily []string
	for back := range days {
		if back%3 == 2 {
			continue
		}
		day := time.Now().UTC().AddDate(0, 0, -back).Format(time.DateOnly)
		daily = append(daily, fmt.Sprintf(`{"day":%q,"tokens":%d,"calls":%d}`, day, 100+(back*379)%1700, 20+(back*37)%170))
	}
	return fmt.Sprintf(`{"window_days":%d,"daily":[%s],"top_endpoints":[{"endpoint":"GET /api/v1/sandbox","tokens":9120,"calls":912},
{"endpoint":"GET /api/reports/export/pdf/visual","tokens":1250,"calls":50},{"endpoint":"GET /api/accounts","tokens":5,"calls":5}]}`, days, strings.Join(daily, ","))
}

// ledgerOf is the latest n rows of a ledger.
func ledgerOf(n int) string {
	kinds := []string{`-10,"kind":"debit","endpoint":"GET /api/v1/sandbox"`, `-25,"kind":"debit","endpoint":"GET /api/reports/export/pdf/visual"`,
		`25,"kind":"refund","endpoint":"GET /api/reports/export/pdf/visual"`, `2000,"kind":"refill","endpoint":""`, `-1500,"kind":"adjustment","endpoint":""`}
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"id":"018e0a3c-7c00-7000-8000-%012d","created_at":"2026-11-20T09:%02d:00.000Z","delta":%s,"metadata":{"request_id":"r"}}`, i, i%60, kinds[i%len(kinds)])
	}
	return `{"transactions":[` + strings.Join(rows, ",") + `]}`
}

// account has the API answer as of a new account of the API door.
func (f *fakeAPI) account() {
	f.on("GET "+apiBalance, 200, balanceNew)
	f.on("GET "+apiUsage, 200, usageNone)
	f.on("GET "+apiLedger, 200, grantOnly)
	f.on("GET "+apiKeys, 200, keysOf("ci"))
	f.on("GET "+apiSessions, 200, sessionsAll)
	f.on("GET "+apiMe, 200, recordOf("John", "Doe", "LOCAL", "null"))
	f.on("GET "+apiNotices, 200, noticesOfJohn)
}

// accountSite is a site of people who are logged in with the cookie session.
func accountSite(api *fakeAPI) *Site {
	return New(Config{API: api, SessionCookie: "session", Contract: theContract(), PublicURL: &url.URL{Scheme: "https", Host: "alta.example.com"}})
}

// asJohn is what browsers send along that are logged in.
const asJohn = "Cookie: session=s-1"
