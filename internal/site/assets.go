package site

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"time"
)

//go:embed assets
var assetFiles embed.FS

var (
	stylesheet = readAsset("site.css", "text/css; charset=utf-8")
	icon       = readAsset("icon.svg", "image/svg+xml")

	assets = map[string]*asset{stylesheet.name: stylesheet, icon.name: icon}
)

// asset is a file that pages are shown with.
type asset struct {
	name, contentType string
	content           []byte
	version           string
}

func readAsset(name, contentType string) *asset {
	content, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // it is not in the binary
	}
	hash := sha256.Sum256(content)
	return &asset{name, contentType, content, hex.EncodeToString(hash[:8])}
}

// path changes with the content, so that no page is shown with an old one.
func (a *asset) path() string { return "/assets/" + a.name + "?v=" + a.version }

func (s *Site) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[r.PathValue("name")]
	if !ok {
		s.notFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("ETag", `"`+a.version+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.content))
}
