package repo

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FoldCase returns the text in the form that searches compare: case folded for
// all of Unicode, which SQLite's lower() is not, and NFC.
func FoldCase(text string) string { return norm.NFC.String(cases.Fold().String(text)) }

// searchText is the description as searches compare it, "" for none.
func searchText(description *string) string {
	if description == nil {
		return ""
	}
	return FoldCase(*description)
}
