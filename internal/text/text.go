// Package text limits the length of texts from clients before they are logged, stored
// or sent.
package text

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
