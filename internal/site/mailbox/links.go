package mailbox

import (
	"regexp"
	"strings"
)

var documentStart = regexp.MustCompile(`(?is)^\s*(?:<!doctype[^>]*>)?\s*(?:<html[^>]*>)?\s*(?:<head(?:\s[^>]*)?>)?`)

// openInTop makes links of the mail open in the whole window and not in its
// frame. The element goes behind the start of the document: before it, it
// would put the browser in quirks mode.
func openInTop(html string) string {
	at := len(documentStart.FindString(html))
	return html[:at] + `<base target="_top">` + html[at:]
}

// piece is a part of a text: a link, or the text between links.
type piece struct {
	Text string
	Link bool
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// findLinks takes the text apart at its links. Punctuation behind a link belongs
// to its sentence.
func findLinks(text string) []piece {
	var found []piece
	rest := 0
	for _, match := range address.FindAllStringIndex(text, -1) {
		start := match[0]
		link := strings.TrimRight(text[start:match[1]], ".,;:!?')]}")
		found = append(found, piece{Text: text[rest:start]}, piece{Text: link, Link: true})
		rest = start + len(link)
	}
	return append(found, piece{Text: text[rest:]})
}
