package site

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// sendJohn sends a form of the page of credentials as a browser does.
func sendJohn(s *Site, path string, values url.Values) *httptest.ResponseRecorder {
	return post(s, path, values, asJohn, "Origin: https://alta.example.com", "Sec-Fetch-Site: same-origin")
}

func TestCredentials(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	s := accountSite(api)
	contains(t, get(s, "GET", pathCredentials, asJohn), 200, "<h3>ci", "alta_4eC3…ZZ01", "21\u00a0Nov\u00a02026, 15:01\u00a0UTC", "Expires soon", "never", `action="/account/credentials?do=revoke-all"`,
		`data-key-id="`+keyID+`"`, `action="/account/credentials?do=revoke&amp;id=`+keyID+`"`, `<option value="72">72 more hours`, `maxlength="100"`,
		"Chrome on Linux", "This one", "Safari on iPhone", "2001:db8::7", "<h3>curl", `action="/account/credentials?do=end&amp;id=`+sessionPhone+`"`, "End all other sessions")
	contains(t, get(s, "GET", pathCredentials, asJohn, "Accept-Language: es"), 200, "Claves de API", "Caduca pronto", "Chrome en Linux", "72 horas más")
	api.on("GET "+apiSessions, 200, sessionsOne)
	api.on("GET "+apiKeys, 200, keysNone)
	w := get(s, "GET", pathCredentials, asJohn)
	contains(t, w, 200, "No keys yet", `class="confirm make" open`)
	if strings.Contains(w.Body.String(), "End all other") {
		t.Error("there are no other sessions to end")
	}
	api.asked()
	api.on("GET "+apiBalance, 200, balanceNone)
	w = get(s, "GET", pathCredentials, asJohn)
	contains(t, w, 200, "No API access yet", `href="/join"`, "Chrome on Linux")
	if got := operations(api.asked()); strings.Contains(w.Body.String(), "do=create") || slices.Contains(got, "GET "+apiKeys) {
		t.Errorf("without API access there is a form for keys, or the API was asked %v", got)
	}
}

func TestCreateKey(t *testing.T) {
	for _, test := range []struct{ days, body string }{
		{"0", `{"name":"ci"}`},
		{"90", `{"name":"ci","expires_in":7776000}`},
	} {
		api := &fakeAPI{}
		api.account()
		api.on("POST "+apiKeys, 201, keyMade)
		w := sendJohn(accountSite(api), credentialsPath(doCreate, ""), url.Values{"name": {"ci"}, "days": {test.days}, "idempotency": {"i-1"}})
		contains(t, w, 200, `<code id="new-key" data-api-key="`+keyID+`">`+secretKey+`</code>`, "not be shown again", "/assets/credentials.js",
			"curl -i https://alta.example.com/api/v1/sandbox \\\n  -H &#39;X-API-Key: "+secretKey)
		if h := w.Header(); h.Get("Cache-Control") != "no-store" || strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("the key is answered with %v", h)
		}
		call := api.asked()[0]
		for name, want := range map[string]string{
			"Cookie": "session=s-1", "Origin": "https://alta.example.com", "Sec-Fetch-Site": "same-origin", "Idempotency-Key": "i-1",
		} {
			if got := call.Header.Get(name); got != want {
				t.Errorf("the API was asked with %s %q, want %q", name, got, want)
			}
		}
		if call.body != test.body || strings.Contains(w.Header().Get("Location")+call.URL.String(), secretKey) {
			t.Errorf("the API was asked %s %s, want %s", call.URL, call.body, test.body)
		}
	}
}

// TestKeyThatIsGone: a form sent again long after shows no key that opens
// nothing, and one that is there even when the list cannot be had.
func TestKeyThatIsGone(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	api.on("POST "+apiKeys, 201, keyMade)
	api.on("GET "+apiKeys, 200, keysNone)
	s := accountSite(api)
	if w := sendJohn(s, credentialsPath(doCreate, ""), url.Values{"name": {"ci"}, "days": {"0"}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != pathCredentials {
		t.Errorf("answered %d %v", w.Code, w.Header())
	}
	api.on("GET "+apiKeys, 500, internal)
	contains(t, sendJohn(s, credentialsPath(doCreate, ""), url.Values{"name": {"ci"}, "days": {"0"}}), 200, secretKey)
}

func TestCreateKeyRefused(t *testing.T) {
	for _, test := range []struct {
		status, want int
		body, says   string
		isSame       bool // what is sent next is the same request
	}{
		{400, 400, invalid(fieldName), `id="name-error"`, false},
		{403, 403, tooMany, "reached its limit of keys", false},
		{422, 422, `{"message":"x","code":"idempotency_mismatch"}`, "form has already created a key", false},
		{409, 503, `{"message":"x","code":"idempotency_conflict"}`, "busy", true},
		{429, 429, rateLimited, "Too many attempts", true},
		{500, 500, internal, "r-4&lt;i&gt;", true},
		{404, 404, `{"message":"API key not found","code":"not_found"}`, "may have been deleted", false},
	} {
		for _, do := range []string{credentialsPath(doCreate, ""), credentialsPath(doRotate, keyID)} {
			api := &fakeAPI{}
			api.account()
			api.on("POST "+apiKeys, test.status, test.body)
			api.on("POST "+apiKeys+"/"+keyID+"/rotate", test.status, test.body)
			w := sendJohn(accountSite(api), do, url.Values{"name": {"a<b"}, "days": {"90"}, "overlap_hours": {"24"}, "idempotency": {"i-1"}})
			contains(t, w, test.want, test.says)
			if got := strings.Contains(w.Body.String(), `value="i-1"`); got != test.isSame {
				t.Errorf("%s, %d: what is sent next is the same request: %v", do, test.status, got)
			}
			if do == credentialsPath(doCreate, "") && test.want != 404 {
				contains(t, w, test.want, `value="a&lt;b"`, `value="90" selected`)
			}
		}
	}
	api := &fakeAPI{}
	api.account()
	api.on("GET "+apiBalance, 200, balanceNone)
	api.on("POST "+apiKeys, 403, `{"message":"Redeem an invite to activate API access","code":"forbidden"}`)
	contains(t, sendJohn(accountSite(api), credentialsPath(doCreate, ""), url.Values{"name": {"ci"}, "days": {"0"}}), 403, "You need an invite to get API keys", `href="/join"`)
}

func TestRotateKey(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	api.on("POST "+apiKeys+"/"+otherKey+"/rotate", 201, keyMade)
	w := sendJohn(accountSite(api), credentialsPath(doRotate, otherKey), url.Values{"overlap_hours": {"24"}, "idempotency": {"i-2"}})
	contains(t, w, 200, secretKey)
	if call := api.asked()[0]; call.body != `{"overlap_hours":24}` || call.Header.Get("Idempotency-Key") != "i-2" {
		t.Errorf("the API was asked %s with %v", call.body, call.Header)
	}
}

func TestRevokeAndEnd(t *testing.T) {
	for _, test := range []struct{ do, id, path, code, toast string }{
		{doRevoke, keyID, apiKeys, doneRevoked, "API key revoked"},
		{doRevokeAll, "", apiKeys, doneRevokedAll, "All API keys revoked"},
		{doEnd, sessionPhone, apiSessions, doneEnded, "Session ended"},
	} {
		operation, again := "DELETE "+test.path, "do="+test.do
		if test.id != "" {
			operation, again = operation+"/"+test.id, again+"&amp;id="+test.id
		}
		for _, status := range []int{204, 404} { // gone already is gone
			api := &fakeAPI{}
			api.account()
			api.on(operation, status, "")
			s := accountSite(api)
			w := sendJohn(s, credentialsPath(test.do, test.id), nil)
			location := w.Header().Get("Location")
			if got := operations(api.asked()); w.Code != http.StatusSeeOther || location != pathCredentials+"?done="+test.code || !slices.Equal(got, []string{operation}) {
				t.Errorf("%s: %d to %s, asked %v", test.do, w.Code, location, got)
			}
			contains(t, get(s, "GET", location, asJohn), 200, `role="status" data-toast><span>`+test.toast)
		}
		api := &fakeAPI{}
		api.on(operation, 503, overloaded)
		contains(t, sendJohn(accountSite(api), credentialsPath(test.do, test.id), nil), 503, "busy", again)
	}
}

func TestEndOtherSessions(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	phone, script := "DELETE "+apiSessions+"/"+sessionPhone, "DELETE "+apiSessions+"/"+sessionScript
	api.on(phone, 404, "")
	api.on(script, 204, "")
	s := accountSite(api)
	w := sendJohn(s, credentialsPath(doEndOthers, ""), nil)
	if got := operations(api.asked()); w.Header().Get("Location") != pathCredentials+"?done="+doneEndedOthers || !slices.Equal(got, []string{"GET " + apiSessions, phone, script}) {
		t.Errorf("leads to %v, asked %v", w.Header(), got)
	}
	api.on(phone, 429, rateLimited)
	contains(t, sendJohn(s, credentialsPath(doEndOthers, ""), nil), 429, "Too many attempts", "do=end-others")
	if got := operations(api.asked()); len(got) != 2 {
		t.Errorf("after a refusal the API was asked %v", got)
	}
}

// TestCredentialsFormsOfNobody: what no page of ours sends changes nothing.
func TestCredentialsFormsOfNobody(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	s := accountSite(api)
	for _, query := range []string{"", "?do=nope", "?do=revoke", "?do=revoke&id=..%2f..", "?do=end&id=x", "?do=rotate&id=" + keyID, "?do=create"} {
		contains(t, sendJohn(s, pathCredentials+query, url.Values{"days": {"1"}, "overlap_hours": {"73"}}), 400, "could not be read")
	}
	contains(t, post(s, credentialsPath(doRevoke, keyID), nil, asJohn, "Sec-Fetch-Site: cross-site"), 403, "another site")
	if w := post(s, credentialsPath(doRevoke, keyID), nil); w.Header().Get("Location") != "/login?next=%2Faccount%2Fcredentials" {
		t.Errorf("who is not logged in is led to %v", w.Header())
	}
	if calls := api.asked(); len(calls) > 0 {
		t.Errorf("the API was asked %v", operations(calls))
	}
}

func TestDevice(t *testing.T) {
	for userAgent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0": "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15":     "Safari on macOS",
		"Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0":                                                      "Firefox on Android",
		"Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/142.0.0.0 Safari/537.36":                                                    "Chrome on Linux",
		"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) CriOS/142.0 Safari/604.1":                                                    "Chrome on iPad",
		"curl/8.14.1":                "curl",
		"Go-http-client/2.0":         "Go-http-client",
		"Dalvik/2.1.0 (Android 15)":  "Android",
		"":                           "Unknown device",
		evil:                         "Unknown device",
		strings.Repeat("a", 500):     "Unknown device",
		"python-requests/2.32 (x)\n": "python-requests",
	} {
		if got := english.describeDevice(userAgent); got != want {
			t.Errorf("%.80q is %q, want %q", userAgent, got, want)
		}
	}
}
