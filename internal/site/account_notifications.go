package site

import (
	"net/http"
	"strconv"

	"example.com/alta/gen"
)

const apiNotices = "/api/v1/user/notices"

// Names of fields, of forms and of the API alike.
const (
	fieldNotifyLogin = "notify_login"
	fieldNotifyKeys  = "notify_keys"
	fieldNotifyLock  = "notify_lock"
)

var notificationsPage = parse("notifications.html")

// notifications is the data of the page of notifications. The API keeps preferences
// for messages that are not sent yet; the page has them when they do something.
type notifications struct {
	Tabs    tabs
	Alert   string
	Discard *link // drops what was chosen; nil: there is nothing to drop
	Form    *form
}

func (v accountVisit) showNotifications() {
	if e, ok := v.readNotifications(); ok { // the session may have ended
		e.form.remember(e.tag)
		v.showChoices(http.StatusOK, e.form)
	}
}

// readNotifications reads what the person wants to be told. If it cannot, it shows the
// error and ok is false.
func (v accountVisit) readNotifications() (e edit, ok bool) {
	var chosen gen.Notices
	tag, ok := v.getTagged(apiNotices, &chosen)
	if !ok {
		return e, false
	}
	f := v.makeNotificationsForm(chosen)
	return edit{form: f, tag: tag, method: http.MethodPut, api: apiNotices, body: func(changed map[string]bool) (map[string]any, bool) {
		f.check(v.text)
		return notificationChanges(f, changed), !f.failed()
	}}, true
}

func (v accountVisit) makeNotificationsForm(chosen gen.Notices) *form {
	t := v.text.Account
	choose := func(name, label, hint string, on bool) field {
		return field{
			Name: name, Type: "select", Label: label, Hint: hint, Value: strconv.FormatBool(on),
			Options: []option{{Value: "true", Says: t.NotifyOn}, {Value: "false", Says: t.NotifyOff}},
		}
	}
	return &form{Action: pathNotifications, Button: t.Save, Fields: []field{
		choose(fieldNotifyLogin, t.NotifyLogin, t.NotifyLoginHint, chosen.NotifyLogin),
		choose(fieldNotifyKeys, t.NotifyKeys, t.NotifyKeysHint, chosen.NotifyKeys),
		choose(fieldNotifyLock, t.NotifyLock, t.NotifyLockHint, chosen.NotifyLock),
	}}
}

func notificationChanges(f *form, changed map[string]bool) map[string]any {
	changes := map[string]any{}
	for name := range changed {
		changes[name] = f.valueOf(name) == "true"
	}
	return changes
}

// showChoices shows the page with the form as it was sent.
func (v accountVisit) showChoices(status int, f *form) {
	shown, title := notifications{Tabs: v.makeAccountTabs(), Form: f}, v.text.Account.Notifications
	switch {
	case status == http.StatusConflict:
		shown.Alert, title = v.text.Edit.Changed, v.text.ErrorTitle+title
		shown.Discard = &link{pathNotifications, v.text.Edit.Discard}
	case f.failed():
		shown.Alert, title = v.text.Frame.CheckFields, v.text.ErrorTitle+title
	}
	v.showPage(status, notificationsPage, page{Title: title, Wide: true, Main: shown})
}

func (v accountVisit) sendNotifications() {
	values, ok := v.readForm()
	if !ok {
		return
	}
	e, a, result := v.sendEdit(v.readNotifications, values)
	switch {
	case result == editUnread:
	case result == editSaved:
		v.redirectDone(pathNotifications, doneNotify)
	case result == editInvalid:
		v.showChoices(http.StatusBadRequest, e.form)
	case result == editConflict, a.status == http.StatusPreconditionFailed:
		v.showChoices(http.StatusConflict, e.form)
	default:
		v.showErrorWith(a, card{Heading: v.text.Failed, Form: e.form})
	}
}
