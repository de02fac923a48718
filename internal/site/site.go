// Package site serves everything that people look at: the published
// documentation, the pages of an account and of its money, what links in mails
// lead to, and in development the mailbox. Pages work without scripts. What they
// do they do through the JSON API, which is a handler in the same process.
package site

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/site/mailbox"
)

// Config is what a Site is made of.
type Config struct {
	API           http.Handler // answers the contract's operations
	Mailbox       mailbox.Box  // nil: no development mailbox
	Contract      *contract.Contract
	Document      []byte                   // the contract as it is published
	Changelog     string                   // in Markdown
	PublicURL     *url.URL                 // where people find the server; nil: wherever they asked
	SessionCookie string                   // name of the cookie that the API knows its sessions by
	Google        bool                     // people can sign in by an OpenID Connect issuer
	Rates         map[string]contract.Rate // by rate class; overrides the contract
	Now           func() time.Time         // nil: time.Now
}

// Route is a path, in echo's notation, that the site answers at.
type Route struct {
	Methods []string
	Path    string
	Local   bool // only for people at this very machine
}

// Site is the handler of all pages.
type Site struct {
	config  Config
	routes  []Route
	mux     *http.ServeMux
	origins *http.CrossOriginProtection
}

// New returns a Site that is ready for calls.
func New(config Config) *Site {
	if config.Now == nil {
		config.Now = time.Now
	}
	s := &Site{config: config, mux: http.NewServeMux(), origins: http.NewCrossOriginProtection()}
	if config.PublicURL != nil {
		if err := s.origins.AddTrustedOrigin(config.PublicURL.Scheme + "://" + config.PublicURL.Host); err != nil {
			panic(err) // the server has found the URL good
		}
	}
	s.form(pathVerify, withToken((*visit).askVerify, (*visit).askForMail), withForm(s.sendVerifyEmail))
	s.form(pathForgot, showForgotPassword, withForm(s.sendForgotPassword))
	s.form(pathReset, withToken(s.askReset, (*visit).badResetLink), withForm(s.sendResetPassword))
	s.form(pathDeletion, withToken((*visit).askDeletion, (*visit).badDeletionLink), withForm(s.sendConfirmDeletion))
	s.send(pathLanguage, s.setLanguage)
	s.addDocs()
	s.signUpPages()
	s.accountPages()
	s.appPages()
	s.read("/assets/*", false, s.serveAsset)
	if config.Mailbox != nil {
		for _, route := range mailbox.New(config.Mailbox, mailboxLayout{s}).Routes() {
			s.read(route.Path, true, route.Show)
		}
	}
	s.mux.HandleFunc("/", s.notFound)
	return s
}

// Routes returns where the site answers, for whoever mounts it. That callers
// of a local one are at this machine is theirs to check.
func (s *Site) Routes() []Route { return slices.Clone(s.routes) }

// ServeHTTP answers one call.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Site) form(path string, show, send http.HandlerFunc) {
	methods := []string{http.MethodGet, http.MethodHead, http.MethodPost}
	s.mux.HandleFunc("POST "+muxPattern(path), send)
	s.add(Route{Methods: methods, Path: path}, show)
}

// page adds a page that people use logged in or not, by their cookie. send
// answers its form; nil: it has none.
func (s *Site) page(path string, show, send func(*visit)) {
	if send == nil {
		s.read(path, false, s.own(show))
		return
	}
	s.form(path, s.own(show), s.own(send))
}

// send adds a path that forms of other pages are sent to.
func (s *Site) send(path string, answer http.HandlerFunc) {
	s.mux.HandleFunc("POST "+muxPattern(path), answer)
	s.refuseOthers(Route{Methods: []string{http.MethodPost}, Path: path})
}

func (s *Site) read(path string, local bool, show http.HandlerFunc) {
	s.add(Route{Methods: []string{http.MethodGet, http.MethodHead}, Path: path, Local: local}, show)
}

// add has show answer GET and HEAD, and refuses methods that the route does
// not have.
func (s *Site) add(route Route, show http.HandlerFunc) {
	s.mux.HandleFunc("GET "+muxPattern(route.Path), show)
	s.refuseOthers(route)
}

func (s *Site) refuseOthers(route Route) {
	s.routes = append(s.routes, route)
	s.mux.HandleFunc(muxPattern(route.Path), func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", strings.Join(route.Methods, ", "))
		v := newVisit(w, r)
		v.card(http.StatusMethodNotAllowed, card{Heading: v.text.NoMethod})
	})
}

// muxPattern turns a path in echo's notation into one in http.ServeMux's.
func muxPattern(path string) string {
	if path == "/" {
		return "/{$}" // and not whatever begins with it
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if name, isParameter := strings.CutPrefix(segment, ":"); isParameter {
			segments[i] = "{" + name + "}"
		} else if segment == "*" {
			segments[i] = "{name...}"
		}
	}
	return strings.Join(segments, "/")
}

func (s *Site) notFound(w http.ResponseWriter, r *http.Request) {
	v := newVisit(w, r)
	v.card(http.StatusNotFound, card{Heading: v.text.NotFound, Says: v.text.NotFoundSays})
}
