package handlers_test

import (
	"testing"

	"example.com/alta/internal/testdb"
)

// TestLogOutClearsTheCookieOfAnEndedSession: the browser forgets the cookie, whatever
// has become of the session. Other calls leave it, and so does a page elsewhere.
func TestLogOutClearsTheCookieOfAnEndedSession(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		h.register("ada@example.com")
		const logOut = "/api/v1/auth/logout"
		session := h.do("POST", doors[0], credentials("ada@example.com", password)).status(200).cookie("alta")
		clears := func(r *response) bool {
			for _, set := range r.Result().Cookies() {
				if set.Name == "alta" && set.MaxAge < 0 && set.Value == "" {
					return true
				}
			}
			return false
		}
		own := []string{"Cookie: alta=" + session, "Sec-Fetch-Site: same-origin"}
		if !clears(h.do("POST", logOut, "", own...).status(200)) {
			t.Error("the cookie of a session that ends is left")
		}
		for name, headers := range map[string][]string{
			"ended":     own,
			"forged":    {"Cookie: alta=forged"},
			"in part":   {"Cookie: alta=" + session[:len(session)-3]},
			"by itself": {"Cookie: alta=" + session},
		} {
			if !clears(h.do("POST", logOut, "", headers...).status(401)) {
				t.Errorf("%s: the cookie is left", name)
			}
		}
		for name, answer := range map[string]*response{
			"another operation": h.do("GET", "/api/v1/auth/sessions", "", own...).status(401),
			"a page elsewhere":  h.do("POST", logOut, "", "Cookie: alta="+session, "Sec-Fetch-Site: cross-site", "Origin: https://evil.example").status(403),
			"no cookie":         h.do("POST", logOut, "").status(401),
		} {
			if clears(answer) {
				t.Errorf("%s: the cookie is cleared", name)
			}
		}
	})
}
