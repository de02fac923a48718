package stage

import (
	"net/http"
	"time"
)

// Names of cookies. Over https browsers hold a name with the prefix __Host-
// to this very host, the whole of it, and https (RFC 6265bis section 4.1.3).
const (
	SessionCookie = "alta"
	DeviceCookie  = "alta-device"
	SignInCookie  = "alta-sign-in" // of a sign-in by an issuer that is under way
)

// Cookies sets and reads the server's cookies.
type Cookies struct {
	Secure bool // the server is reached by https
}

// Name returns the cookie's name as browsers have it.
func (c Cookies) Name(name string) string {
	if c.Secure {
		return "__Host-" + name
	}
	return name
}

// Set has the call's answer set a cookie that scripts cannot read. A life of 0 or
// less clears it.
func (c Cookies) Set(call *Call, name, value string, life time.Duration) {
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
	call.Header.Add("Set-Cookie", cookie.String())
}

// Value returns the value of the call's cookie, or "".
func (c Cookies) Value(call *Call, name string) string {
	name = c.Name(name)
	for _, cookie := range call.cookies {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	return ""
}
