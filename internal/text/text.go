// Package text cuts texts that come from outside to a length that can be logged,
// stored or answered.
package text

// Truncate shortens the text to at most n bytes, without cutting a character.
func Truncate(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && text[n]&0xc0 == 0x80 {
		n--
	}
	return text[:n]
}
