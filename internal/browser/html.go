package browser

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/testnode"
)

// finding is a problem that html-validate reports at a place in a page.
type finding struct {
	RuleID  string
	Message string
	Line    int
	Column  int
}

// ValidateHTML checks pages against the rules of htmlvalidate.mjs. The keys of
// pages are names for messages, the values HTML. If there is no Node.js, the
// test is skipped, or fails if CI is true.
func ValidateHTML(t testing.TB, pages map[string]string) {
	t.Helper()
	findings := validate(t, pages)
	for _, name := range slices.Sorted(maps.Keys(findings)) {
		lines := strings.Split(pages[name], "\n")
		for _, f := range findings[name] {
			t.Errorf("%s:%d:%d: %s: %s\n%s", name, f.Line, f.Column, f.RuleID, f.Message, excerpt(lines, f.Line))
		}
	}
}

func excerpt(lines []string, line int) string {
	if line < 1 || line > len(lines) {
		return ""
	}
	text := []rune(strings.TrimSpace(lines[line-1]))
	return string(text[:min(len(text), 200)])
}

// validate runs html-validate on all pages and returns its findings by page.
func validate(t testing.TB, pages map[string]string) map[string][]finding {
	t.Helper()
	if len(pages) == 0 {
		t.Fatal("there are no pages to validate")
	}
	node, dir := testnode.Start(t, packages), t.TempDir()
	names := make(map[string]string, len(pages)) // by file name
	for name, html := range pages {
		file := filepath.Join(dir, fmt.Sprintf("%04d.html", len(names)))
		if err := os.WriteFile(file, []byte(html), 0o644); err != nil {
			t.Fatal(err)
		}
		names[file] = name
	}
	// html-validate loses output beyond the size of a pipe when it exits, so it
	// writes to a file.
	report := filepath.Join(dir, "report.json")
	cmd := node.Command(t.Context(), nil, "node_modules/html-validate/bin/html-validate.mjs",
		"--config", "htmlvalidate.mjs", "--formatter", "json="+report, filepath.Join(dir, "*.html"))
	printed, failed := cmd.CombinedOutput() // its status also says whether it found something
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatalf("html-validate: %v, %v\n%s", failed, err, printed)
	}
	var results []struct {
		FilePath string
		Messages []finding
	}
	if err := json.Unmarshal(text, &results); err != nil {
		t.Fatalf("html-validate: %v, %v\n%s", failed, err, printed)
	}
	findings := map[string][]finding{}
	for _, result := range results {
		findings[names[result.FilePath]] = result.Messages
	}
	return findings
}
