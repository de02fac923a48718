package site

import (
	"net/http"
	"path"
	"strings"

	"example.com/alta/internal/collection"
	"example.com/alta/internal/docs"
)

// postman answers with the operations as a collection for Postman, and others
// that read its format.
func (s *Site) postman(w http.ResponseWriter, r *http.Request) {
	content, err := collection.Postman(s.book())
	if err != nil {
		panic(err) // the contract has an example that the tests would have found
	}
	asDownload(w, pathPostman)
	publishFile(w, r, "application/json", content)
}

// httpFile answers with the operations as requests that editors can send.
func (s *Site) httpFile(w http.ResponseWriter, r *http.Request) {
	asDownload(w, pathHTTPFile)
	publishFile(w, r, "text/plain; charset=utf-8", collection.HTTPFile(s.book()))
}

func asDownload(w http.ResponseWriter, filePath string) {
	w.Header().Set("Content-Disposition", `attachment; filename="`+path.Base(filePath)+`"`)
}

// publishForAll has caches keep what is the same for everybody.
const publishForAll = "public, max-age=300"

func (s *Site) openAPIYAML(w http.ResponseWriter, r *http.Request) {
	publishFile(w, r, "application/yaml", s.config.Document)
}

func (s *Site) openAPIJSON(w http.ResponseWriter, r *http.Request) {
	publishFile(w, r, "application/json", s.book().JSON())
}

func (s *Site) llms(w http.ResponseWriter, r *http.Request) {
	publishText(w, r, s.book().LLMs(s.baseURL(r)))
}

func (s *Site) llmsFull(w http.ResponseWriter, r *http.Request) {
	publishText(w, r, s.book().LLMsFull(s.baseURL(r)))
}

func (s *Site) llmsOfTag(w http.ResponseWriter, r *http.Request) {
	name, isText := strings.CutSuffix(r.PathValue("file"), ".txt")
	var tag *docs.Tag
	if isText {
		tag = s.book().Tag(name)
	}
	if tag == nil {
		s.notFound(w, r)
		return
	}
	publishText(w, r, s.book().LLMsTag(tag, s.baseURL(r)))
}

func publishText(w http.ResponseWriter, r *http.Request, text string) {
	publishFile(w, r, "text/plain; charset=utf-8", []byte(text))
}

func publishFile(w http.ResponseWriter, r *http.Request, contentType string, content []byte) {
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Cache-Control", publishForAll)
	publish(w, r, contentType, load(content))
}
