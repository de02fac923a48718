package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/site/static"
)

// The query of a form's action says what the form asks for. So the page has one
// path, and people who have to log in first come back to it.
const (
	queryDo = "do"
	queryID = "id"

	doCreate    = "create"
	doRotate    = "rotate"
	doRevoke    = "revoke"
	doRevokeAll = "revoke-all"
	doEnd       = "end"
	doEndOthers = "end-others"
)

var credentialsPage = parse("credentials.html")

// credentialsVisit is a visit of the page of keys and sessions.
type credentialsVisit struct {
	*visit
	now     time.Time
	baseURL string // where the caller finds the server
}

// shownCredentials is the data of the page of keys and sessions.
type shownCredentials struct {
	Tabs     tabs
	Alert    string
	Active   bool // there is API access
	Keys     []listedKey
	All      string // action of the form that revokes all keys; empty: there are none
	NewKey   *form
	Open     bool // the form for a new key is seen at once
	Overlaps []option
	Sessions []shownSession
	Others   string // action of the form that ends all sessions but this one; empty: there are no others
}

func (v credentialsVisit) showCredentials() { v.showAll(http.StatusOK, "", v.makeNewKeyForm()) }

// showAll shows the page with an alert, and the form for a new key as it was
// sent.
func (v credentialsVisit) showAll(status int, alert string, newKey *form) {
	var balance gen.Balance
	var sessions gen.SessionList
	if !v.get(apiBalance, &balance) || !v.get(apiSessions, &sessions) {
		return
	}
	shown := shownCredentials{Tabs: v.makeAccountTabs(), Alert: alert, Active: balance.Plan != gen.PlanNameNone}
	if shown.Active {
		var keys gen.APIKeyList
		if !v.get(apiKeys, &keys) {
			return
		}
		shown.Keys, shown.NewKey, shown.Overlaps = v.listKeys(keys.APIKeys), newKey, v.listOverlaps()
		if len(shown.Keys) > 0 {
			shown.All = credentialsPath(doRevokeAll, "")
		}
	}
	shown.Open = alert != "" || len(shown.Keys) == 0
	shown.Sessions = v.listSessions(sessions.Sessions)
	if len(sessions.Sessions) > 1 {
		shown.Others = credentialsPath(doEndOthers, "")
	}
	title := v.text.Frame.Keys
	if alert != "" {
		title = v.text.ErrorTitle + title
	}
	if alert != "" && !shown.Active { // nothing else matters then
		shown.Alert = v.text.Account.NoAccess
	}
	v.showPage(status, credentialsPage, page{Title: title, Wide: true, Scripts: []*static.Asset{credentialsScript}, Main: shown})
}

// credentialsPath returns the action of a form.
func credentialsPath(do, id string) string {
	query := url.Values{queryDo: {do}}
	if id != "" {
		query.Set(queryID, id)
	}
	return pathCredentials + "?" + query.Encode()
}

func (v credentialsVisit) sendCredentials() {
	if _, ok := v.readForm(); !ok {
		return
	}
	query := v.r.URL.Query()
	id, err := uuid.Parse(query.Get(queryID))
	switch do := query.Get(queryDo); {
	case do == doCreate:
		v.createKey()
	case do == doRevokeAll:
		v.end(apiKeys, doneRevokedAll, v.text.Account.RevokeAll)
	case do == doEndOthers:
		v.endOtherSessions()
	case err == nil && do == doRotate:
		v.rotateKey(id.String())
	case err == nil && do == doRevoke:
		v.end(apiKeys+"/"+id.String(), doneRevoked, v.text.Account.RevokeButton)
	case err == nil && do == doEnd:
		v.end(apiSessions+"/"+id.String(), doneEnded, v.text.Account.EndButton)
	default:
		v.showMalformed()
	}
}

// end ends keys or a session. If they have already ended, that is a success.
func (v credentialsVisit) end(path, code, button string) {
	a := v.call(http.MethodDelete, path, nil, "")
	if !a.ok() && a.status != http.StatusNotFound {
		v.showErrorWith(a, card{Heading: v.text.Failed, Form: &form{Action: v.r.URL.RequestURI(), Button: button}})
		return
	}
	v.redirectDone(pathCredentials, code)
}

// soon is how long before its end a key says that it ends soon.
const soon = 7 * 24 * time.Hour

// listedKey is a key of the list.
type listedKey struct {
	gen.APIKey
	Made, LastUsed, Expires string
	Soon                    bool   // it expires soon
	Rotate, Revoke          string // actions of forms
	Idempotency             string // of the one that rotates
}

func (v credentialsVisit) listKeys(keys []gen.APIKey) []listedKey {
	shown := make([]listedKey, len(keys))
	for i, key := range keys {
		id := key.ID.String()
		shown[i] = listedKey{
			APIKey:      key,
			Made:        v.text.formatDate(parseMoment(key.CreatedAt)),
			LastUsed:    v.text.Account.Never,
			Expires:     v.text.Account.Never,
			Rotate:      credentialsPath(doRotate, id),
			Revoke:      credentialsPath(doRevoke, id),
			Idempotency: uuid.NewString(),
		}
		if at, ok := momentOf(key.LastUsedAt); ok {
			shown[i].LastUsed = v.text.formatMinute(at)
		}
		if at, ok := momentOf(key.ExpiresAt); ok {
			shown[i].Expires, shown[i].Soon = v.text.formatMinute(at), at.Before(v.now.Add(soon))
		}
	}
	return shown
}

// lifetimes are the days that a new key can be told to work.
var lifetimes = []int{30, 90, 365}

// makeNewKeyForm asks for the name and the lifetime of a new key. It keeps the
// values that were sent.
func (v credentialsVisit) makeNewKeyForm() *form {
	t := v.text.Account
	name := withLimits(v.operation("createAPIKey"), field{
		Name: fieldName, Type: "text", Label: t.KeyName, Value: v.r.PostFormValue(fieldName), Hint: t.KeyNameHint, Autocomplete: "off",
	})[0]
	life := field{
		Name: fieldLife, Type: "select", Label: t.KeyExpires, Value: v.r.PostFormValue(fieldLife),
		Options: []option{{Value: "0", Says: t.KeyNeverExpires}},
	}
	for _, days := range lifetimes {
		life.Options = append(life.Options, option{Value: strconv.Itoa(days), Says: v.text.formatDays(days)})
	}
	return &form{Action: credentialsPath(doCreate, ""), Idempotency: v.idempotencyKey(), Fields: []field{name, life}, Button: t.CreateKey}
}

// overlapHours are the hours that an old key can be told to go on working.
var overlapHours = []int{24, 1, 72, 0}

// listOverlaps returns the choices of overlapHours.
func (v credentialsVisit) listOverlaps() []option {
	options := make([]option, len(overlapHours))
	for i, hours := range overlapHours {
		options[i] = option{Value: strconv.Itoa(hours), Says: v.text.describeOverlap(hours)}
	}
	return options
}

// parseLife returns how long the key is to work, in seconds; nil: until it is
// revoked. ok is false for a choice that the form does not offer.
func parseLife(value string) (seconds *int, ok bool) {
	if value == "0" {
		return nil, true
	}
	days, err := strconv.Atoi(value)
	if err != nil || !slices.Contains(lifetimes, days) {
		return nil, false
	}
	life := days * int((24 * time.Hour).Seconds())
	return &life, true
}
