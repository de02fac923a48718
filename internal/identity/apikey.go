package identity

import (
	"crypto/rand"
	"hash/crc32"
	"strings"
)

// An API key has a prefix, by which scanners for leaked secrets recognize it, 32
// random characters (190 bits), and a checksum. The checksum detects a mistyped
// key without a query of the database.
const (
	apiKeyPrefix   = "alta_"
	apiKeyRandom   = 32
	apiKeyChecksum = 6

	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// NewAPIKey returns a new key. It is shown once and stored as a Digest.
func NewAPIKey() string {
	body := apiKeyPrefix + randomBase62(apiKeyRandom)
	return body + checksum(body)
}

// CheckAPIKey reports whether text has the form of a key and the right checksum.
func CheckAPIKey(text string) bool {
	body, sum := text, ""
	if len(text) == len(apiKeyPrefix)+apiKeyRandom+apiKeyChecksum {
		body, sum = text[:len(text)-apiKeyChecksum], text[len(text)-apiKeyChecksum:]
	}
	random, hasPrefix := strings.CutPrefix(body, apiKeyPrefix)
	return hasPrefix && strings.Trim(random, base62) == "" && sum == checksum(body)
}

// MaskAPIKey returns the prefix and the first and last four characters of a key,
// by which its owner can recognize it.
func MaskAPIKey(key string) string {
	return key[:len(apiKeyPrefix)+4] + "…" + key[len(key)-4:]
}

// checksum returns the CRC-32 (IEEE) of text in base62: six characters, with
// leading zeros.
func checksum(text string) string {
	sum, digits := crc32.ChecksumIEEE([]byte(text)), [apiKeyChecksum]byte{}
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = base62[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// randomBase62 returns n random characters. It discards bytes that would make some
// characters more likely.
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
