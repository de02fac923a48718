package handlers

import (
	"net"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/netaddr"
	"example.com/alta/internal/site"
)

// addPages mounts the HTML pages. They go through what every call goes through,
// and do what they do by calls of the API: those that go by the caller's cookie
// hand it on, with what tells the API where a form was sent from.
func (s *Server) addPages(e *echo.Echo) {
	config := site.Config{
		API:           s,
		Contract:      s.contract,
		Document:      s.Document,
		Changelog:     s.Changelog,
		PublicURL:     s.PublicURL,
		SessionCookie: s.cookieName(sessionCookie),
		Google:        s.Google != nil,
		Rates:         s.Rates,
		Now:           s.Now,
	}
	if s.Mailbox != nil {
		config.Mailbox = mailbox{s.Mailbox}
	}
	pages := site.New(config)
	for _, route := range pages.Routes() {
		e.Match(route.Methods, route.Path, func(c echo.Context) error {
			r := c.Request()
			if route.Local && !s.isLocal(r) {
				return echo.ErrNotFound
			}
			callFrom(r.Context()).page = route.Path
			pages.ServeHTTP(c.Response(), r)
			return nil
		})
	}
}

// isLocal reports whether the call was made on this very machine to a server
// that people elsewhere do not reach. A page of another site, whose name leads
// here, still asks for that name.
func (s *Server) isLocal(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	return isLoopbackPeer(r) && netaddr.IsLoopbackHost(host) && netaddr.IsLoopbackHost(s.PublicURL.Hostname())
}

// isLoopbackPeer reports whether the peer is on this machine and no proxy.
func isLoopbackPeer(r *http.Request) bool {
	return netaddr.IsLoopbackPeer(r.RemoteAddr) &&
		!slices.ContainsFunc(forwardingHeaders, func(name string) bool { return r.Header.Get(name) != "" })
}

// mailbox is the development mailbox as the site reads it.
type mailbox struct{ *mail.Mailbox }

func (m mailbox) List() ([]site.Mail, error) {
	stored, err := m.Mailbox.List()
	mails := make([]site.Mail, len(stored))
	for i, one := range stored {
		mails[i] = siteMail(one)
	}
	return mails, err
}

func (m mailbox) Read(name string) (site.Mail, error) {
	one, err := m.Mailbox.Read(name)
	return siteMail(one), err
}

func siteMail(m mail.Stored) site.Mail {
	return site.Mail{
		Name: m.Name, Date: m.Date, From: m.From, To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Raw: m.Raw,
	}
}
