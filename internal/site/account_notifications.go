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

// notifications is what the page of how to be told of things shows.
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

func showNotifications(v *visit) {
	var record gen.UserRecord
	if v.get(apiUser, &record) {
		v.showNotifications(http.StatusOK, record.User.NotifyEmail, record.User.NotifyBrowser, record.User.WebhookURL, "")
	}
}

func (v *visit) showNotifications(status int, byMail, byBrowser bool, webhook, problem string) {
	t := v.text.Account
	shown := notifications{
		Tabs:    v.accountTabs(),
		Mail:    checkbox{fieldByMail, t.NotifyEmail, byMail},
		Browser: checkbox{fieldByBrowser, t.NotifyBrowser, byBrowser},
		Webhook: shownField{Text: v.text, Focus: problem != "", Field: field{
			Name: fieldWebhook, Type: "url", Label: t.Webhook, Value: webhook, Autocomplete: "off", Optional: true,
			MaxLength: int(*v.site.operation("updateUser").Body.Property(fieldWebhook).Schema.MaxLength), Hint: t.WebhookHint, Error: problem,
		}},
	}
	title := t.Notifications
	if problem != "" {
		shown.Alert, title = v.text.Frame.CheckFields, v.text.ErrorTitle+title
	}
	v.show(status, notificationsPage, page{Title: title, Wide: true, Main: shown})
}

func sendNotifications(v *visit) {
	values, ok := v.form()
	if !ok {
		return
	}
	byMail, byBrowser, webhook := values.Has(fieldByMail), values.Has(fieldByBrowser), values.Get(fieldWebhook)
	a := v.send(http.MethodPut, apiUser, gen.UserUpdate{NotifyEmail: &byMail, NotifyBrowser: &byBrowser, WebhookURL: &webhook}, "")
	switch {
	case a.ok():
		v.done(pathNotifications, doneNotifications)
	case a.is(codeInvalidRequest) && a.refuses(fieldWebhook):
		v.showNotifications(a.status, byMail, byBrowser, webhook, v.text.Account.BadWebhook)
	default:
		v.fail(a)
	}
}
