package identity

import (
	"crypto/rand"
	"hash/crc32"
	"strings"
)

// The form of an API key: a prefix that scanners for leaked secrets know it by,
// 32 random characters (190 bits), and a checksum that tells a mistyped key
// from an unknown one without asking the database.
const (
	apiKeyPrefix   = "alta_"
	apiKeyRandom   = 32
	apiKeyChecksum = 6

	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// NewAPIKey returns a new key. It is shown once and kept as a Digest.
func NewAPIKey() string {
	body := apiKeyPrefix + randomBase62(apiKeyRandom)
	return body + checksum(body)
}

// CheckAPIKey reports whether text has the form of a key and its checksum is
// right.
func CheckAPIKey(text string) bool {
	body, sum := text, ""
	if len(text) == len(apiKeyPrefix)+apiKeyRandom+apiKeyChecksum {
		body, sum = text[:len(text)-apiKeyChecksum], text[len(text)-apiKeyChecksum:]
	}
	random, hasPrefix := strings.CutPrefix(body, apiKeyPrefix)
	return hasPrefix && strings.Trim(random, base62) == "" && sum == checksum(body)
}

// MaskAPIKey returns what is shown of a key so that its owner can tell it from
// others: the first and the last four characters.
func MaskAPIKey(key string) string {
	return key[:len(apiKeyPrefix)+4] + "…" + key[len(key)-4:]
}

// checksum is the CRC-32 (IEEE) of text in base62, six characters with leading
// zeros.
func checksum(text string) string {
	sum, digits := crc32.ChecksumIEEE([]byte(text)), [apiKeyChecksum]byte{}
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = base62[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// randomBase62 returns n random characters. Bytes that would favour some of
// them are thrown away.
func randomBase62(n int) string {
	text, raw := make([]byte, 0, n), make([]byte, 1)
	for len(text) < n {
		rand.Read(raw) // never fails
		if raw[0] < 4*62 {
			text = append(text, base62[raw[0]%62])
		}
	}
	return string(text)
}
