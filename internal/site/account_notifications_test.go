package site

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/alta/internal/problem"
)

// TestNotifications: the page shows what the person wants to be told, and has no setting
// that does nothing.
func TestNotifications(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	s := accountSite(api)
	w := get(s, "GET", pathNotifications, asJohn)
	contains(t, w, 200, `<select id="notify_login" name="notify_login"`, `<option value="true" selected>`, `name="notify_keys"`,
		`<option value="false" selected>`, `name="notify_lock"`, "Some are always sent", `action="/account/notifications"`)
	for _, name := range []string{"notify_email", "notify_browser", "webhook"} {
		if strings.Contains(strings.ToLower(w.Body.String()), name) {
			t.Errorf("the page has %s", name)
		}
	}
	contains(t, get(s, "GET", pathNotifications, asJohn, "Accept-Language: es"), 200, "Inicio de sesión en un dispositivo nuevo", "No enviarlo")
}

// choices is what the form sends that shows the record of John, with these values changed.
func choices(changes map[string]string) url.Values {
	values := url.Values{fieldTag: {tagOf(noticesOfJohn)}}
	for name, value := range map[string]string{fieldNotifyLogin: "true", fieldNotifyKeys: "false", fieldNotifyLock: "true"} {
		values.Set(name, value)
		values.Set(shownPrefix+name, value)
	}
	for name, value := range changes {
		values.Set(name, value)
	}
	return values
}

func TestChangeNotifications(t *testing.T) {
	for _, test := range []struct {
		changes map[string]string
		body    string // "": the API is not asked
	}{
		{map[string]string{fieldNotifyLogin: "false"}, `{"notify_login":false}`},
		{map[string]string{fieldNotifyKeys: "true", fieldNotifyLock: "false"}, `{"notify_keys":true,"notify_lock":false}`},
		{map[string]string{"notify_email": "false"}, ""},
		{nil, ""},
	} {
		api := &fakeAPI{}
		api.account()
		api.on("PUT "+apiNotices, 200, noticesOfJohn)
		s := accountSite(api)
		w := sendJohn(s, pathNotifications, choices(test.changes))
		if location := w.Header().Get("Location"); w.Code != http.StatusSeeOther || location != pathNotifications+"?done="+doneNotify {
			t.Errorf("%v: answered %d to %s: %s", test.changes, w.Code, location, w.Body)
		}
		calls := api.asked()
		if test.body == "" {
			if len(calls) != 1 {
				t.Errorf("%v: the API was asked %v", test.changes, calls)
			}
			continue
		}
		if len(calls) != 2 || calls[1].Method != "PUT" || calls[1].body != test.body || calls[1].Header.Get("If-Match") != tagOf(noticesOfJohn) {
			t.Errorf("%v: the API was asked %v, want %s", test.changes, calls, test.body)
		}
	}
}

// TestNotificationsRefused: a choice that the form does not offer, and one that somebody
// else has made in the meantime, change nothing.
func TestNotificationsRefused(t *testing.T) {
	api := &fakeAPI{}
	api.account()
	s := accountSite(api)
	contains(t, sendJohn(s, pathNotifications, choices(map[string]string{fieldNotifyLock: "sometimes"})), 400, `aria-invalid="true"`)
	elsewhere := choices(map[string]string{fieldNotifyKeys: "true"}) // it shows what was before
	elsewhere.Set(fieldTag, `"0"`)
	elsewhere.Set(shownPrefix+fieldNotifyLogin, "false")
	elsewhere.Set(fieldNotifyLogin, "false")
	api.on("PUT "+apiNotices, 200, noticesOfJohn)
	if w := sendJohn(s, pathNotifications, elsewhere); w.Code != http.StatusSeeOther {
		t.Errorf("what others have changed stays, and the rest is saved: %d", w.Code)
	}
	api.failOn("PUT "+apiNotices, problem.ErrPreconditionFailed)
	contains(t, sendJohn(s, pathNotifications, choices(map[string]string{fieldNotifyKeys: "true"})), 409, `href="/account/notifications"`)
	for _, call := range api.asked() {
		if strings.Contains(call.body, "sometimes") {
			t.Errorf("the API was asked %v", call)
		}
	}
	contains(t, post(s, pathNotifications, choices(nil), asJohn, "Sec-Fetch-Site: cross-site"), 403, "another site")
}
