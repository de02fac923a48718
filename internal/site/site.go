// Package site serves everything that people look at: the published
// documentation, the pages of an account and of its money, what links in mails
// lead to, and in development the mailbox. Pages work without scripts. They
// read and change data only through the JSON API, which is a handler in the same
// process.
package site

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/netaddr"
	"example.com/alta/internal/product"
	"example.com/alta/internal/site/mailbox"
	"example.com/alta/internal/site/static"
)

// Config has the dependencies of a Site.
type Config struct {
	API           http.Handler // answers the contract's operations
	Mailbox       mailbox.Box  // nil: no development mailbox
	Contract      *contract.Contract
	Name          string                   // of the product; "": product.DefaultName
	Document      []byte                   // the contract as it is published
	Changelog     string                   // in Markdown
	PublicURL     *url.URL                 // where people find the server; nil: the host of each request
	SessionCookie string                   // name of the cookie that the API knows its sessions by
	Google        bool                     // people can sign in by an OpenID Connect issuer
	Rates         map[string]contract.Rate // by rate class; overrides the contract
	Now           func() time.Time         // nil: time.Now

	// ReadForm reads the body of a form that was sent, which may have at most limit
	// bytes. Its errors are problems. Nil: it only limits the length.
	ReadForm func(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error)

	SecurityContact string // URL at which people report vulnerabilities; empty: none is published
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
	texts   map[string]*text // by language
	routes  []Route
	mux     *http.ServeMux
	origins *netaddr.Origins
}

// New returns a Site that is ready for calls.
func New(config Config) *Site {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.ReadForm == nil {
		config.ReadForm = readWhole
	}
	config.Name = cmp.Or(config.Name, product.DefaultName)
	s := &Site{config: config, texts: textsWithName(config.Name), mux: http.NewServeMux(), origins: ownOrigin(config.PublicURL)}
	s.addMailLinks()
	s.addAction(pathLanguage, s.setLanguage)
	s.addPage(pathSession, s.withSession((*visit).showSessionName))
	s.addDocs()
	s.addSignUp()
	s.addAccount()
	s.addMoney()
	s.addPage("/assets/*", s.serveAsset)
	s.addWellKnown()
	if config.Mailbox != nil {
		for _, route := range mailbox.New(config.Mailbox, mailboxLayout{s}).Routes() {
			s.addRoute(Route{Methods: readMethods, Path: route.Path, Local: true}, route.Show)
		}
	}
	s.mux.HandleFunc("/", s.notFound)
	return s
}

// ownOrigin returns the check that forms come from pages of this server. public may
// be nil.
func ownOrigin(public *url.URL) *netaddr.Origins {
	scheme, trusted := "http", []string{}
	if public != nil {
		scheme, trusted = public.Scheme, []string{public.Scheme + "://" + public.Host}
	}
	origins, err := netaddr.NewOrigins(scheme, trusted...)
	if err != nil {
		panic(err) // the server has checked the URL
	}
	return origins
}

// Routes returns where the site answers, for the server that mounts it. The
// server has to check that callers of a local route are at this machine.
func (s *Site) Routes() []Route { return slices.Clone(s.routes) }

// ServeHTTP answers one call.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	isolate(w.Header())
	s.mux.ServeHTTP(w, r)
}

// isolate sets the headers by which a page of another site can neither hold on to the
// window of a page nor embed what is served.
func isolate(h http.Header) {
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// newVisit returns a visit of a page that has nothing to do with the caller's
// session.
func (s *Site) newVisit(w http.ResponseWriter, r *http.Request) *visit {
	v := s.newPlainVisit(w, r)
	v.api = apiClient{s.config.API}
	return v
}

func (s *Site) notFound(w http.ResponseWriter, r *http.Request) { s.newPlainVisit(w, r).showUnknown() }

// ServeUnknown answers a call to a path that neither the site nor the API has, if it
// is a browser's: with a page that has the way home. It reports false if the caller
// does not prefer HTML to JSON, or asks for a path of the API.
func (s *Site) ServeUnknown(w http.ResponseWriter, r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		return false
	}
	w.Header().Add("Vary", "Accept")
	if static.Quality(r.Header, static.HTML) <= static.Quality(r.Header, "application/json") {
		return false
	}
	isolate(w.Header())
	s.notFound(w, r)
	return true
}

// baseURL returns where callers find the server.
func (s *Site) baseURL(r *http.Request) string {
	if s.config.PublicURL != nil {
		return strings.TrimSuffix(s.config.PublicURL.String(), "/")
	}
	return "http://" + r.Host
}
