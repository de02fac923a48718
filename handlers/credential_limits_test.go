package handlers_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"example.com/alta/gen"
	"example.com/alta/internal/testdb"
)

// exhaust makes the call until it is refused by the limit.
func (h *harness) exhaust(method, target, body, credential string) {
	h.t.Helper()
	for range 1000 {
		if h.do(method, target, body, credential).Code == 429 {
			return
		}
	}
	h.t.Fatalf("%s %s has no limit", method, target)
}

// TestALeakedKeyDoesNotKeepItsOwnerOut: whoever polls with a key what costs nothing
// uses up the key's limit, and not that of the owner's sessions, who revokes it.
func TestALeakedKeyDoesNotKeepItsOwnerOut(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL, withRates(nil)) // the contract's own
		ada := h.customer("ada@example.com")
		id, leaked := h.newKey(ada.session, `{"name":"leaked"}`)
		h.exhaust("GET", "/api/v1/account/balance", "", byKey(leaked))
		h.do("GET", "/api/v1/account/balance", "", ada.key).status(200)
		h.do("GET", "/api/v1/account/api-keys", "", ada.session).status(200)
		h.do("DELETE", "/api/v1/account/api-keys/"+id, "", ada.session).status(204)
		h.do("GET", "/api/v1/account/balance", "", byKey(leaked)).status(401)
	})
}

// TestRevokingHasALimitOfItsOwn: with a session that has used up its other limits the
// owner still ends sessions, revokes keys, logs out and deletes the account.
func TestRevokingHasALimitOfItsOwn(t *testing.T) {
	h := start(t, testdb.SQLite(t), withRates(nil))
	ada := h.customer("ada@example.com")
	id := h.addKey(ada.session)
	another := "Authorization: Bearer " + h.do("POST", doors[0], credentials(ada.email, password)).status(200).get("token")
	var sessions gen.SessionList
	if err := json.Unmarshal(h.do("GET", "/api/v1/auth/sessions", "", ada.session).status(200).Body.Bytes(), &sessions); err != nil {
		t.Fatal(err)
	}
	h.exhaust("GET", "/api/auth/profile", "", ada.session)
	limitHeaders(t, h.do("DELETE", "/api/v1/account/api-keys/"+id, "", ada.session).status(204), "revoke")
	for _, session := range sessions.Sessions {
		if !session.Current {
			h.do("DELETE", "/api/v1/auth/sessions/"+session.ID.String(), "", ada.session).status(204)
		}
	}
	h.do("GET", "/api/auth/profile", "", another).status(401)
	third := "Authorization: Bearer " + h.do("POST", doors[0], credentials(ada.email, password)).status(200).get("token")
	h.do("POST", "/api/v1/auth/logout", "", ada.session).status(200)
	h.exhaust("GET", "/api/auth/profile", "", third)
	h.do("POST", "/api/users/me/deletion", `{"password":"`+password+`"}`, third).status(200)
}

// TestALimitOfACredentialIsExact: of concurrent calls as many pass as the limit says,
// for each of the two sessions.
func TestALimitOfACredentialIsExact(t *testing.T) {
	h := start(t, testdb.SQLite(t), withRates(nil))
	sessions := []string{h.register("ada@example.com")}
	sessions = append(sessions, "Authorization: Bearer "+h.do("POST", doors[0], credentials("ada@example.com", password)).status(200).get("token"))
	answers := h.together(4*clients, func(i int) *http.Request { return request("GET", "/api/auth/profile", "", sessions[i%2]) })
	if got := statuses(answers); got[200] != 240 || got[429] != len(answers)-240 {
		t.Errorf("answers: %v, want 120 of each session", got)
	}
	h.clock.Advance(time.Minute)
	h.do("GET", "/api/auth/profile", "", sessions[0]).status(200)
}
