package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRun stamps a file: one that is stamped already is not written again, and one that contradicts itself not at all.
func TestRun(t *testing.T) {
	contradictory := change(t, bare, "        \"400\": {$ref: \"#/components/responses/Thing\"}\n", "")
	for _, test := range []struct {
		name, before, after, stdout, stderr string
		status                              int
		flags                               []string
	}{
		{name: "bare", before: bare, after: whole},
		{name: "whole", before: whole, after: whole},
		{name: "lines", before: bare, after: whole, flags: []string{"-lines"},
			stdout: "lines of 1 operations: 48 in the median, 48 at most; without stamped ones 24 in the median, 24 at most\n"},
		{name: "contradiction", before: contradictory, after: contradictory, status: 1,
			stderr: "line 5: POST /api/things (createThing): takes input but has no response 400\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "openapi.yaml")
			if err := os.WriteFile(path, []byte(head+test.before+tail), 0o644); err != nil {
				t.Fatal(err)
			}
			long := time.Unix(1e9, 0)
			if err := os.Chtimes(path, long, long); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			if status := run(append(test.flags, path), &stdout, &stderr); status != test.status {
				t.Errorf("the status is %d, want %d", status, test.status)
			}
			if stdout.String() != test.stdout || !strings.HasSuffix(stderr.String(), test.stderr) || test.stderr == "" && stderr.Len() > 0 {
				t.Errorf("prints %q and %q, want %q and %q", &stdout, &stderr, test.stdout, test.stderr)
			}
			text, err := os.ReadFile(path)
			if err != nil || string(text) != head+test.after+tail {
				t.Errorf("the file is now (%v)\n%s", err, text)
			}
			info, err := os.Stat(path)
			if err != nil || info.ModTime().Equal(long) != (test.before == test.after) {
				t.Errorf("the file is of %v (%v)", info.ModTime(), err)
			}
		})
	}
}

// TestRunOrdered writes the stamped contract as JSON with the order of properties, unless the document has an order.
func TestRunOrdered(t *testing.T) {
	const schema = "  schemas: {Thing: {type: object, properties: {b: {type: string}, a: {type: string}}}}\n"
	dir := t.TempDir()
	path, ordered := filepath.Join(dir, "openapi.yaml"), filepath.Join(dir, "openapi.json")
	write := func(text string) (status int, stderr string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		var stdout, failure bytes.Buffer
		status = run([]string{"-ordered", ordered, path}, &stdout, &failure)
		return status, failure.String()
	}
	if status, stderr := write(head + bare + tail + schema); status != 0 {
		t.Fatalf("the status is %d: %s", status, stderr)
	}
	got, err := os.ReadFile(ordered)
	for _, want := range []string{
		`"properties":{"b":{"type":"string","x-order":1},"a":{"type":"string","x-order":2}}`, `"500":{"$ref":"#/components/responses/AppInternal"}`,
	} {
		if err != nil || !bytes.Contains(got, []byte(want)) {
			t.Errorf("%s is missing (%v) in\n%s", want, err, got)
		}
	}
	contradictory := head + bare + tail + strings.Replace(schema, "b: {", "b: {x-order: 2, ", 1)
	if status, stderr := write(contradictory); status != 1 || !strings.Contains(stderr, "b: has x-order") {
		t.Errorf("a document with an order: status %d and %q", status, stderr)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != contradictory {
		t.Errorf("it was written all the same (%v)", err)
	}
}

func TestRunRefuses(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{nil, 2, "wants one file"},
		{[]string{"a", "b"}, 2, "wants one file"},
		{[]string{"-nonsense", "a"}, 2, "not defined"},
		{[]string{filepath.Join(t.TempDir(), "nothing.yaml")}, 1, "no such file"},
	} {
		var stdout, stderr bytes.Buffer
		if status := run(test.args, &stdout, &stderr); status != test.status || !strings.Contains(stderr.String(), test.want) {
			t.Errorf("%v: status %d and %q, want %d and %s", test.args, status, &stderr, test.status, test.want)
		}
	}
}
