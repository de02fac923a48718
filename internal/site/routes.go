package site

import (
	"net/http"
	"strings"
)

// Methods of routes.
var (
	readMethods = []string{http.MethodGet, http.MethodHead}
	formMethods = []string{http.MethodGet, http.MethodHead, http.MethodPost}
)

// addPage adds a page without a form.
func (s *Site) addPage(path string, show http.HandlerFunc) {
	s.addRoute(Route{Methods: readMethods, Path: path}, show)
}

// addForm adds a page with a form, which is sent to the page's own path.
func (s *Site) addForm(path string, show, send http.HandlerFunc) {
	s.handleForm(path, send)
	s.addRoute(Route{Methods: formMethods, Path: path}, show)
}

// addSessionPage adds a page that goes by the caller's session. send answers its
// form; nil: it has none.
func (s *Site) addSessionPage(path string, show, send func(*visit)) {
	if send == nil {
		s.addPage(path, s.withSession(show))
		return
	}
	s.addForm(path, s.withSession(show), s.withSession(send))
}

// addAction adds a path that forms of other pages are sent to.
func (s *Site) addAction(path string, answer http.HandlerFunc) {
	s.handleForm(path, answer)
	s.rejectOtherMethods(Route{Methods: []string{http.MethodPost}, Path: path})
}

// addRoute makes show answer GET and HEAD.
func (s *Site) addRoute(route Route, show http.HandlerFunc) {
	s.mux.HandleFunc("GET "+muxPattern(route.Path), show)
	s.rejectOtherMethods(route)
}

// rejectOtherMethods adds the route, and answers methods that it does not have.
func (s *Site) rejectOtherMethods(route Route) {
	s.routes = append(s.routes, route)
	s.mux.HandleFunc(muxPattern(route.Path), func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", strings.Join(route.Methods, ", "))
		v := s.newPlainVisit(w, r)
		v.showCard(http.StatusMethodNotAllowed, card{Heading: v.text.NoMethod})
	})
}

// muxPattern turns a path in echo's notation into one in http.ServeMux's.
func muxPattern(path string) string {
	if path == "/" {
		return "/{$}" // and not every path below it
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

// section is a group of pages that go by the caller's session. V is a visit with
// the dependencies of these pages.
type section[V any] struct {
	site  *Site
	begin func(*visit) V
}

// addPage adds a page that people use logged in or not. send answers its form;
// nil: it has none.
func (s section[V]) addPage(path string, show, send func(V)) {
	s.site.addSessionPage(path, s.adapt(show), s.adapt(send))
}

// addMemberPage adds a page for people who are logged in. Others are sent to log
// in first.
func (s section[V]) addMemberPage(path string, show, send func(V)) {
	s.site.addSessionPage(path, requireLogin(s.adapt(show)), requireLogin(s.adapt(send)))
}

// addAction adds a path that forms of other pages are sent to.
func (s section[V]) addAction(path string, answer func(V)) {
	s.site.addAction(path, s.site.withSession(s.adapt(answer)))
}

// adapt makes what answers a visit of this section answer any visit. It returns
// nil for nil.
func (s section[V]) adapt(answer func(V)) func(*visit) {
	if answer == nil {
		return nil
	}
	return func(v *visit) { answer(s.begin(v)) }
}
