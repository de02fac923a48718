package identity

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestSeal(t *testing.T) {
	keys := mustKeyring(t, oldSecret)
	for _, text := range []string{"", "john.doe@example.com", "\x00\xff", strings.Repeat("ñ", 10000)} {
		one, two := keys.Seal(PurposeOutbox, "place", text), keys.Seal(PurposeOutbox, "place", text)
		if one == two {
			t.Errorf("two seals of %.20q are the same", text)
		}
		for _, sealed := range []string{one, two} {
			if text != "" && strings.Contains(sealed, text) {
				t.Errorf("the seal shows the text %.20q", text)
			}
			if got, err := mustKeyring(t, oldSecret).Open(PurposeOutbox, "place", sealed); got != text || err != nil {
				t.Errorf("Open = %.20q, %v, want %.20q", got, err, text)
			}
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	keys := mustKeyring(t, oldSecret)
	sealed := keys.Seal(PurposeOutbox, "place", "text")
	id, box, _ := strings.Cut(sealed, ".")
	newID, _ := mustKeyring(t, newSecret).Key(PurposeOutbox)
	rotated, gone := mustKeyring(t, newSecret, oldSecret), mustKeyring(t, newSecret)
	tests := []struct {
		name    string
		keys    *Keyring
		purpose Purpose
		place   string
		sealed  string
		ok      bool
	}{
		{"the same", keys, PurposeOutbox, "place", sealed, true},
		{"rotated secret", rotated, PurposeOutbox, "place", sealed, true},
		{"dropped secret", gone, PurposeOutbox, "place", sealed, false},
		{"another secret named", rotated, PurposeOutbox, "place", newID + "." + box, false},
		{"another place", keys, PurposeOutbox, "Place", sealed, false},
		{"no place", keys, PurposeOutbox, "", sealed, false},
		{"another purpose", keys, PurposeOneTime, "place", sealed, false},
		{"purpose that there is not", keys, "moon", "place", sealed, false},
		{"empty", keys, PurposeOutbox, "place", "", false},
		{"dot", keys, PurposeOutbox, "place", ".", false},
		{"no id", keys, PurposeOutbox, "place", "." + box, false},
		{"id alone", keys, PurposeOutbox, "place", id, false},
		{"empty box", keys, PurposeOutbox, "place", id + ".", false},
		{"no dot", keys, PurposeOutbox, "place", id + box, false},
		{"text in clear", keys, PurposeOutbox, "place", id + ".text", false},
		{"padded", keys, PurposeOutbox, "place", sealed + "=", false},
		{"other alphabet", keys, PurposeOutbox, "place", id + "." + strings.Repeat("-_", 24), false},
		{"box of another text", keys, PurposeOutbox, "place", id + "." + box[:16] + strings.Repeat("A", len(box)-16), false},
		{"two boxes", keys, PurposeOutbox, "place", sealed + "." + box, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.keys.Open(test.purpose, test.place, test.sealed)
			if test.ok && (got != "text" || err != nil) || !test.ok && (got != "" || err == nil) {
				t.Errorf("Open = %q, %v, want ok = %t", got, err, test.ok)
			}
		})
	}
}

// A sealed text with a changed bit, or cut at any length, is refused.
func TestOpenTampered(t *testing.T) {
	keys := mustKeyring(t, oldSecret)
	id, box, _ := strings.Cut(keys.Seal(PurposeOutbox, "place", "text"), ".")
	raw, err := base64.RawStdEncoding.DecodeString(box)
	if err != nil {
		t.Fatal(err)
	}
	open := func(raw []byte) error {
		_, err := keys.Open(PurposeOutbox, "place", id+"."+base64.RawStdEncoding.EncodeToString(raw))
		return err
	}
	for i := range raw {
		for bit := range 8 {
			raw[i] ^= 1 << bit
			if open(raw) == nil {
				t.Errorf("with bit %d of byte %d flipped it is opened", bit, i)
			}
			raw[i] ^= 1 << bit
		}
		if open(raw[:i]) == nil || open(raw[i+1:]) == nil {
			t.Errorf("cut at byte %d it is opened", i)
		}
	}
	if err := open(raw); err != nil {
		t.Errorf("as it was: %v", err)
	}
}
