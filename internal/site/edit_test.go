package site

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/problem"
)

// TestMerge holds what a form that was sent changes, and what it says of changes in the
// meantime.
func TestMerge(t *testing.T) {
	const tag = `"now"`
	for _, test := range []struct {
		name      string
		now       string
		pristine  bool
		sent      url.Values
		value     string // in the form
		changed   bool
		conflicts bool
		meanwhile string
	}{
		{name: "left as it is", now: "a", sent: url.Values{"f": {"a"}, "shown.f": {"a"}}, value: "a"},
		{name: "changed", now: "a", sent: url.Values{"f": {"b"}, "shown.f": {"a"}}, value: "b", changed: true},
		{name: "emptied", now: "a", sent: url.Values{"f": {""}, "shown.f": {"a"}}, value: "", changed: true},
		{name: "left, and changed elsewhere", now: "c", sent: url.Values{"f": {"a"}, "shown.f": {"a"}}, value: "c", meanwhile: "Changed in the meantime to: c"},
		{name: "changed twice", now: "c", sent: url.Values{"f": {"b"}, "shown.f": {"a"}}, value: "b", changed: true, conflicts: true, meanwhile: "Changed in the meantime to: c"},
		{name: "changed and emptied elsewhere", now: "", sent: url.Values{"f": {"b"}, "shown.f": {"a"}}, value: "b", changed: true, conflicts: true, meanwhile: "Changed in the meantime to: (empty)"},
		{name: "changed twice to the same", now: "b", sent: url.Values{"f": {"b"}, "shown.f": {"a"}}, value: "b"},
		{name: "shown in another language", now: "1.5", sent: url.Values{"f": {"2"}, "shown.f": {"1,5"}, "etag": {tag}}, value: "2", changed: true},
		{name: "not sent", now: "a", sent: url.Values{"shown.f": {"a"}}, value: "a"},
		{name: "without line breaks", now: "a\r\nb", sent: url.Values{"f": {"ab"}, "shown.f": {"a\r\nb"}}, value: "a\r\nb"},
		{name: "of an older form", now: "a", sent: url.Values{"f": {"b"}}, value: "b", changed: true, conflicts: true, meanwhile: "Changed in the meantime to: a"},
		{name: "of an older form, the same", now: "a", sent: url.Values{"f": {"a"}}, value: "a"},
		{name: "of an older form, never changed since", now: "a", pristine: true, sent: url.Values{"f": {"b"}}, value: "b", changed: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := edit{form: &form{Fields: []field{{Name: "f", Type: "text", Value: test.now}}}, tag: tag, pristine: test.pristine}
			changed, conflicts := e.merge(&english, test.sent)
			f := e.form.Fields[0]
			if f.Value != test.value || changed["f"] != test.changed || conflicts != test.conflicts || f.Meanwhile != test.meanwhile {
				t.Errorf("got %q, changed %v, conflicts %v, %q", f.Value, slices.Collect(maps.Keys(changed)), conflicts, f.Meanwhile)
			}
			if want := []hidden{{"etag", tag}, {"shown.f", test.now}}; !slices.Equal(e.form.Hidden, want) {
				t.Errorf("the form carries %q, want %q", e.form.Hidden, want)
			}
		})
	}
}

// TestEditWhileOthersDo: a change that another one overtakes is tried again with what the
// subject is then, and given up if it is overtaken each time.
func TestEditWhileOthersDo(t *testing.T) {
	api := moneyAPI()
	api.failOn("PATCH "+apiAccounts+"/"+savingsID, problem.ErrPreconditionFailed)
	w := post(moneySite(api), pathAccounts+"/"+savingsID, url.Values{"name": {"Casa"}, "shown.name": {"Vacaciones"}}, append(fromHere, "Accept-Language: en")...)
	contains(t, w, 400, `value="Casa"`, "already being processed")
	tries := 0
	for _, call := range api.asked() {
		if call.Method == http.MethodPatch {
			tries++
		}
	}
	if tries != maxEditTries {
		t.Errorf("it was tried %d times, want %d", tries, maxEditTries)
	}
}

// TestNothingChanged: a form that was sent as it was shown asks the API to change nothing.
func TestNothingChanged(t *testing.T) {
	api := moneyAPI()
	form := url.Values{"name": {"Vacaciones"}, "shown.name": {"Vacaciones"}}
	seeOther(t, post(moneySite(api), pathAccounts+"/"+savingsID, form, fromHere...), "/app/accounts?done=saved")
	for _, call := range api.asked() {
		if call.Method != http.MethodGet {
			t.Errorf("the API was asked %s %s", call.Method, call.URL)
		}
	}
}

// TestSelectsShowTheirValue: a select whose value is not among its options shows it
// nevertheless, in forms and in filters.
func TestSelectsShowTheirValue(t *testing.T) {
	api := moneyAPI()
	api.on("GET "+apiTransactions+"/"+purchaseID, 200, strings.Replace(purchase, `"categoryId":"`+marketID, `"categoryId":"`+evilID, 1))
	for _, path := range []string{pathTransactions + "?categoryId=" + evilID, pathTransactions + "?accountId=" + evilID, pathTransactions + "?type=GIFT"} {
		value := path[strings.Index(path, "=")+1:]
		contains(t, get(moneySite(api), "GET", path, signedInCookie), 200, `<option value="`+value+`" selected>No longer offered</option>`)
	}
	contains(t, get(moneySite(api), "GET", pathTransactions+"/"+purchaseID, signedInCookie), 200, `<option value="`+evilID+`" data-kind="EXPENSE" selected>Supermercado</option>`)
}

const evilID = "11111111-2222-4333-8444-555555555555"
