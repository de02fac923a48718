// Package site serves the few HTML pages: what links in mails lead to, and in
// development the mailbox. Its pages are forms without scripts. What they do
// they do through the JSON API, which is a handler in the same process.
package site

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Config is what a Site is made of.
type Config struct {
	API     http.Handler // answers the contract's operations
	Mailbox Mailbox      // nil: no development mailbox
}

// Mailbox is the development mailbox as the site reads it.
type Mailbox interface {
	// List returns every mail, newest first.
	List() ([]Mail, error)
	// Read returns the mail with the name, or fs.ErrNotExist.
	Read(name string) (Mail, error)
}

// Mail is one mail of the mailbox.
type Mail struct {
	Name              string // names it in the mailbox and in paths
	Date              time.Time
	From, To, Subject string
	Text, HTML        string // its parts; empty: it has no such part
	Raw               []byte // as it was sent
}

// Route is a path, in echo's notation, that the site answers at.
type Route struct {
	Methods []string
	Path    string
	Local   bool // only for people at this very machine
}

// Site is the handler of all pages.
type Site struct {
	config Config
	routes []Route
	mux    *http.ServeMux
}

// New returns a Site that is ready for calls.
func New(config Config) *Site {
	s := &Site{config: config, mux: http.NewServeMux()}
	s.form("/verify-email", s.verifyEmail, s.sendVerifyEmail)
	s.form("/forgot-password", s.forgotPassword, s.sendForgotPassword)
	s.form("/reset-password", s.resetPassword, s.sendResetPassword)
	s.form(pathDeletion, s.confirmDeletion, s.sendConfirmDeletion)
	s.read("/assets/*", false, s.asset)
	if config.Mailbox != nil {
		s.read("/dev/mailbox", true, s.mailbox)
		s.read("/dev/mailbox/:name", true, s.ofMail(s.mail))
		s.read("/dev/mailbox/:name/html", true, s.ofMail(s.mailHTML))
		s.read("/dev/mailbox/:name/raw", true, s.ofMail(s.mailRaw))
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
	s.mux.HandleFunc("POST "+path, send)
	s.add(Route{Methods: methods, Path: path}, show)
}

func (s *Site) read(path string, local bool, show http.HandlerFunc) {
	s.add(Route{Methods: []string{http.MethodGet, http.MethodHead}, Path: path, Local: local}, show)
}

// add has show answer GET and HEAD, and refuses methods that the route does
// not have.
func (s *Site) add(route Route, show http.HandlerFunc) {
	pattern := muxPattern(route.Path)
	s.routes = append(s.routes, route)
	s.mux.HandleFunc("GET "+pattern, show)
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", strings.Join(route.Methods, ", "))
		v := newVisit(w, r)
		v.card(http.StatusMethodNotAllowed, card{Heading: v.text.NoMethod})
	})
}

// muxPattern turns a path in echo's notation into one in http.ServeMux's.
func muxPattern(path string) string {
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
