package docpages

import (
	"net/http"
	"path"
	"strings"

	"example.com/alta/internal/collection"
	"example.com/alta/internal/docs"
	"example.com/alta/internal/product"
	"example.com/alta/internal/site/static"
)

// servePostman answers with the operations as a collection for Postman, and
// others that read its format.
func (p *Pages) servePostman(w http.ResponseWriter, r *http.Request) {
	content, err := collection.Postman(p.book(), p.config.BaseURL(r))
	if err != nil {
		panic(err) // the contract has an example that its tests would have found
	}
	setDownload(w, p.fileName(pathPostman))
	publishFile(w, r, "application/json", content)
}

// serveHTTPFile answers with the operations as requests that editors can send.
func (p *Pages) serveHTTPFile(w http.ResponseWriter, r *http.Request) {
	setDownload(w, p.fileName(pathHTTPFile))
	publishFile(w, r, "text/plain; charset=utf-8", collection.HTTPFile(p.book(), p.config.BaseURL(r)))
}

func setDownload(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// fileName returns the name of the file at the path, with the product's name.
func (p *Pages) fileName(filePath string) string {
	_, extension, _ := strings.Cut(path.Base(filePath), ".")
	return product.FileName(p.book().Title) + "." + extension
}

// publicCache lets caches keep responses that are the same for everybody.
const publicCache = "public, max-age=300"

func (p *Pages) serveYAML(w http.ResponseWriter, r *http.Request) {
	publishFile(w, r, "application/yaml", p.config.Document)
}

func (p *Pages) serveJSON(w http.ResponseWriter, r *http.Request) {
	publishFile(w, r, "application/json", p.book().JSON())
}

func (p *Pages) serveIndex(w http.ResponseWriter, r *http.Request) {
	publishText(w, r, p.book().LLMs(p.config.BaseURL(r)))
}

func (p *Pages) serveFullText(w http.ResponseWriter, r *http.Request) {
	publishText(w, r, p.book().LLMsFull(p.config.BaseURL(r)))
}

func (p *Pages) serveTagText(w http.ResponseWriter, r *http.Request) {
	name, isText := strings.CutSuffix(r.PathValue("file"), ".txt")
	if to := docs.TagName(name); isText && to != name {
		redirect(w, r, "/llms/"+to+".txt")
		return
	}
	var tag *docs.Tag
	if isText {
		tag = p.book().Tag(name)
	}
	if tag == nil {
		p.config.NotFound(w, r)
		return
	}
	publishText(w, r, p.book().LLMsTag(tag, p.config.BaseURL(r)))
}

func publishText(w http.ResponseWriter, r *http.Request, text string) {
	publishFile(w, r, "text/plain; charset=utf-8", []byte(text))
}

func publishFile(w http.ResponseWriter, r *http.Request, contentType string, content []byte) {
	h := w.Header()
	h.Set("Content-Security-Policy", static.Policy)
	h.Set("Cache-Control", publicCache)
	static.Publish(w, r, contentType, content)
}
