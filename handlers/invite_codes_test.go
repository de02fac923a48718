package handlers_test

import (
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestInviteCodesAsPeopleTypeThem: the hyphens of a code do not matter, in whatever
// form a mail or a word processor has put them, at the API, on the page and for
// administrators.
func TestInviteCodesAsPeopleTypeThem(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		code := h.invite(1)
		for _, hyphen := range []string{"", " ", "\u2010", "\u2011", "\u2013", "\u2014", "\u2212", " - ", "\u00ad", "\u00a0"} {
			h.redeem(strings.ToLower(strings.ReplaceAll(code, "-", hyphen)))
		}
		page := h.visit("POST", "/join", map[string][]string{"code": {strings.ReplaceAll(code, "-", "\u2013")}}).status(200)
		if !strings.Contains(page.Body.String(), `name="token"`) {
			t.Errorf("the page did not take the code:\n%s", page.Body)
		}
		admin := h.register("admin@example.com")
		h.promote("admin@example.com")
		h.do("DELETE", "/api/v1/admin/invites/"+strings.ReplaceAll(code, "-", ""), "", admin).status(204)
		h.do("POST", "/api/v1/auth/redeem-invite", `{"code":"`+code+`"}`).status(410) // it is revoked
		h.do("POST", "/api/v1/auth/redeem-invite", `{"code":"`+strings.ReplaceAll(code, "-", "_")+`"}`).status(400)
	})
}
