package stage

import (
	"net/http"
	"time"
)

// Names of cookies. Over https they have the prefix __Host-, so that browsers
// accept them from this host only, for all of its paths and only over https
// (RFC 6265bis section 4.1.3).
const (
	SessionCookie = "alta"
	DeviceCookie  = "alta-device"
	SignInCookie  = "alta-sign-in" // of a sign-in at an issuer that is not finished
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
// less deletes the cookie.
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
