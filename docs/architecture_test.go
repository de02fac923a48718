package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMap holds the map of the tree to the tree: each package of internal/ has a
// place in it, and so has each directory at the top.
func TestMap(t *testing.T) {
	tree, packages, found := strings.Cut(section(t, read(t, "architecture.md"), "Map of the tree"), "| package in `internal/` |")
	if !found {
		t.Fatal("the map has no table of packages")
	}
	if diff := cmp.Diff(packagesOf(t, "../internal"), firstCells(packages)); diff != "" {
		t.Errorf("packages in internal/ (-) and on the map (+):\n%s", diff)
	}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		ignored := strings.HasPrefix(entry.Name(), ".") || slices.Contains([]string{"internal", "bin", "data"}, entry.Name())
		if entry.IsDir() && !ignored && !strings.Contains(tree, "`"+entry.Name()+"/`") {
			t.Errorf("%s/ is not on the map", entry.Name())
		}
	}
}

// firstCells returns what stands in code in the first cells of a table, sorted.
func firstCells(table string) (names []string) {
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*) \\|").FindAllStringSubmatch(table, -1) {
		for _, name := range strings.Split(row[1], ", ") {
			names = append(names, strings.Trim(name, "`"))
		}
	}
	slices.Sort(names)
	return names
}

// packagesOf returns the directories below root that have Go files, sorted.
func packagesOf(t *testing.T, root string) (packages []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		packages = append(packages, filepath.ToSlash(dir))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(packages)
	return slices.Compact(packages)
}
