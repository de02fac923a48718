package site

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"example.com/alta/gen"
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

// agent is a name in user agents, and what people call it.
type agent struct{ Part, Name string }

// browsers and systems, by the names that are in their user agents. Most name
// others, too: the first that is found is meant.
var (
	browsers = []agent{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = []agent{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"},
	}
	program = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._ -]{0,39}(/|$)`)
)

// describeDevice names the device that a session was started on. Programs other than
// browsers begin with their names.
func (t *text) describeDevice(userAgent string) string {
	browser, system := nameIn(userAgent, browsers), nameIn(userAgent, systems)
	switch {
	case browser != "" && system != "":
		return fmt.Sprintf(t.Account.DeviceOn, browser, system)
	case browser+system != "":
		return browser + system
	}
	if name := program.FindString(userAgent); name != "" {
		return strings.TrimSuffix(name, "/")
	}
	return t.Account.UnknownDevice
}

func nameIn(userAgent string, agents []agent) string {
	for _, agent := range agents {
		if strings.Contains(userAgent, agent.Part) {
			return agent.Name
		}
	}
	return ""
}
