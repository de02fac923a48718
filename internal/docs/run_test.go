package docs

import (
	"os"
	"strings"
	"testing"
)

// TestRun holds what the run of all operations is made of.
func TestRun(t *testing.T) {
	t.Parallel()
	var repeated, needing int
	for _, folder := range testBook(t).Run {
		for _, need := range folder.Needs {
			needing++
			if found, ok := folder.Need(need.For); !ok || found != need {
				t.Errorf("%s: for %s there is %v", folder.Title, need.For, found)
			}
		}
		if _, ok := folder.Need("nothing"); ok || len(folder.Steps) == 0 {
			t.Errorf("the folder %s has %d steps", folder.Title, len(folder.Steps))
		}
		for _, step := range folder.Steps {
			if step.Repeated {
				repeated++
			}
			if step.Repeated != (len(step.Operations) > 1) {
				t.Errorf("%s: a step has %d operations", folder.Title, len(step.Operations))
			}
		}
	}
	if repeated != 1 || needing == 0 {
		t.Errorf("%d steps are repeated, and %d values needed", repeated, needing)
	}
}

// TestRunThatLeadsNowhere: a folder that cannot be understood stops the book.
func TestRunThatLeadsNowhere(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ text, with, want string }{
		{"[getHealth, ", "[getNothing, ", "x-collection: The server: no operation is getNothing"},
		{"  - title: The server\n    operations", "  - operations", "x-collection: a folder wants a title"},
		{"{for: code, description: An unused invite code.}", "{for: code}",
			"x-collection: With an invite: registering: inviteCode wants `for` and a description"},
	} {
		changed := strings.Replace(string(document), test.text, test.with, 1)
		if _, err := New([]byte(changed), ""); err == nil || !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("%s: the error is %v, want %s", test.with, err, test.want)
		}
	}
}
