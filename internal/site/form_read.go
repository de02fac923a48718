package site

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/alta/internal/contract"
)

// readForm reads the form that was sent. If it cannot, it shows the error and ok
// is false.
//
// It is the one place that decodes forms, and refuses the bytes that the API refuses
// in JSON: text that is not UTF-8 would become U+FFFD on its way to the API, so that
// one password would open an account for many others.
func (v *visit) readForm() (values url.Values, ok bool) {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
	err := v.r.ParseForm()
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case tooLarge:
		v.showCard(http.StatusRequestEntityTooLarge, card{Heading: v.text.Failed, Alert: v.text.TooLarge})
	case err != nil, !isForm(v.r), !v.isText(v.r.PostForm):
		v.showMalformed()
	default:
		trimEmails(v.r.PostForm)
		return v.r.PostForm, true
	}
	return nil, false
}

// isForm reports whether the request has the media type in which the forms of pages
// are sent. An empty form has no body and needs none.
func isForm(r *http.Request) bool {
	contentType := r.Header.Get("Content-Type")
	media, _, err := mime.ParseMediaType(contentType)
	return contentType == "" && r.ContentLength == 0 || err == nil && media == "application/x-www-form-urlencoded"
}

// isText reports whether the API takes each name and value of the form as text, and
// its idempotency key as a key.
func (v *visit) isText(form url.Values) bool {
	for name, values := range form {
		for _, text := range append(values, name) {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(form[fieldIdempotency], v.isBadKey)
}

// isBadKey reports whether the key breaks the contract's rule, which is the same for all
// operations that take one. An empty key is none.
func (v *visit) isBadKey(key string) bool {
	return key != "" && len(v.operation("registerAppUser").Header(contract.HeaderIdempotencyKey).Check(key)) > 0
}

// trimEmails removes the blanks around addresses, which keyboards and the clipboard
// add. The API would refuse them.
func trimEmails(form url.Values) {
	for i, email := range form[fieldEmail] {
		form[fieldEmail][i] = strings.TrimSpace(email)
	}
}
