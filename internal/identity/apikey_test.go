package identity

import (
	"fmt"
	"hash/crc32"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// Two keys whose checksums were computed elsewhere.
const (
	knownKey = "alta_0123456789ABCDEFGHIJKLMNOPQRSTUV3JWTFO" // CRC-32 3036887806
	zerosKey = "alta_0000000000000000000000000000017400C6qq" // a small CRC-32
)

// bigChecksum computes a checksum in another way: with math/big's base 62, in which
// the lower-case letters come first.
func bigChecksum(body string) string {
	digits := new(big.Int).SetUint64(uint64(crc32.ChecksumIEEE([]byte(body)))).Text(62)
	return fmt.Sprintf("%06s", strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, digits))
}

func TestNewAPIKey(t *testing.T) {
	form := regexp.MustCompile(`^alta_[0-9A-Za-z]{32}[0-9A-Za-z]{6}$`)
	seen, characters := map[string]bool{}, map[rune]bool{}
	for range 1000 {
		key := NewAPIKey()
		if !form.MatchString(key) {
			t.Fatalf("key %q has not the form", key)
		}
		if body := key[:37]; key[37:] != bigChecksum(body) {
			t.Errorf("the checksum of %q is %q, want %q", body, key[37:], bigChecksum(body))
		}
		if !CheckAPIKey(key) {
			t.Errorf("CheckAPIKey refuses %q", key)
		}
		seen[key] = true
		for _, r := range key[5:37] {
			characters[r] = true
		}
	}
	if len(seen) != 1000 {
		t.Errorf("1000 keys are %d different ones", len(seen))
	}
	if len(characters) != 62 {
		t.Errorf("%d characters occur, want 62", len(characters))
	}
}

func TestCheckAPIKey(t *testing.T) {
	// fixed returns a key with any body and the checksum of that body.
	fixed := func(body string) string { return body + bigChecksum(body) }
	digits := "0123456789ABCDEFGHIJKLMNOPQRSTUV"
	tests := []struct {
		name, text string
		want       bool
	}{
		{"known", knownKey, true},
		{"checksum with leading zeros", zerosKey, true},
		{"checksum worked out here", fixed("alta_" + digits), true},
		{"empty", "", false},
		{"prefix alone", "alta_", false},
		{"body alone", "alta_" + digits, false},
		{"checksum alone", fixed(""), false},
		{"wrong checksum", knownKey[:42] + "P", false},
		{"checksum of another", knownKey[:37] + zerosKey[37:], false},
		{"checksum in small letters", knownKey[:37] + strings.ToLower(knownKey[37:]), false},
		{"body in small letters", strings.ToLower(knownKey[:37]) + knownKey[37:], false},
		{"two characters swapped", "alta_10" + knownKey[7:], false},
		{"one character another", "alta_1" + knownKey[6:], false},
		{"character of no alphabet", "alta_-" + knownKey[6:], false},
		{"character of another script", "alta_é" + knownKey[7:], false},
		{"zero byte", "alta_\x00" + knownKey[6:], false},
		{"other prefix", fixed("beta_" + digits), false},
		{"prefix in capitals", fixed("ALTA_" + digits), false},
		{"no prefix", fixed(digits + "WXYZa"), false},
		{"one short", fixed("alta_" + digits[:31]), false},
		{"one long", fixed("alta_" + digits + "W"), false},
		{"checksum without its zeros", zerosKey[:37] + zerosKey[39:], false},
		{"blank before", " " + knownKey, false},
		{"blank after", knownKey + " ", false},
		{"line feed after", knownKey + "\n", false},
		{"twice", knownKey + knownKey, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := CheckAPIKey(test.text); got != test.want {
				t.Errorf("CheckAPIKey(%q) = %t, want %t", test.text, got, test.want)
			}
		})
	}
}

// A mask distinguishes keys and reveals eight of 38 characters.
func TestMaskAPIKey(t *testing.T) {
	if got, want := MaskAPIKey(knownKey), "alta_0123…WTFO"; got != want {
		t.Errorf("MaskAPIKey = %q, want %q", got, want)
	}
	for range 100 {
		key := NewAPIKey()
		if got, want := MaskAPIKey(key), key[:9]+"…"+key[39:]; got != want {
			t.Errorf("MaskAPIKey(%q) = %q, want %q", key, got, want)
		}
	}
}

func TestCheckAPIKeyAlphabet(t *testing.T) {
	for _, random := range []string{strings.Repeat("!", 32), strings.Repeat("\x00", 32), strings.Repeat("ñ", 16), strings.Repeat("\n", 32)} {
		if key := "alta_" + random + bigChecksum("alta_"+random); CheckAPIKey(key) {
			t.Errorf("CheckAPIKey takes %q", key)
		}
	}
}
