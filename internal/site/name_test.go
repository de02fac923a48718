package site

import (
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestName: pages, the documentation and its files have the name that the operator
// chose, and not that of the software.
func TestName(t *testing.T) {
	const name = "Caja & Cía."
	document, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	api := &fakeAPI{}
	api.on("GET "+apiPlans, 200, plansList)
	s := New(Config{API: api, Mailbox: emptyBox{}, Contract: theContract(), SessionCookie: memberCookie, Name: name, Document: document})
	software := regexp.MustCompile(`\bAlta\b`)
	for _, path := range []string{
		"/register", "/register?done=registered", "/join", "/login", "/pricing", "/forgot-password", "/nowhere", "/dev/mailbox",
		"/docs", "/docs.md", "/docs/errors", "/docs/search?q=a", "/docs/reference", "/docs/authentication", "/docs/nowhere",
		"/llms.txt", "/llms/accounts.txt", "/openapi.yaml", "/openapi.json", "/docs/alta.postman_collection.json", "/docs/alta.http",
	} {
		for _, language := range []string{"en", "es"} {
			w := get(s, "GET", path, "Accept-Language: "+language)
			text := html.UnescapeString(w.Body.String())
			if !strings.Contains(text, name) && !strings.Contains(text, `Caja \u0026 Cía.`) {
				t.Errorf("%s in %s does not have the name", path, language)
			}
			if found := software.FindString(strings.ReplaceAll(text, "Alta-Error", "")); found != "" {
				t.Errorf("%s in %s has the name of the software", path, language)
			}
		}
	}
	for path, want := range map[string]string{"/docs/alta.postman_collection.json": "caja-cia.postman_collection.json", "/docs/alta.http": "caja-cia.http"} {
		if got := get(s, "GET", path).Header().Get("Content-Disposition"); got != `attachment; filename="`+want+`"` {
			t.Errorf("%s: the file is %s, want %s", path, got, want)
		}
	}
}
