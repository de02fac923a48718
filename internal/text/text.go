// Package text limits the length of texts from clients before they are logged, stored
// or sent, and writes times as responses have them.
package text

import "time"

// Time returns the time in the form of all responses: UTC, with milliseconds.
func Time(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// Truncate returns the text with at most n bytes. It does not split a character.
func Truncate(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && text[n]&0xc0 == 0x80 {
		n--
	}
	return text[:n]
}
