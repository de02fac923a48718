package docpages

import (
	"bytes"
	"crypto/rand"
	"html/template"
	"net/http"
	"strconv"
	"sync"

	"example.com/alta/internal/site/static"
)

var referenceTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(templateFiles, "templates/reference.html"))
})

// referencePage is the data of the page around Redoc.
type referencePage struct {
	Name        string // of the product
	Style, Icon string // paths
	Scripts     []*static.Asset
	Nonce       string
}

// redocStyles are the hashes of the two style elements that Redoc makes before
// it is told the nonce: an empty one, and that of its scrollbars.
const redocStyles = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"

// referencePolicy lets Redoc have styles by the nonce, and no image from
// elsewhere: Redoc would load its maker's logo.
func referencePolicy(nonce string) string {
	return "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; style-src 'self' 'nonce-" + nonce + "' " + redocStyles +
		"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// serveReference answers with the whole contract, shown by Redoc. Redoc makes
// its styles in the browser and needs a nonce for that, so caches do not keep
// the page.
func (p *Pages) serveReference(w http.ResponseWriter, r *http.Request) {
	shown := referencePage{
		Name:  p.book().Title,
		Style: referenceStyle.Path(), Icon: static.Icon.Path(),
		Scripts: []*static.Asset{redocScript, referenceScript}, Nonce: rand.Text(),
	}
	var body bytes.Buffer
	if err := referenceTemplate().Execute(&body, shown); err != nil {
		panic(err) // the template does not fit its data
	}
	h := w.Header()
	h.Set("Content-Security-Policy", referencePolicy(shown.Nonce))
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Language", language)
	h.Set("Cache-Control", "no-store")
	h.Set("Link", linkToTexts)
	h.Add("Vary", "Accept")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	_, _ = w.Write(body.Bytes()) // fails if nobody is there to read it
}
