package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

// TestRaceOfProofs: verifications, resets, requests for links and log-ins write the
// same rows in different orders. None of them fails for that, and the result is one
// that a sequence could have had.
func TestRaceOfProofs(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email := "ada@example.com"
		h.registerUnverified(email)
		verification := h.secret("verification")
		h.forget(email)
		reset := h.secret("reset")
		h.clock.Advance(time.Minute)
		answers := h.atOnce(func(i int) *http.Request {
			switch i % 4 {
			case 0:
				return request("POST", "/api/v1/auth/verifyEmail", withToken(verification))
			case 1:
				return request("PUT", "/api/v1/auth/newpassword", newPassword(reset, anotherPassword))
			case 2:
				return request("POST", "/api/v1/auth/login", credentials(email, password))
			}
			return request("POST", "/api/auth/login", credentials(email, anotherPassword))
		})
		resets := 0
		for i, answer := range answers {
			if answer.Code >= 500 {
				t.Errorf("call %d: %d %s", i%4, answer.Code, answer.Body)
			}
			if i%4 == 1 && answer.Code == 200 {
				resets++
			}
		}
		if resets != 1 || h.user(email).EmailVerifiedAt == nil {
			t.Errorf("%d resets, verified at %v", resets, h.user(email).EmailVerifiedAt)
		}
		h.clock.Advance(time.Hour)
		h.logIn(email, anotherPassword, 200, 200)
	})
}
