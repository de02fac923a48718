package docs

import (
	"bytes"
	"os"
	"testing"
)

// TestPublishedContractNamesItsServer: only the name, the URL and the cookie become
// the server's, whatever they are.
func TestPublishedContractNamesItsServer(t *testing.T) {
	document, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, own := range []Server{{}, {Name: "Alta", URL: "/", SessionCookie: "__Host-alta"}} {
		if !bytes.Equal(own.Publish(document), document) {
			t.Errorf("the contract's own values change it: %+v", own)
		}
	}
	for _, name := range []string{"Mi Caja", `"quoted" \ $1`, "a: b # c", "yes", "3", "{{x}}"} {
		server := Server{Name: name, URL: "http://[::1]:8080", SessionCookie: "alta"}
		published := server.Publish(document)
		book, err := New(published, "")
		if err != nil {
			t.Fatal(err)
		}
		if book.Title != name || book.Schemes[3].Usage != "Cookie: alta=YOUR_JWT_TOKEN" {
			t.Errorf("the title is %q, and the cookie %q", book.Title, book.Schemes[3].Usage)
		}
		contains(t, "the contract as JSON", string(book.JSON()), `"servers":[{"url":"http://[::1]:8080","description":"This server"}]`)
		if got, want := bytes.Count(published, []byte("\n")), bytes.Count(document, []byte("\n")); got != want {
			t.Errorf("the published contract has %d lines, want %d", got, want)
		}
	}
}
