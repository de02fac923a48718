package site

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"sync"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

//go:embed assets
var assetFiles embed.FS

var (
	stylesheet = newAsset("site.css", styleSheet, "css/base.css", "css/signup.css", "css/account.css", "css/app.css")
	docsStyles = newAsset("docs.css", styleSheet, "css/base.css", "css/docs.css")

	referenceStyles = newAsset("reference.css", styleSheet, "css/reference.css")

	icon = newAsset("icon.svg", "image/svg+xml", "icon.svg")

	// assets are the files that pages are shown with, by the name that pages
	// know them by.
	assets = assetsByName(stylesheet, docsStyles, referenceStyles, icon,
		script("site.js"),
		script("docs.js"),
		script("run.js"),
		script("samples.js"),
		script("reference.js"),
		newAsset("redoc.standalone.js", javaScript, "redoc/redoc.standalone.js"), // of redoc 2.5.4, as published
		script(scriptCredentials),
		script(scriptProfile),
		script("password.js"),
		script("wait.js"),
		script("app.js"),
	)
)

// Types of assets. Without the charset of its script, Redoc shows nothing.
const (
	styleSheet = "text/css; charset=utf-8"
	javaScript = "text/javascript; charset=utf-8"
)

// asset is a file that pages are shown with.
type asset struct {
	name, contentType string
	load              func() loaded // reads it when it is first asked for
}

// loaded is the content of an asset, or of another file that is the same for
// everybody.
type loaded struct {
	content []byte
	version string // changes with the content
}

func load(content []byte) loaded {
	hash := sha256.Sum256(content)
	return loaded{content, hex.EncodeToString(hash[:8])}
}

func script(name string) *asset { return newAsset(name, javaScript, name) }

// newAsset makes an asset of files, one after the other.
func newAsset(name, contentType string, files ...string) *asset {
	return &asset{name, contentType, sync.OnceValue(func() loaded {
		var content []byte
		for _, file := range files {
			part, err := assetFiles.ReadFile("assets/" + file)
			if err != nil {
				panic(err) // it is not in the binary
			}
			content = append(content, part...)
		}
		return load(content)
	})}
}

func assetsByName(all ...*asset) map[string]*asset {
	byName := make(map[string]*asset, len(all))
	for _, a := range all {
		byName[a.name] = a
	}
	return byName
}

// path changes with the content, so that no page is shown with an old one.
func (a *asset) path() string { return "/assets/" + a.name + "?v=" + a.load().version }

// scriptPaths returns where the scripts with the names are.
func scriptPaths(names ...string) []string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = assets[name].path()
	}
	return paths
}

func (s *Site) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[r.PathValue("name")]
	if !ok {
		s.notFound(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Cache-Control", "public, max-age=3600")
	publish(w, r, a.contentType, a.load())
}

// publish answers with what is the same for everybody: compressed where the
// caller takes that, and not at all where the caller has this version. The
// version is a weak ETag, since the compressed form is the same content (RFC
// 9110 section 8.8.1).
func publish(w http.ResponseWriter, r *http.Request, contentType string, file loaded) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("ETag", `W/"`+file.version+`"`)
	gzhttp.GzipHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file.content))
	})).ServeHTTP(w, r)
}
