package repo

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FoldCase returns the text in the form in which searches compare it:
// case-folded for all of Unicode, unlike SQLite's lower(), and in NFC.
func FoldCase(text string) string { return norm.NFC.String(cases.Fold().String(text)) }

// searchText returns the description in the form in which searches compare it,
// or "" if there is none.
func searchText(description *string) string {
	if description == nil {
		return ""
	}
	return FoldCase(*description)
}
