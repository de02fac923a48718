package site

import (
	"embed"
	"net/http"

	"example.com/alta/internal/site/docpages"
	"example.com/alta/internal/site/static"
)

//go:embed assets
var assetFiles embed.FS

var (
	stylesheet = static.NewAsset("site.css", static.StyleSheet, static.BaseStyle,
		assetFile("css/signup.css"), assetFile("css/account.css"), assetFile("css/app.css"))

	passwordScript    = newScript("password.js")
	waitScript        = newScript("wait.js")
	credentialsScript = newScript("credentials.js")
	profileScript     = newScript("profile.js")
	guessScript       = newScript("guess.js")
	appScript         = newScript("app.js")
)

// assets are the files that pages are shown with, by name.
var assets = assetsByName(append(docpages.Assets(),
	static.Icon, static.Script, stylesheet, passwordScript, waitScript, credentialsScript, profileScript, guessScript, appScript)...)

func assetFile(name string) static.File { return static.File{FS: assetFiles, Path: "assets/" + name} }

func newScript(name string) *static.Asset {
	return static.NewAsset(name, static.JavaScript, assetFile(name))
}

func assetsByName(all ...*static.Asset) map[string]*static.Asset {
	byName := make(map[string]*static.Asset, len(all))
	for _, asset := range all {
		byName[asset.Name] = asset
	}
	return byName
}

func (s *Site) serveAsset(w http.ResponseWriter, r *http.Request) {
	asset, ok := assets[r.PathValue("name")]
	if !ok {
		s.notFound(w, r)
		return
	}
	asset.ServeHTTP(w, r)
}
