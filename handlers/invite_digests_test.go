package handlers_test

import (
	"strings"
	"testing"

	"example.com/alta/handlers"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
)

// TestInvitesOutliveASecret: a code whose digest was made with an older secret of the
// list opens the door, and no longer when that secret is dropped.
func TestInvitesOutliveASecret(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		code := start(t, databaseURL).invite(2)
		older := strings.Repeat("test secret ", 4) // the harness's
		newer := strings.Repeat("newer secret ", 4)
		with := func(secrets string) *harness {
			keys := must(identity.ParseKeyring(secrets))
			h := start(t, databaseURL, func(c *handlers.Config) { c.Keys = keys })
			h.keys = keys
			return h
		}
		h := with(newer + "," + older)
		h.do("POST", "/api/v1/auth/register", apiRegistration("ada@example.com", h.redeem(code))).status(200)
		admin := h.register("admin@example.com")
		h.promote("admin@example.com")
		alone := with(newer)
		alone.do("POST", "/api/v1/auth/redeem-invite", `{"code":"`+code+`"}`).status(400)
		h.do("DELETE", "/api/v1/admin/invites/"+code, "", admin).status(204)
		h.do("POST", "/api/v1/auth/redeem-invite", `{"code":"`+code+`"}`).status(410)
	})
}

// TestCodesAreNotStored: after an invite was made, replayed, redeemed, used and listed, no
// row has its code, nor does any response but the one that made it.
func TestCodesAreNotStored(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		admin := h.register("admin@example.com")
		h.promote("admin@example.com")
		code := h.do("POST", "/api/v1/admin/invites", `{}`, admin, withKey("one")).status(201).get("code")
		if again := h.do("POST", "/api/v1/admin/invites", `{}`, admin, withKey("one")).status(201).get("code"); again != code {
			t.Errorf("the repeat has %s", again)
		}
		h.do("POST", "/api/v1/auth/register", apiRegistration("ada@example.com", h.redeem(code)), withKey("two")).status(200)
		if list := h.do("GET", "/api/v1/admin/invites", "", admin).status(200).Body.String(); strings.Contains(list, code[6:]) {
			t.Errorf("the list has the code: %s", list)
		}
		for _, row := range testdb.Dump(t, databaseURL) {
			if strings.Contains(row, code[6:]) || strings.Contains(row, strings.ReplaceAll(code, "-", "")) {
				t.Errorf("a row has the code: %s", row)
			}
		}
		if strings.Contains(h.log.String(), code[6:]) {
			t.Error("the log has the code")
		}
	})
}
