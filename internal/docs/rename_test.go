package docs

import (
	"bytes"
	"os"
	"testing"
)

// TestRename: only the title becomes the name, whatever that is.
func TestRename(t *testing.T) {
	document, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(Rename(document, "Alta"), document) {
		t.Error("the contract's own title changes it")
	}
	for _, name := range []string{"Mi Caja", `"quoted" \ $1`, "a: b # c", "yes", "3", "{{x}}"} {
		book, err := New(Rename(document, name), "")
		if err != nil {
			t.Fatal(err)
		}
		if book.Title != name {
			t.Errorf("the title is %q, want %q", book.Title, name)
		}
	}
}
