package stage

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
)

// Names of cookies. Over https they have the prefix __Host-, so that browsers
// accept them from this host only, for all of its paths and only over https
// (RFC 6265bis section 4.1.3).
const (
	SessionCookie = "alta"
	DeviceCookie  = "alta-device"
	SignInCookie  = "alta-sign-in-" // of an unfinished sign-in by an issuer; the ID of the sign-in follows
)

// Cookies sets and reads the server's cookies.
type Cookies struct {
	Secure bool // clients reach the server by https
}

// Name returns the cookie's name as it is sent to browsers.
func (c Cookies) Name(name string) string {
	if c.Secure {
		return "__Host-" + name
	}
	return name
}

// Set adds a cookie that scripts cannot read to the call's response. A life of 0 or
// less deletes the cookie. Set replaces what the response has for that cookie: a
// transaction that sets cookies may run more than once.
func (c Cookies) Set(call *Call, name, value string, life time.Duration) {
	set := slices.DeleteFunc(call.Header.Values("Set-Cookie"), func(earlier string) bool {
		return strings.HasPrefix(earlier, c.Name(name)+"=")
	})
	call.Header["Set-Cookie"] = append(set, c.format(name, value, life))
}

// format returns the header that sets the cookie.
func (c Cookies) format(name, value string, life time.Duration) string {
	cookie := &http.Cookie{
		Name:     c.Name(name),
		Value:    value,
		Path:     "/",
		MaxAge:   int(life.Seconds()),
		Secure:   c.Secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
	if life <= 0 {
		cookie.MaxAge = -1
	}
	return cookie.String()
}

// Session returns the user and the id of the session whose cookie the call has. The
// session may have ended; both are uuid.Nil without a valid cookie.
func (s *Stages) Session(call *Call) (userID, id uuid.UUID) {
	claims, err := s.tokens.Parse(identity.PurposeSession, s.cookies.Value(call, SessionCookie))
	if err != nil {
		return uuid.Nil, uuid.Nil
	}
	userID, userErr := uuid.Parse(claims.UserID)
	id, idErr := uuid.Parse(claims.ID)
	if userErr != nil || idErr != nil {
		return uuid.Nil, uuid.Nil
	}
	return userID, id
}

// Value returns the value of the cookie in the request, or "" without one.
func (c Cookies) Value(call *Call, name string) string {
	name = c.Name(name)
	for _, cookie := range call.cookies {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	return ""
}

// Names returns the names of the call's cookies that begin with prefix, in the
// order in which browsers send them: the oldest first (RFC 6265, section 5.4).
func (c Cookies) Names(call *Call, prefix string) (names []string) {
	for _, cookie := range call.cookies {
		if strings.HasPrefix(cookie.Name, c.Name(prefix)) {
			names = append(names, strings.TrimPrefix(cookie.Name, c.Name("")))
		}
	}
	return names
}
