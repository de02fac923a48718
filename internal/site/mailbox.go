package site

import (
	"net/http"

	"example.com/alta/internal/site/mailbox"
)

// mailboxLayout shows the pages of the development mailbox as the site's own.
type mailboxLayout struct{ site *Site }

// Language is part of mailbox.Layout.
func (l mailboxLayout) Language(r *http.Request) string { return l.site.chooseText(r).Language }

// NotFound is part of mailbox.Layout.
func (l mailboxLayout) NotFound(w http.ResponseWriter, r *http.Request) { l.site.notFound(w, r) }

// ShowMailbox is part of mailbox.Layout.
func (l mailboxLayout) ShowMailbox(w http.ResponseWriter, r *http.Request, status int, p mailbox.Page) {
	v := l.site.newPlainVisit(w, r)
	if p.Alert != "" {
		v.showCard(status, card{Heading: p.Title, Alert: p.Alert})
		return
	}
	if p.Policy != "" {
		w.Header().Set("Content-Security-Policy", p.Policy)
	}
	v.showPage(status, renderedPage, page{Title: p.Title, Wide: true, Main: p.Main})
}
