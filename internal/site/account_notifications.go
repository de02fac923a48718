package site

import (
	"net/http"

	"example.com/alta/gen"
)

const apiUser = "/api/v1/user/"

var notificationsPage = parse("notifications.html")

// notifications is the data of the page of notifications. The API keeps preferences
// for messages that are not sent yet; the page has them when they do something.
type notifications struct{ Tabs tabs }

func (v accountVisit) showNotifications() {
	var record gen.UserRecord
	if !v.get(apiUser, &record) { // the session may have ended
		return
	}
	v.showPage(http.StatusOK, notificationsPage, page{
		Title: v.text.Account.Notifications, Wide: true, Main: notifications{Tabs: v.makeAccountTabs()},
	})
}
