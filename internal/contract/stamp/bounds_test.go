package main

import (
	"os"
	"strings"
	"testing"

	"example.com/alta/internal/contract/source"
)

// TestBoundTable: each bound becomes a constant, and one without a number or without
// what it counts is refused.
func TestBoundTable(t *testing.T) {
	table := func(contract string) (string, error) {
		document, err := source.Parse([]byte(contract))
		if err != nil {
			t.Fatal(err)
		}
		text, err := boundTable(document)
		return string(text), err
	}
	got, err := table("x-bounds:\n  accounts: {most: 200, says: all of them}\n")
	if want := "Accounts = 200 // all of them"; err != nil || !strings.Contains(got, want) {
		t.Errorf("got %v and\n%s\nwant %s in it", err, got, want)
	}
	for _, contract := range []string{
		"openapi: 3.0.3\n", "x-bounds: {}\n", "x-bounds:\n  accounts: {most: 200}\n", "x-bounds:\n  accounts: {says: all}\n",
		"x-bounds:\n  accounts: {most: 0, says: all}\n", "x-bounds:\n  accounts: {most: many, says: all}\n",
	} {
		if _, err := table(contract); err == nil || !strings.Contains(err.Error(), "x-bounds") {
			t.Errorf("%q: %v", contract, err)
		}
	}
}

// TestBoundTableIsCurrent: the bounds of internal/bounds are the contract's.
func TestBoundTableIsCurrent(t *testing.T) {
	written := t.TempDir() + "/bounds.go"
	if err := writeTable("../../../openapi.yaml", written, boundTable); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(written)
	got, err2 := os.ReadFile("../../bounds/bounds.gen.go")
	if err != nil || err2 != nil || string(got) != string(want) {
		t.Errorf("run make generate: %v, %v", err, err2)
	}
}
