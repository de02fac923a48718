package site

import (
	"cmp"
	"net/http"

	"example.com/alta/gen"
	"example.com/alta/internal/useragent"
)

const apiSessions = "/api/v1/auth/sessions"

// shownSession is a session of the list.
type shownSession struct {
	gen.Session
	Device, Since, LastSeen string
	End                     string // action of the form
}

func (v credentialsVisit) listSessions(sessions []gen.Session) []shownSession {
	shown := make([]shownSession, len(sessions))
	for i, session := range sessions {
		shown[i] = shownSession{
			Session:  session,
			Device:   v.text.describeDevice(session.UserAgent),
			Since:    v.text.formatMinute(parseMoment(session.CreatedAt)),
			LastSeen: v.text.formatMinute(parseMoment(session.LastSeenAt)),
			End:      credentialsPath(doEnd, session.ID.String()),
		}
	}
	return shown
}

// endOtherSessions ends all sessions but this one, each by a call.
func (v credentialsVisit) endOtherSessions() {
	var list gen.SessionList
	if !v.get(apiSessions, &list) {
		return
	}
	for _, session := range list.Sessions {
		if session.Current {
			continue
		}
		a := v.call(http.MethodDelete, apiSessions+"/"+session.ID.String(), nil, "")
		if !a.ok() && a.status != http.StatusNotFound {
			v.showErrorWith(a, card{Heading: v.text.Failed, Form: &form{Action: v.r.URL.RequestURI(), Button: v.text.Account.EndOthers}})
			return
		}
	}
	v.redirectDone(pathCredentials, doneEndedOthers)
}

// describeDevice names the device that a session was started on.
func (t *text) describeDevice(userAgent string) string {
	return cmp.Or(useragent.Describe(userAgent, t.Account.DeviceOn), t.Account.UnknownDevice)
}
