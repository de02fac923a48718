package site

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

//go:embed assets
var assetFiles embed.FS

var (
	stylesheet = newAsset("site.css", "text/css; charset=utf-8",
		"css/base.css", "css/signup.css", "css/docs.css", "css/account.css", "css/app.css")
	icon = newAsset("icon.svg", "image/svg+xml", "icon.svg")

	// assets are the files that pages are shown with, by the name that pages
	// know them by.
	assets = assetsByName(stylesheet, icon,
		script("site.js"),
		script(scriptCredentials),
		script(scriptProfile),
		script("password.js"),
		script("wait.js"),
		script("app.js"),
	)
)

// asset is a file that pages are shown with.
type asset struct {
	name, contentType string
	content           []byte
	version           string
}

func script(name string) *asset { return newAsset(name, "text/javascript; charset=utf-8", name) }

// newAsset makes an asset of files, one after the other.
func newAsset(name, contentType string, files ...string) *asset {
	var content []byte
	for _, file := range files {
		part, err := assetFiles.ReadFile("assets/" + file)
		if err != nil {
			panic(err) // it is not in the binary
		}
		content = append(content, part...)
	}
	hash := sha256.Sum256(content)
	return &asset{name, contentType, content, hex.EncodeToString(hash[:8])}
}

func assetsByName(all ...*asset) map[string]*asset {
	byName := make(map[string]*asset, len(all))
	for _, a := range all {
		byName[a.name] = a
	}
	return byName
}

// path changes with the content, so that no page is shown with an old one.
func (a *asset) path() string { return "/assets/" + a.name + "?v=" + a.version }

func (s *Site) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[r.PathValue("name")]
	if !ok {
		s.notFound(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Cache-Control", "public, max-age=3600")
	publish(w, r, a.contentType, a.version, a.content)
}

// publish answers with what is the same for everybody: compressed where the
// caller takes that, and not at all where the caller has this version. The
// version is a weak ETag, since the compressed form is the same content (RFC
// 9110 section 8.8.1).
func publish(w http.ResponseWriter, r *http.Request, contentType, version string, content []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("ETag", `W/"`+version+`"`)
	gzhttp.GzipHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	})).ServeHTTP(w, r)
}
