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
func (v credentialsVisit) createKey() {
	seconds, ok := parseLife(v.r.PostFormValue(fieldLife))
	if !ok {
		v.showMalformed()
		return
	}
	body := struct {
		Name string `json:"name"`
		Life *int   `json:"expires_in,omitempty"`
	}{v.r.PostFormValue(fieldName), seconds}
	a := v.call(http.MethodPost, apiKeys, body, v.idempotencyKey())
	if a.ok() {
		v.showMade(a)
		return
	}
	v.showKeyError(a, v.makeNewKeyForm())
}

func (v credentialsVisit) rotateKey(id string) {
	hours, err := strconv.Atoi(v.r.PostFormValue(fieldOverlap))
	if err != nil || !slices.Contains(overlapHours, hours) {
		v.showMalformed()
		return
	}
	a := v.call(http.MethodPost, apiKeys+"/"+id+"/rotate", map[string]int{fieldOverlap: hours}, v.idempotencyKey())
	if a.ok() {
		v.showMade(a)
		return
	}
	overlap := field{
		Name: fieldOverlap, Type: "select", Label: v.text.Account.Overlap, Value: strconv.Itoa(hours), Options: v.listOverlaps(),
	}
	v.showKeyError(a, &form{
		Action: v.r.URL.RequestURI(), Idempotency: v.idempotencyKey(), Fields: []field{overlap}, Button: v.text.Account.RotateButton,
	})
}

// showKeyError says why the API does not make a key. The form to try again with
// gets a new Idempotency-Key, since the API stores failures with theirs, too.
func (v credentialsVisit) showKeyError(a answer, again *form) {
	switch {
	case a.status == http.StatusConflict: // the same form is under way
		a.status = http.StatusServiceUnavailable
		fallthrough
	case a.status == http.StatusTooManyRequests, a.status >= http.StatusInternalServerError:
		v.showRetry(a, card{Heading: v.text.Failed, Form: again})
		return
	}
	v.r.PostForm.Del(fieldIdempotency)
	alert, next := "", v.makeNewKeyForm()
	switch {
	case v.markErrors(next, a, v.operation("createAPIKey")):
		alert = v.text.Frame.CheckFields
	case a.status == http.StatusForbidden:
		alert = v.text.Account.TooManyKeys
	case a.status == http.StatusUnprocessableEntity:
		alert = v.text.Account.FormUsed
	default:
		v.showError(a)
		return
	}
	v.showAll(a.status, alert, next)
}

// showMade shows the key that the API has made. If the form was sent again, the
// stored answer may have a key that has been revoked since.
func (v credentialsVisit) showMade(a answer) {
	var made gen.CreatedAPIKey
	a.decode(&made)
	if list := v.call(http.MethodGet, apiKeys, nil, ""); list.ok() {
		var keys gen.APIKeyList
		list.decode(&keys)
		if !slices.ContainsFunc(keys.APIKeys, func(key gen.APIKey) bool { return key.ID == made.ID }) {
			v.redirect(pathCredentials)
			return
		}
	}
	v.showKey(v.baseURL, v.text.Account.YourKey, v.text.Account.YourKeySays, made)
}

// shownKey is an API key, the one time that it is shown, and a command to try
// it with.
type shownKey struct {
	gen.CreatedAPIKey
	Heading, Says, Sample string
}

// showKey shows a key that was just made. baseURL is where the caller finds the
// server.
func (v *visit) showKey(baseURL, heading, says string, made gen.CreatedAPIKey) {
	sample := "curl -i " + baseURL + apiSandbox + " \\\n  -H 'X-API-Key: " + made.Key + "'"
	shown := shownKey{CreatedAPIKey: made, Heading: heading, Says: says, Sample: sample}
	v.showPage(http.StatusOK, keyPage, page{Title: heading, Scripts: []*static.Asset{credentialsScript}, Main: shown})
}
