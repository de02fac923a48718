package repo

import "example.com/alta/internal/text"

// searchForm returns the words in the form in which searches compare them.
func searchForm(words string) string { return text.SearchForm(words) }

// searchText returns the description in that form, or "" if there is none.
func searchText(description *string) string {
	if description == nil {
		return ""
	}
	return searchForm(*description)
}
