package identity

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
)

// knownOneTime is a token with both characters in which the alphabets of base64
// differ.
var (
	knownOneTimeBytes = append([]byte{0xfb, 0xff, 0xfe}, make([]byte, 45)...)
	knownOneTime      = "-__-" + strings.Repeat("A", 60)
	knownOneTimeID    = "fbfffe" + strings.Repeat("0", 26)
)

func TestNewOneTime(t *testing.T) {
	idForm, tokenForm := regexp.MustCompile(`^[0-9a-f]{32}$`), regexp.MustCompile(`^[0-9A-Za-z_-]{64}$`)
	ids, secrets := map[string]bool{}, map[string]bool{}
	for range 1000 {
		id, token := NewOneTime()
		if !idForm.MatchString(id) || !tokenForm.MatchString(token) {
			t.Fatalf("id %q, token %q have not the form", id, token)
		}
		if got, err := ParseOneTime(token); got != id || err != nil {
			t.Errorf("ParseOneTime(%q) = %q, %v, want %q", token, got, err, id)
		}
		raw, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || len(raw) != 48 {
			t.Fatalf("token %q has %d bytes, %v; want 48", token, len(raw), err)
		}
		ids[id], secrets[string(raw[16:])] = true, true
	}
	if len(ids) != 1000 || len(secrets) != 1000 {
		t.Errorf("1000 tokens have %d ids and %d secrets", len(ids), len(secrets))
	}
}

// A token has exactly one text. A second form would allow attempts that are neither
// logged nor limited.
func TestParseOneTime(t *testing.T) {
	good := knownOneTime
	encode := base64.RawURLEncoding.EncodeToString
	tests := []struct {
		name, token string
		ok          bool
	}{
		{"known", good, true},
		{"another secret", good[:63] + "B", true},
		{"empty", "", false},
		{"a word", "token", false},
		{"standard alphabet", strings.NewReplacer("-", "+", "_", "/").Replace(good), false},
		{"half of either alphabet", strings.Replace(good, "-", "+", 1), false},
		{"hexadecimal", hex.EncodeToString(knownOneTimeBytes), false},
		{"padded", good + "=", false},
		{"padded to four", good + "====", false},
		{"line feed after", good + "\n", false},
		{"line feed before", "\n" + good, false},
		{"line feed within", good[:10] + "\n" + good[10:], false},
		{"line break instead", good[:10] + "\r\n" + good[12:], false},
		{"carriage return within", good[:10] + "\r" + good[10:], false},
		{"blank after", good + " ", false},
		{"blank within", good[:10] + " " + good[11:], false},
		{"zero byte within", good[:10] + "\x00" + good[11:], false},
		{"other script", good[:10] + "é" + good[12:], false},
		{"one byte short", encode(knownOneTimeBytes[:47]), false},
		{"one byte long", encode(append(knownOneTimeBytes[:48:48], 0)), false},
		{"one character short", good[:63], false},
		{"one character long", good + "A", false},
		{"two characters long", good + "AA", false},
		{"id alone", encode(knownOneTimeBytes[:16]), false},
		{"twice", good + good, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			id, err := ParseOneTime(test.token)
			switch {
			case test.ok && (id != knownOneTimeID || err != nil):
				t.Errorf("ParseOneTime = %q, %v, want %q", id, err, knownOneTimeID)
			case !test.ok && (id != "" || err != ErrToken):
				t.Errorf("ParseOneTime = %q, %v, want ErrToken", id, err)
			}
		})
	}
}

// At two lengths with unused bits, a text whose unused bits are set is refused. A
// token of 48 bytes has none.
func TestParseOneTimeTrailingBits(t *testing.T) {
	for _, n := range []int{47, 49} {
		text := base64.RawURLEncoding.EncodeToString(make([]byte, n))
		for _, last := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
			if id, err := ParseOneTime(text[:len(text)-1] + string(last)); err != ErrToken {
				t.Errorf("%d bytes that end in %q: %q, %v, want ErrToken", n, last, id, err)
			}
		}
	}
}
