package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

// rotate replaces the key by another and returns the answer.
func (c customer) rotate(h *harness, id string, overlapHours int) *response {
	h.t.Helper()
	body := fmt.Sprintf(`{"overlap_hours":%d}`, overlapHours)
	return h.do("POST", "/api/v1/account/api-keys/"+id+"/rotate", body, c.session).status(201)
}

// wantExpiry checks the end of the key that was made; zero: it has none.
func (r *response) wantExpiry(want time.Time) {
	r.t.Helper()
	text := `"expires_at":null`
	if !want.IsZero() {
		text = `"expires_at":"` + want.UTC().Format("2006-01-02T15:04:05.000Z") + `"`
	}
	if !strings.Contains(r.Body.String(), text) {
		r.t.Errorf("the key is %s, want %s", r.Body, text)
	}
}

// TestRotatedKeysLiveAsWished: a new key has the life that the owner wished for the
// first one, whatever overlaps the rotations before it had.
func TestRotatedKeysLiveAsWished(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		ada := h.customer("ada@example.com")
		for _, life := range []time.Duration{0, 90 * 24 * time.Hour} {
			body, wish := `{"name":"ci"}`, func() time.Time { return time.Time{} }
			if life > 0 {
				body = fmt.Sprintf(`{"name":"ci","expires_in":%d}`, int(life.Seconds()))
				wish = func() time.Time { return h.clock.Now().Add(life) }
			}
			first, firstKey := h.newKey(ada.session, body)
			h.clock.Advance(time.Hour)
			second := ada.rotate(h, first, 24)
			second.wantExpiry(wish())
			h.clock.Advance(time.Hour)
			again := ada.rotate(h, first, 48) // in the overlap, which it does not lengthen
			again.wantExpiry(wish())
			h.clock.Advance(time.Hour)
			heir := ada.rotate(h, again.get("id"), 1)
			heir.wantExpiry(wish())
			ada.rotate(h, second.get("id"), 0).wantExpiry(wish())
			last := ada.rotate(h, first, 0) // which ends the overlap
			last.wantExpiry(wish())
			h.do("GET", sandbox, "", byKey(firstKey)).status(401)

			h.clock.Advance(50 * time.Hour)
			h.do("GET", sandbox, "", byKey(second.get("key"))).status(401)
			h.do("GET", sandbox, "", byKey(again.get("key"))).status(401)
			h.do("GET", sandbox, "", byKey(heir.get("key"))).status(200)
			h.do("GET", sandbox, "", byKey(last.get("key"))).status(200)
		}
	})
}

// TestRotationsAtOnce: of a key that is rotated by many at once, every new key has
// the life that was wished.
func TestRotationsAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		ada := h.customer("ada@example.com")
		id, key := h.newKey(ada.session, `{"name":"ci"}`)
		answers := h.atOnce(func(int) *http.Request {
			return request("POST", "/api/v1/account/api-keys/"+id+"/rotate", `{"overlap_hours":1}`, ada.session)
		})
		expectStatuses(t, map[int]int{201: 48, 403: clients - 48}, statuses(answers)) // 50 keys at most
		h.clock.Advance(time.Hour)
		h.do("GET", sandbox, "", byKey(key)).status(401)
		for _, answer := range answers {
			if answer.Code == http.StatusCreated {
				answer.wantExpiry(time.Time{})
				h.do("GET", sandbox, "", byKey(answer.get("key"))).status(200)
			}
		}
	})
}
