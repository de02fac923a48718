package identity

import (
	"encoding/base64"
	"strings"
	"testing"
)

// FuzzParseOneTime checks that each token has only one text.
func FuzzParseOneTime(f *testing.F) {
	for _, text := range []string{
		knownOneTime, knownOneTime + "\n", knownOneTime[:63], knownOneTime + "=", "", strings.Repeat("+", 64), strings.Repeat("=", 64),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := ParseOneTime(text)
		if err != nil {
			if id != "" || err != ErrToken {
				t.Fatalf("ParseOneTime(%q) = %q, %v, want no id and ErrToken", text, id, err)
			}
			return
		}
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(raw) != 48 || base64.RawURLEncoding.EncodeToString(raw) != text || len(id) != 32 {
			t.Fatalf("%q is accepted as the token of %q", text, id)
		}
	})
}

// FuzzCheckAPIKey checks that an accepted key can be masked, and that it is refused
// if one of its characters is mistyped.
func FuzzCheckAPIKey(f *testing.F) {
	for _, text := range []string{knownKey, zerosKey, knownKey[:42], knownKey + "0", strings.ToUpper(knownKey), "", "alta_"} {
		f.Add(text, uint8(9))
	}
	f.Fuzz(func(t *testing.T, text string, at uint8) {
		if !CheckAPIKey(text) {
			return
		}
		if len(text) != 43 || !strings.HasPrefix(text, "alta_") || text[37:] != bigChecksum(text[:37]) {
			t.Fatalf("%q is accepted as a key", text)
		}
		if mask := MaskAPIKey(text); len(mask) != 9+len("…")+4 {
			t.Fatalf("the mask of %q is %q", text, mask)
		}
		mistyped := []byte(text)
		mistyped[int(at)%len(mistyped)] ^= 1
		if CheckAPIKey(string(mistyped)) {
			t.Fatalf("%q is accepted, and so is %q", text, mistyped)
		}
	})
}

// FuzzOpen checks that only the sealed text is opened, so that nobody without the
// key can make one.
func FuzzOpen(f *testing.F) {
	keys := mustKeyring(f, oldSecret)
	good := keys.Seal(PurposeOutbox, "place", "text")
	id, box, _ := strings.Cut(good, ".")
	for _, sealed := range []string{good, keys.Seal(PurposeOutbox, "elsewhere", "text"), id + ".", "." + box, box, id + "." + box[4:], ""} {
		f.Add("place", sealed)
	}
	f.Add("", good)
	f.Fuzz(func(t *testing.T, place, sealed string) {
		text, err := keys.Open(PurposeOutbox, place, sealed)
		switch {
		case err != nil && text != "":
			t.Fatalf("Open(%q, %q) = %q, %v, want no text with the error", place, sealed, text, err)
		case err != nil && place == "place" && sealed == good:
			t.Fatalf("the sealed text: %v", err)
		case err == nil && (place != "place" || text != "text"):
			t.Fatalf("%q is opened at %q: %q", sealed, place, text)
		}
	})
}
