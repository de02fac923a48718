package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestKeysEndAtOnce: a change that ends a key, or restores it, counts from the next
// call on.
func TestKeysEndAtOnce(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	opens := func(key string, want int) {
		t.Helper()
		h.do("GET", "/api/accounts", "", byKey(key)).status(want)
	}
	id, key := h.newKey(ada.session, `{"name":"revoked"}`)
	opens(key, 200)
	h.do("DELETE", "/api/v1/account/api-keys/"+id, "", ada.session).status(204)
	opens(key, 401)

	_, key = h.newKey(ada.session, `{"name":"expires","expires_in":60}`)
	h.clock.Advance(time.Minute - time.Microsecond)
	opens(key, 200)
	h.clock.Advance(time.Microsecond)
	opens(key, 401)

	id, key = h.newKey(ada.session, `{"name":"rotated"}`)
	next := h.do("POST", "/api/v1/account/api-keys/"+id+"/rotate", `{}`, ada.session).status(201)
	opens(key, 401)
	opens(next.get("key"), 200)

	h.setActive(ada.email, false)
	opens(next.get("key"), 403)
	h.do("GET", "/api/accounts", "", ada.key).status(403)
	h.setActive(ada.email, true)
	opens(next.get("key"), 200)
	h.do("GET", "/api/accounts", "", ada.key).status(200)
}

// TestKeysOfAnUnverifiedOwner: a key works once its owner's address is verified.
func TestKeysOfAnUnverifiedOwner(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.registerUnverified("ada@example.com")
	key := byKey(h.secret("key"))
	h.do("GET", sandbox, "", key).status(403)
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.secret("verification"))).status(200)
	h.do("GET", sandbox, "", key).status(200)

	h.registerUnverified("byron@example.com") // the first proof is a reset: who made the account keeps nothing of it
	key = byKey(h.secret("key"))
	h.reset("byron@example.com").status(200)
	h.do("GET", sandbox, "", key).status(401)
}

// TestLastUsed: the use of a key is recorded, and the call does not wait for that.
func TestLastUsed(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	id, key := h.newKey(ada.session, `{"name":"used"}`)
	expect := func(want string) {
		t.Helper()
		ctx, stop := context.WithCancel(context.Background())
		stop()
		h.endLedger() // which Run runs, too
		h.Run(ctx)
		list := h.do("GET", "/api/v1/account/api-keys", "", ada.session).status(200).Body.String()
		_, rest, _ := strings.Cut(list, id)
		entry, _, _ := strings.Cut(rest, "}")
		if !strings.Contains(entry, `"last_used_at":`+want) {
			t.Errorf("got %s, want last_used_at %s", entry, want)
		}
	}
	expect("null")
	h.clock.Advance(90 * time.Second)
	h.do("GET", "/api/users/me", "", byKey(key)).status(200)
	expect(`"2026-03-04T14:14:50.000Z"`)
	h.clock.Advance(59 * time.Second)
	h.do("GET", "/api/users/me", "", byKey(key)).status(200) // once a minute is enough
	expect(`"2026-03-04T14:14:50.000Z"`)
	h.clock.Advance(time.Second)
	h.do("PUT", "/api/v1/user/", "{}", byKey(key)).status(403) // a call that was refused is no use
	expect(`"2026-03-04T14:14:50.000Z"`)
	h.do("GET", "/api/users/me", "", byKey(key)).status(200)
	expect(`"2026-03-04T14:15:50.000Z"`)
}

// TestAtMostFiftyKeys: an account has at most 50 keys, even if clients make them
// concurrently.
func TestAtMostFiftyKeys(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		ada := h.customer("ada@example.com")
		answers := h.atOnce(func(i int) *http.Request {
			return request("POST", "/api/v1/account/api-keys", fmt.Sprintf(`{"name":"key %d"}`, i), ada.session)
		})
		if diff := cmp.Diff(map[int]int{201: 49, 403: clients - 49}, statuses(answers)); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		keys := map[string]string{} // each that works, by id
		for _, answer := range answers {
			if answer.Code == 201 {
				keys[answer.get("id")] = answer.get("key")
			} else if got := answer.get("message"); got != "An account has at most 50 API keys" {
				t.Errorf("the others are refused with %q", got)
			}
		}
		if n := s.liveKeys(); n != 50 || len(keys) != 49 {
			t.Errorf("%d keys work, want 50", n)
		}
		for id := range keys {
			h.do("DELETE", "/api/v1/account/api-keys/"+id, "", ada.session).status(204)
			break
		}
		h.newKey(ada.session, `{"name":"in its place"}`)
		h.do("POST", "/api/v1/account/api-keys", `{"name":"more"}`, ada.session).status(403)
	})
}

// TestMaskedKey: the user's record shows the newest valid key, masked.
func TestMaskedKey(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	shown := func(want string) {
		t.Helper()
		if got := h.do("GET", "/api/v1/user/", "", ada.session).status(200).get("user.api_key"); got != identity.MaskAPIKey(want) {
			t.Errorf("the record shows %s, want %s", got, identity.MaskAPIKey(want))
		}
	}
	first := strings.TrimPrefix(ada.key, byKey(""))
	shown(first)
	h.clock.Advance(time.Second)
	id, second := h.newKey(ada.session, `{"name":"second"}`)
	shown(second)
	h.clock.Advance(time.Second)
	_, third := h.newKey(ada.session, `{"name":"third","expires_in":60}`)
	shown(third)
	h.clock.Advance(time.Minute)
	shown(second)
	h.do("DELETE", "/api/v1/account/api-keys/"+id, "", ada.session).status(204)
	shown(first)
	h.write(func(tx *repo.Tx) error {
		_, err := tx.RevokeAPIKeys(context.Background(), ada.id)
		return err
	})
	if body := h.do("GET", "/api/v1/user/", "", ada.session).status(200).Body.String(); !strings.Contains(body, `"api_key":null`) {
		t.Errorf("without a key the record is %s", body)
	}
}

// TestKeysAreKeptAsDigests: a copy of the database contains no key.
func TestKeysAreKeptAsDigests(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
	ada := h.customer("ada@example.com")
	_, key := h.newKey(ada.session, `{"name":"ci"}`)
	var rows []repo.APIKey
	if err := s.db.Select(&rows, "SELECT name, masked, digest, secret_id FROM api_keys"); err != nil || len(rows) != 2 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for _, row := range rows {
		if text := fmt.Sprint(row); strings.Contains(text, key[9:39]) || strings.Contains(text, key[5:13]) {
			t.Errorf("the row shows more of the key than its ends: %s", text)
		}
	}
}
