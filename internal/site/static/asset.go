package static

import (
	"embed"
	"net/http"
	"slices"
	"sync"
)

// Content types of assets. Redoc shows nothing if the type of its script lacks
// the charset.
const (
	StyleSheet = "text/css; charset=utf-8"
	JavaScript = "text/javascript; charset=utf-8"
)

// File is a file in the binary.
type File struct {
	FS   embed.FS
	Path string
}

// Asset is a file that pages are shown with.
type Asset struct {
	Name        string // in its path
	ContentType string
	load        func() content // reads it when it is first asked for
}

// NewAsset returns an asset of files, one after the other. The files are read
// when the asset is first used; it panics if one is not in the binary.
func NewAsset(name, contentType string, files ...File) *Asset {
	return &Asset{Name: name, ContentType: contentType, load: sync.OnceValue(func() content {
		var body []byte
		for _, file := range files {
			part, err := file.FS.ReadFile(file.Path)
			if err != nil {
				panic(err) // it is not in the binary
			}
			body = append(body, part...)
		}
		return newContent(body)
	})}
}

// Path returns where pages find the asset. It changes with the content, so that
// no page is shown with an old one.
func (a *Asset) Path() string { return "/assets/" + a.Name + "?v=" + a.load().version }

// Content returns the asset as it is served.
func (a *Asset) Content() []byte { return slices.Clone(a.load().bytes) }

// ServeHTTP answers with the asset, which caches may keep for an hour.
func (a *Asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", Policy)
	w.Header().Set("Cache-Control", "public, max-age=3600")
	a.load().publish(w, r, a.ContentType)
}
