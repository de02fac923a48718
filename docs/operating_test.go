package docs_test

import (
	"bytes"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/command"
)

const operating = "operating.md"

// help returns what the command prints with --help, with single blanks between words.
func help(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	environment := command.Environment{Stdout: &stdout, Stderr: &stderr, Getenv: func(string) string { return "" }}
	if status := command.Run(t.Context(), append(args, "--help"), environment); status != 0 {
		t.Fatalf("alta %s --help: status %d: %s", strings.Join(args, " "), status, &stderr)
	}
	return stdout.String()
}

// section returns the part of the document under the heading, up to the next of
// its level.
func section(t *testing.T, document, title string) string {
	t.Helper()
	_, after, found := strings.Cut(document, "\n## "+title+"\n")
	if !found {
		t.Fatalf("there is no section %s", title)
	}
	text, _, _ := strings.Cut(after, "\n## ")
	return text
}

// TestSettings holds the table of settings to the flags of `alta serve`: the
// same settings, with the same defaults.
func TestSettings(t *testing.T) {
	documented := map[string]string{}
	rows := regexp.MustCompile("(?m)^\\| `(ALTA_[A-Z_]+)` \\| (.*?) \\| .*\\|$")
	for _, row := range rows.FindAllStringSubmatch(section(t, read(t, operating), "Settings"), -1) {
		if _, again := documented[row[1]]; again {
			t.Errorf("%s has two rows", row[1])
		}
		documented[row[1]] = row[2]
	}
	flags := map[string]string{}
	text := strings.Join(strings.Fields(help(t, "serve")), " ")
	for _, flag := range regexp.MustCompile(`\(\$(ALTA_[A-Z_]+)\)`).FindAllStringSubmatch(text, -1) {
		flags[flag[1]] = ""
	}
	for _, flag := range regexp.MustCompile(`\(default ([^()]+)\) \(\$(ALTA_[A-Z_]+)\)`).FindAllStringSubmatch(text, -1) {
		flags[flag[2]] = flag[1]
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(flags)), slices.Sorted(maps.Keys(documented))); diff != "" {
		t.Errorf("settings of the server (-) and of %s (+):\n%s", operating, diff)
	}
	for name, value := range flags {
		if want := "`" + value + "`"; value != "" && documented[name] != want {
			t.Errorf("%s: the default is %s, and %s says %s", name, want, operating, documented[name])
		}
	}
}

// TestSettingsInDocuments: no document names a setting that there is not.
func TestSettingsInDocuments(t *testing.T) {
	known := help(t, "serve")
	for _, path := range documents(t) {
		for _, name := range regexp.MustCompile(`\bALTA_[A-Z_]+[A-Z]\b`).FindAllString(read(t, path), -1) {
			isClients := strings.HasPrefix(path, "../sdk/") // an example program's own variables
			if !strings.Contains(known, "($"+name+")") && !strings.HasPrefix(name, "ALTA_TEST_") && !isClients {
				t.Errorf("%s: there is no setting %s", path, name)
			}
		}
	}
}

// TestMetrics holds the table of metrics to the names in the code.
func TestMetrics(t *testing.T) {
	var documented []string
	rows := regexp.MustCompile("(?m)^\\| `(alta_[a-z_]+)` \\|")
	for _, row := range rows.FindAllStringSubmatch(section(t, read(t, operating), "Monitoring"), -1) {
		documented = append(documented, row[1])
	}
	slices.Sort(documented)
	if diff := cmp.Diff(metricsInCode(t), documented); diff != "" {
		t.Errorf("metrics of the code (-) and of %s (+):\n%s", operating, diff)
	}
}

func metricsInCode(t *testing.T) []string {
	t.Helper()
	names := map[string]bool{}
	for _, root := range []string{"../handlers", "../internal"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			for _, found := range regexp.MustCompile(`"(alta_[a-z_]+[a-z])"`).FindAllStringSubmatch(read(t, path), -1) {
				names[found[1]] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// TestCommands holds the table of commands to `alta --help`.
func TestCommands(t *testing.T) {
	table := section(t, read(t, operating), "Command line")
	_, commands, _ := strings.Cut(help(t), "Commands:")
	found := 0
	for _, line := range regexp.MustCompile(`(?m)^  ([a-z]+)(?: ([a-z]+))?`).FindAllStringSubmatch(commands, -1) {
		found++
		row := regexp.MustCompile("(?m)^\\| `alta "+line[1]+"\\b.*$").FindAllString(table, -1)
		if !strings.Contains(strings.Join(row, "\n"), strings.TrimSpace(line[2])) || row == nil {
			t.Errorf("%s does not have alta %s %s", operating, line[1], line[2])
		}
	}
	if found < 15 {
		t.Errorf("alta --help has only %d commands", found)
	}
}
