package handlers

import (
	"errors"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/site"
	"example.com/alta/internal/site/mailbox"
	"example.com/alta/internal/stage"
)

// addPages mounts the HTML pages. Their requests pass the same stages as all other
// calls. Pages read and change data only by calls of the API, with the caller's
// cookie and with the headers that say which site sent a form.
func (s *Server) addPages(e *echo.Echo) {
	config := site.Config{
		API:           s,
		Contract:      s.contract,
		Name:          s.config.Name,
		Document:      s.config.Document,
		Changelog:     s.config.Changelog,
		PublicURL:     s.config.PublicURL,
		SessionCookie: s.stages.Cookies().Name(stage.SessionCookie),
		Google:        s.config.Google != nil,
		Rates:         s.config.Rates,
		Now:           s.config.Now,
		ReadForm:      s.stages.ReadForm,

		SecurityContact: s.config.SecurityContact,
	}
	if s.config.Mailbox != nil {
		config.Mailbox = siteMailbox{s.config.Mailbox}
	}
	pages := site.New(config)
	for _, route := range pages.Routes() {
		e.Match(route.Methods, route.Path, func(c echo.Context) error {
			r := c.Request()
			if route.Local && !s.stages.IsLocal(r) {
				return echo.ErrNotFound
			}
			stage.From(r.Context()).Page = route.Path
			pages.ServeHTTP(c.Response(), r)
			return nil
		})
	}
	showUnknownPages(e, pages)
}

// showUnknownPages answers browsers that go to a path that does not exist with a page
// instead of JSON.
func showUnknownPages(e *echo.Echo, pages *site.Site) {
	refuse := e.HTTPErrorHandler
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if errors.Is(err, echo.ErrNotFound) && !c.Response().Committed && pages.ServeUnknown(c.Response(), c.Request()) {
			stage.From(c.Request().Context()).Failure = err
			return
		}
		refuse(err, c)
	}
}

// siteMailbox adapts the development mailbox to the site.
type siteMailbox struct{ *mail.Mailbox }

// List is part of mailbox.Box.
func (m siteMailbox) List() ([]mailbox.Mail, error) {
	stored, err := m.Mailbox.List()
	mails := make([]mailbox.Mail, len(stored))
	for i, storedMail := range stored {
		mails[i] = siteMail(storedMail)
	}
	return mails, err
}

// Read is part of mailbox.Box.
func (m siteMailbox) Read(name string) (mailbox.Mail, error) {
	stored, err := m.Mailbox.Read(name)
	return siteMail(stored), err
}

func siteMail(m mail.Stored) mailbox.Mail {
	return mailbox.Mail{
		Name: m.Name, Date: m.Date, From: m.From, To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Raw: m.Raw,
	}
}
