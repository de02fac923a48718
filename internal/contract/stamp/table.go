package main

import (
	"os"

	"example.com/alta/internal/contract/source"
)

// writeTable writes Go code that make derives from the contract at path.
func writeTable(path, to string, make func(source.Document) ([]byte, error)) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	document, err := source.Parse(text)
	if err != nil {
		return err
	}
	table, err := make(document)
	if err != nil {
		return err
	}
	return os.WriteFile(to, table, 0o644)
}
