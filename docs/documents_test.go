// Package docs_test holds the documents of this tree to what they speak of.
package docs_test

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// files returns the paths of all files of the tree, as seen from here.
func files(t *testing.T) (paths []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "node_modules", "bin", "data", "dist"}, entry.Name()):
			return fs.SkipDir
		case !entry.IsDir():
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// documents returns those of all Markdown files.
func documents(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(files(t), func(path string) bool { return !strings.HasSuffix(path, ".md") })
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	fence   = regexp.MustCompile("(?ms)^```.*?^```$")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInID = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinks follows each link from one document of the tree to another file of it,
// and to the heading there that it names.
func TestLinks(t *testing.T) {
	followed := 0
	for _, path := range documents(t) {
		for _, found := range link.FindAllStringSubmatch(fence.ReplaceAllString(read(t, path), ""), -1) {
			u, err := url.Parse(found[1])
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			if u.IsAbs() {
				continue
			}
			followed++
			target := path
			if u.Path != "" {
				target = filepath.Join(filepath.Dir(path), u.Path)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s leads nowhere", path, found[1])
				continue
			}
			if u.Fragment != "" && !slices.Contains(ids(read(t, target)), u.Fragment) {
				t.Errorf("%s: %s: there is no such heading", path, found[1])
			}
		}
	}
	if followed < 20 {
		t.Errorf("there are only %d links", followed)
	}
}

// ids returns the names of a document's headings in links, as GitHub makes them.
func ids(document string) (ids []string) {
	for _, found := range heading.FindAllStringSubmatch(fence.ReplaceAllString(document, ""), -1) {
		text := notInID.ReplaceAllString(strings.ToLower(found[1]), "")
		ids = append(ids, strings.ReplaceAll(text, " ", "-"))
	}
	return ids
}

// TestFilesInDocuments: the documents of people who change Alta name no file that
// there is not. They may leave out the directory.
func TestFilesInDocuments(t *testing.T) {
	all := files(t)
	named := regexp.MustCompile("`([A-Za-z_][A-Za-z0-9_./-]*\\.(?:go|yaml|json|http|golden|ts))`")
	for _, path := range []string{"architecture.md", "../CONTRIBUTING.md"} {
		for _, found := range named.FindAllStringSubmatch(read(t, path), -1) {
			if !slices.ContainsFunc(all, func(file string) bool { return strings.HasSuffix(file, "/"+found[1]) }) {
				t.Errorf("%s: there is no %s", path, found[1])
			}
		}
	}
}

// TestREADMEIsShort: it is read by people who have three minutes.
func TestREADMEIsShort(t *testing.T) {
	if n := strings.Count(read(t, "../README.md"), "\n"); n > 150 {
		t.Errorf("README.md has %d lines, want at most 150", n)
	}
}

// TestREADMESaysWhichGo holds the README to the version that go.mod asks for.
func TestREADMESaysWhichGo(t *testing.T) {
	version := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(read(t, "../go.mod"))
	if version == nil || !strings.Contains(read(t, "../README.md"), "[Go](https://go.dev/dl/) "+version[1]) {
		t.Errorf("go.mod asks for Go %q, and README.md does not say so", version)
	}
}

// TestPicturesAreSmall: they are fetched by everybody who looks at the README.
func TestPicturesAreSmall(t *testing.T) {
	pictures, err := filepath.Glob("*.png")
	if err != nil || len(pictures) == 0 {
		t.Fatalf("there are no pictures: %v", err)
	}
	readme := read(t, "../README.md")
	for _, path := range pictures {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > 150_000 {
			t.Errorf("%s has %d bytes, want at most 150,000", path, info.Size())
		}
		if !strings.Contains(readme, "(docs/"+path+")") {
			t.Errorf("the README does not show %s", path)
		}
	}
}
