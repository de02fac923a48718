package site

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
)

// pathSession answers the pages' own scripts.
const pathSession = "/session"

// sessionName returns a pseudonym of the session that the caller's cookie has, or ""
// without a cookie. It opens nothing and tells nothing about the session, but is
// another one for each. What a browser keeps for a person is marked with it.
func (v *visit) sessionName() string {
	if !v.isSignedIn() {
		return ""
	}
	cookie, _ := v.r.Cookie(v.session.cookie) // it is there
	mac := hmac.New(sha256.New, []byte(cookie.Value))
	mac.Write([]byte("alta: what a browser keeps"))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// showSessionName answers with the pseudonym of the caller's session as text, which is
// empty if nobody is logged in. Pages carry the pseudonym, too, but cannot know that
// their session has ended since.
func (v *visit) showSessionName() {
	status, name := http.StatusOK, v.sessionName()
	if name != "" {
		switch a := v.call(http.MethodGet, apiSessions, nil, ""); {
		case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden:
			name = ""
		case !a.ok():
			status, name = http.StatusServiceUnavailable, ""
			if again := a.retryAfter(); again != "" {
				v.w.Header().Set("Retry-After", again)
			}
		}
	}
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write([]byte(name)) // fails if nobody is there to read it
}
