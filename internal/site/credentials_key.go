package site

import (
	"net/http"
	"slices"
	"strconv"

	"example.com/alta/gen"
	"example.com/alta/internal/site/static"
)

const (
	apiKeys    = "/api/v1/account/api-keys"
	apiSandbox = "/api/v1/sandbox"

	fieldName    = "name"
	fieldLife    = "days"
	fieldOverlap = "overlap_hours"
)

var keyPage = parse("key.html")

// createKey makes a key and shows it. The form sent again, by a reload, is
// answered with the same key.
func (v *visit) createKey() {
	seconds, ok := sentLife(v.r.PostFormValue(fieldLife))
	if !ok {
		v.card(http.StatusBadRequest, card{Heading: v.text.Failed, Alert: v.text.Malformed})
		return
	}
	body := struct {
		Name string `json:"name"`
		Life *int   `json:"expires_in,omitempty"`
	}{v.r.PostFormValue(fieldName), seconds}
	a := v.send(http.MethodPost, apiKeys, body, v.idempotency())
	if a.ok() {
		v.showMade(a)
		return
	}
	v.refuseKey(a, v.newKeyForm())
}

func (v *visit) rotateKey(id string) {
	hours, err := strconv.Atoi(v.r.PostFormValue(fieldOverlap))
	if err != nil || !slices.Contains(overlapHours, hours) {
		v.card(http.StatusBadRequest, card{Heading: v.text.Failed, Alert: v.text.Malformed})
		return
	}
	a := v.send(http.MethodPost, apiKeys+"/"+id+"/rotate", map[string]int{fieldOverlap: hours}, v.idempotency())
	if a.ok() {
		v.showMade(a)
		return
	}
	overlap := field{
		Name: fieldOverlap, Type: "select", Label: v.text.Account.Overlap, Value: strconv.Itoa(hours), Options: v.overlaps(),
	}
	v.refuseKey(a, &form{
		Action: v.r.URL.RequestURI(), Idempotency: v.idempotency(), Fields: []field{overlap}, Button: v.text.Account.RotateButton,
	})
}

// refuseKey answers that the API does not make a key. What is sent after a
// refusal is another request: the API remembers refusals, too.
func (v *visit) refuseKey(a answer, again *form) {
	switch {
	case a.status == http.StatusConflict: // the same form is under way
		a.status = http.StatusServiceUnavailable
		fallthrough
	case a.status == http.StatusTooManyRequests, a.status >= http.StatusInternalServerError:
		v.refuse(a, card{Heading: v.text.Failed, Form: again})
		return
	}
	v.r.PostForm.Del(fieldIdempotency)
	alert, next := "", v.newKeyForm()
	switch {
	case v.mark(next, a, v.site.operation("createAPIKey")):
		alert = v.text.Frame.CheckFields
	case a.status == http.StatusForbidden:
		alert = v.text.Account.TooManyKeys
	case a.status == http.StatusUnprocessableEntity:
		alert = v.text.Account.FormUsed
	default:
		v.fail(a)
		return
	}
	v.showCredentials(a.status, alert, next)
}

// showMade shows the key that the API has made. An answer that was kept for a
// form sent again may be of a key that has been revoked since.
func (v *visit) showMade(a answer) {
	var made gen.CreatedAPIKey
	a.decode(&made)
	if list := v.send(http.MethodGet, apiKeys, nil, ""); list.ok() {
		var keys gen.APIKeyList
		list.decode(&keys)
		if !slices.ContainsFunc(keys.APIKeys, func(key gen.APIKey) bool { return key.ID == made.ID }) {
			v.redirect(pathCredentials)
			return
		}
	}
	v.showKey(v.text.Account.YourKey, v.text.Account.YourKeySays, made)
}

// shownKey is an API key, the one time that it is shown, and a command to try
// it with.
type shownKey struct {
	gen.CreatedAPIKey
	Heading, Says, Sample string
}

func (v *visit) showKey(heading, says string, made gen.CreatedAPIKey) {
	sample := "curl -i " + v.site.baseURL(v.r) + apiSandbox + " \\\n  -H 'X-API-Key: " + made.Key + "'"
	v.show(http.StatusOK, keyPage, page{Title: heading, Scripts: []*static.Asset{credentialsScript}, Main: shownKey{made, heading, says, sample}})
}
