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
	Tabs          tabs
	Alert         string
	Mail, Browser checkbox
	Webhook       shownField
}

// checkbox is a choice between yes and no.
type checkbox struct {
	Name, Label string
	Checked     bool
}

func (v accountVisit) showNotifications() {
	var record gen.UserRecord
	if v.get(apiUser, &record) {
		user := record.User
		v.showSettings(http.StatusOK, settings{byMail: user.NotifyEmail, byBrowser: user.NotifyBrowser, webhook: user.WebhookURL}, "")
	}
}

// settings are how a person wants to be notified.
type settings struct {
	byMail, byBrowser bool
	webhook           string
}

// showSettings shows the page with the settings, and what is wrong with the
// webhook.
func (v accountVisit) showSettings(status int, chosen settings, problem string) {
	t := v.text.Account
	longest := v.operation("updateDeveloper").Body.Property(fieldWebhook).Schema.MaxLength
	shown := notifications{
		Tabs:    v.makeAccountTabs(),
		Mail:    checkbox{Name: fieldByMail, Label: t.NotifyEmail, Checked: chosen.byMail},
		Browser: checkbox{Name: fieldByBrowser, Label: t.NotifyBrowser, Checked: chosen.byBrowser},
		Webhook: shownField{Text: v.text, Focus: problem != "", Field: field{
			Name: fieldWebhook, Type: "url", Label: t.Webhook, Value: chosen.webhook, Autocomplete: "off", Optional: true,
			MaxLength: int(*longest), Hint: t.WebhookHint, Error: problem,
		}},
	}
	title := t.Notifications
	if problem != "" {
		shown.Alert, title = v.text.Frame.CheckFields, v.text.ErrorTitle+title
	}
	v.showPage(status, notificationsPage, page{Title: title, Wide: true, Main: shown})
}

func (v accountVisit) sendNotifications() {
	values, ok := v.readForm()
	if !ok {
		return
	}
	sent := settings{byMail: values.Has(fieldByMail), byBrowser: values.Has(fieldByBrowser), webhook: values.Get(fieldWebhook)}
	update := gen.UserUpdate{NotifyEmail: &sent.byMail, NotifyBrowser: &sent.byBrowser, WebhookURL: &sent.webhook}
	a := v.call(http.MethodPut, apiUser, update, "")
	switch {
	case a.ok():
		v.redirectDone(pathNotifications, doneNotifications)
	case a.isAbout(fieldWebhook):
		v.showSettings(a.status, sent, v.text.Account.BadWebhook)
	default:
		v.showError(a)
	}
}
