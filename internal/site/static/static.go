// Package static serves files that are the same for everybody: the assets of pages,
// and documents. It has the assets that all pages share.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

// Content-Security-Policies of pages: one for pages without scripts, and one
// for pages whose scripts call this server.
const (
	Policy       = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	ScriptPolicy = Policy + "; script-src 'self'; connect-src 'self'"
)

//go:embed files
var shared embed.FS

// The files that all pages share.
var (
	BaseStyle = File{shared, "files/base.css"}
	Icon      = NewAsset("icon.svg", "image/svg+xml", File{shared, "files/icon.svg"})
	Favicon   = NewAsset("favicon.ico", "image/vnd.microsoft.icon", File{shared, "files/favicon.ico"})
	Script    = NewAsset("site.js", JavaScript, File{shared, "files/site.js"}, File{shared, "files/kept.js"})
)

// content is a body, and a version that changes with it.
type content struct {
	bytes   []byte
	version string
}

func newContent(body []byte) content {
	hash := sha256.Sum256(body)
	return content{body, hex.EncodeToString(hash[:8])}
}

// Publish answers with the body, which is the same for every caller. It is
// compressed if the caller accepts that, and left out if the caller has this
// version of it.
func Publish(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	newContent(body).publish(w, r, contentType)
}

// publish sends the version as a weak ETag, since the compressed form has the
// same content (RFC 9110 section 8.8.1).
func (c content) publish(w http.ResponseWriter, r *http.Request, contentType string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("ETag", `W/"`+c.version+`"`)
	gzhttp.GzipHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(c.bytes))
	})).ServeHTTP(w, r)
}
