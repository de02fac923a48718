package site

import (
	"net/http"

	"example.com/alta/gen"
)

const (
	apiUser = "/api/v1/user/"

	fieldByMail    = "notify_email"
	fieldByBrowser = "notify_browser"
	fieldWebhook   = "webhook_url"
)

var notificationsPage = parse("notifications.html")

// notifications is the data of the page of notifications.
type notifications struct {
	Tabs    tabs
	Alert   string
	Discard *link // drops what was chosen; nil: there is nothing to drop
	Form    *form
}

func (v accountVisit) showNotifications() {
	if e, ok := v.readNotifications(); ok {
		e.form.remember(e.tag)
		v.showSettings(http.StatusOK, e.form)
	}
}

// readNotifications reads how the person wants to be notified. If it cannot, it shows
// the error and ok is false.
func (v accountVisit) readNotifications() (e edit, ok bool) {
	var record gen.UserRecord
	tag, ok := v.getTagged(apiUser, &record)
	if !ok {
		return e, false
	}
	t := v.text.Account
	f := &form{Action: pathNotifications, Button: t.Save, Fields: withLimits(v.operation("updateDeveloper"),
		field{Name: fieldByMail, Type: typeCheck, Label: t.NotifyEmail, Value: checked(record.User.NotifyEmail)},
		field{Name: fieldByBrowser, Type: typeCheck, Label: t.NotifyBrowser, Value: checked(record.User.NotifyBrowser)},
		field{Name: fieldWebhook, Type: "url", Label: t.Webhook, Value: record.User.WebhookURL, Autocomplete: "off", Hint: t.WebhookHint},
	)}
	return edit{form: f, tag: tag, method: http.MethodPut, api: apiUser, body: func(changed map[string]bool) (map[string]any, bool) {
		body := map[string]any{}
		for name := range changed {
			if field := f.find(name); field.Type == typeCheck {
				body[name] = field.Value != ""
			} else {
				body[name] = field.Value
			}
		}
		return body, true
	}}, true
}

// checked returns the value of a box.
func checked(is bool) string {
	if is {
		return "true"
	}
	return ""
}

// showSettings shows the page with the form as it was sent.
func (v accountVisit) showSettings(status int, f *form) {
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
		v.redirectDone(pathNotifications, doneNotifications)
	case result == editConflict, a.status == http.StatusPreconditionFailed:
		v.showSettings(http.StatusConflict, e.form)
	case a.isAbout(fieldWebhook):
		e.form.find(fieldWebhook).Error = v.text.Account.BadWebhook
		v.showSettings(a.status, e.form)
	default:
		v.showError(a)
	}
}
