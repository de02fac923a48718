package site

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/site/pagetest"
)

// TestPagesTakeEveryAddress: a browser sends each address as it was typed, on every
// page that asks for one, and refuses none itself.
func TestPagesTakeEveryAddress(t *testing.T) {
	api := &fakeAPI{}
	server := httptest.NewServer(New(Config{API: api, Mailbox: emptyBox{}, Contract: theContract()}))
	t.Cleanup(server.Close)
	w := &walk{pagetest.Walk{T: t, Tab: browser.Start(t), URL: server.URL}, api}
	others := map[string]string{
		"#firstName": "John", "#lastName": "Doe", "#password": "SecurePass123!",
	}
	for _, asked := range []struct {
		page, call string
		fields     []string // besides the address
	}{
		{pathLogIn, apiAppLogIn, []string{"#password"}},
		{pathRegister, apiAppRegister, []string{"#firstName", "#lastName", "#password"}},
		{pathJoin, apiRegister, []string{"#password"}},
		{pathVerify, apiResend, nil},
		{pathForgot, apiForgot, nil},
	} {
		for _, email := range []string{
			"josé@example.com", "ana@bücher.example", "ana@xn--bcher-kva.example", `"ana b"@example.com`, "用户@例子.公司", "not an address",
		} {
			w.Open(asked.page)
			if asked.page == pathJoin {
				w.Tab.Fill(t, "#code", "K7QXM-2VABD-RT5WE-HN4PX")
				w.answered(200, redeemed)
			}
			for _, field := range asked.fields {
				w.Tab.Fill(t, field, others[field])
			}
			w.Tab.Fill(t, "#email", " "+email+" ") // as keyboards leave it
			api.asked()
			w.failed(problem.ErrMailFailed)
			var sent struct {
				Email string `json:"email"`
			}
			calls := api.asked()
			if len(calls) != 1 || calls[0].URL.Path != asked.call || json.Unmarshal([]byte(calls[0].body), &sent) != nil || sent.Email != email {
				t.Errorf("%s: of %s the API was asked %+v", asked.page, email, calls)
			}
		}
	}
}
