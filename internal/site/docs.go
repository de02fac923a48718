package site

import (
	"bytes"
	"html/template"
	"net/http"

	"example.com/alta/internal/docs"
	"example.com/alta/internal/locale"
	"example.com/alta/internal/site/docpages"
	"example.com/alta/internal/site/static"
)

// addDocs adds the documentation, which is the same for everybody.
func (s *Site) addDocs() {
	s.addPage("/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, docpages.Path, http.StatusFound)
	})
	server := docs.Server{Name: s.config.Name, SessionCookie: s.config.SessionCookie}
	if s.config.PublicURL != nil {
		server.URL = s.config.PublicURL.String()
	}
	pages := docpages.New(docpages.Config{
		Document:  server.Publish(s.config.Document),
		Changelog: s.config.Changelog,
		BaseURL:   s.baseURL,
		Header:    s.docsHeader,
		NotFound:  s.notFound,
	})
	for _, route := range pages.Routes() {
		s.addPage(route.Path, route.Show)
	}
}

// docsHeader returns the header of the documentation's page at the path, which
// is in English.
func (s *Site) docsHeader(path string) template.HTML {
	var header bytes.Buffer
	p := page{Text: s.texts[locale.English], Static: true, Icon: static.Icon.Path(), Path: path}
	if err := cardPage().ExecuteTemplate(&header, "header", p); err != nil {
		panic(err) // the template does not fit its data
	}
	return template.HTML(header.String()) // escaped by the template
}
