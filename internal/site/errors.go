package site

import "net/http"

// showError shows the page for an error of the API.
func (v *visit) showError(a answer) { v.showErrorWith(a, card{Heading: v.text.Failed}) }

// showErrorWith shows the page for an error of the API. The card is for errors
// that may pass: it has the form to try again with.
func (v *visit) showErrorWith(a answer, again card) {
	switch a.status {
	case http.StatusUnauthorized:
		v.redirectToLogIn()
	case http.StatusForbidden:
		v.showCard(http.StatusForbidden, card{Heading: v.text.Failed, Alert: v.text.Frame.Forbidden})
	case http.StatusNotFound:
		v.showGone()
	case http.StatusBadRequest: // the address has a value that the API does not accept
		v.showUnknown()
	default:
		v.showRetry(a, again)
	}
}

// showGone says that the page's subject is not there, or not any more.
func (v *visit) showGone() {
	v.showCard(http.StatusNotFound, card{Heading: v.text.NotFound, Says: v.text.Frame.Gone})
}

// showUnknown says that there is no page at the address.
func (v *visit) showUnknown() {
	v.showCard(http.StatusNotFound, card{
		Heading: v.text.NotFound, Says: v.text.NotFoundSays, Link: &link{Path: "/", Says: v.text.Home},
	})
}

// showMalformed says that the request is not a form of the page.
func (v *visit) showMalformed() {
	v.showCard(http.StatusBadRequest, card{Heading: v.text.Failed, Alert: v.text.Malformed})
}

// showRetry shows the card again, and why it did not work this time. An error
// that is not about the form is called the server's own.
func (v *visit) showRetry(a answer, c card) {
	status := a.status
	switch status {
	case http.StatusTooManyRequests:
		c.Alert, c.Wait = v.text.TooMany+" "+v.text.describeWait(a.waitSeconds()), a.waitSeconds()
	case http.StatusServiceUnavailable, http.StatusConflict: // the latter: the same form is under way
		why := v.text.Busy
		if a.storage {
			why = v.text.Storage
		}
		c.Alert, c.Wait = why+" "+v.text.describeWait(a.waitSeconds()), a.waitSeconds()
	case http.StatusRequestEntityTooLarge:
		c.Alert = v.text.TooLarge
	default:
		status = http.StatusInternalServerError
		c.Alert, c.RequestID = v.text.Broken, a.requestID
	}
	if pause := a.retryAfter(); pause != "" {
		v.w.Header().Set("Retry-After", pause)
	}
	v.showCard(status, c)
}
