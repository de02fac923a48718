package identity

import (
	"encoding/hex"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDigest(t *testing.T) {
	keys := mustKeyring(t, oldSecret)
	made := keys.Digest(PurposeAPIKey, "secret")
	if raw, err := hex.DecodeString(made.Sum); err != nil || len(raw) != 32 {
		t.Errorf("the digest %q is not 32 bytes in hexadecimal", made.Sum)
	}
	if again := mustKeyring(t, oldSecret).Digest(PurposeAPIKey, "secret"); again != made {
		t.Errorf("the digest after a start is %v, before %v", again, made)
	}
	rotated, gone := mustKeyring(t, newSecret, oldSecret), mustKeyring(t, newSecret)
	newID, _ := gone.Key(PurposeAPIKey)
	if made.KeyID == newID || rotated.Digest(PurposeAPIKey, "secret").KeyID != newID {
		t.Error("a rotated ring makes digests with the old secret")
	}
	tests := []struct {
		name    string
		keys    *Keyring
		purpose Purpose
		digest  Digest
		text    string
		want    bool
	}{
		{"the same", keys, PurposeAPIKey, made, "secret", true},
		{"rotated secret", rotated, PurposeAPIKey, made, "secret", true},
		{"dropped secret", gone, PurposeAPIKey, made, "secret", false},
		{"other text", keys, PurposeAPIKey, made, "Secret", false},
		{"more text", keys, PurposeAPIKey, made, "secret ", false},
		{"less text", keys, PurposeAPIKey, made, "secre", false},
		{"no text", keys, PurposeAPIKey, made, "", false},
		{"the digest itself", keys, PurposeAPIKey, made, made.Sum, false},
		{"other purpose", keys, PurposeOneTime, made, "secret", false},
		{"purpose that there is not", keys, "moon", made, "secret", false},
		{"no secret named", keys, PurposeAPIKey, Digest{"", made.Sum}, "secret", false},
		{"another secret named", rotated, PurposeAPIKey, Digest{newID, made.Sum}, "secret", false},
		{"empty digest", keys, PurposeAPIKey, Digest{KeyID: made.KeyID}, "secret", false},
		{"part of the digest", keys, PurposeAPIKey, Digest{made.KeyID, made.Sum[:62]}, "secret", false},
		{"digest in capitals", keys, PurposeAPIKey, Digest{made.KeyID, strings.ToUpper(made.Sum)}, "secret", false},
		{"digest of a dropped secret, of no text", gone, PurposeAPIKey, Digest{KeyID: made.KeyID}, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.keys.Matches(test.purpose, test.digest, test.text); got != test.want {
				t.Errorf("Matches = %t, want %t", got, test.want)
			}
		})
	}
}

// TestDigests: the list has the digest of each secret, the newest first.
func TestDigests(t *testing.T) {
	older, newer := mustKeyring(t, oldSecret), mustKeyring(t, newSecret)
	want := []Digest{newer.Digest(PurposeAPIKey, "secret"), older.Digest(PurposeAPIKey, "secret")}
	ring := mustKeyring(t, newSecret, oldSecret)
	if diff := cmp.Diff(want, ring.Digests(PurposeAPIKey, "secret")); diff != "" {
		t.Errorf("Digests (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[1:], older.Digests(PurposeAPIKey, "secret")); diff != "" {
		t.Errorf("Digests of one secret (-want +got):\n%s", diff)
	}
	for _, other := range [][]Digest{ring.Digests(PurposeOneTime, "secret"), ring.Digests(PurposeAPIKey, "Secret")} {
		if other[0] == want[0] || other[1] == want[1] {
			t.Errorf("%v is made of another text, or for another purpose", other)
		}
	}
}

// Digests, sealed texts and tokens of one purpose are not valid for another.
func TestPurposesAreSeparate(t *testing.T) {
	keys := mustKeyring(t, oldSecret)
	for _, made := range purposes {
		digest, sealed, text := keys.Digest(made, "secret"), keys.Seal(made, "place", "text"), mustSign(t, keys, made)
		for _, used := range purposes {
			want := made == used
			if got := keys.Matches(used, digest, "secret"); got != want {
				t.Errorf("a digest for %s matches for %s: %t, want %t", made, used, got, want)
			}
			if _, err := keys.Open(used, "place", sealed); (err == nil) != want {
				t.Errorf("what is sealed for %s is opened for %s: %v, want ok = %t", made, used, err, want)
			}
			if _, err := tokensAt(keys, signedAt).Parse(used, text); (err == nil) != want {
				t.Errorf("a token for %s is read for %s: %v, want ok = %t", made, used, err, want)
			}
		}
	}
}

// declaredPurposes returns the names of the Purpose constants in keyring.go, by
// value.
func declaredPurposes(t *testing.T) map[Purpose]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "keyring.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[Purpose]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Purpose") || len(spec.Values) != 1 {
			return true
		}
		value, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			t.Fatalf("%s has a value that this test cannot read", spec.Names[0].Name)
		}
		declared[Purpose(strings.Trim(value.Value, `"`))] = spec.Names[0].Name
		return true
	})
	return declared
}

// TestPurposesAreComplete: every declared purpose is in the list, because a purpose
// that is not has no key.
func TestPurposesAreComplete(t *testing.T) {
	want := slices.Sorted(maps.Keys(declaredPurposes(t)))
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(purposes))); diff != "" {
		t.Errorf("purposes (-declared +listed):\n%s", diff)
	}
	keys := mustKeyring(t, oldSecret)
	defer func() {
		if recover() == nil {
			t.Error("Key gives a key for a purpose that is not in the list")
		}
	}()
	keys.Key("moon")
}
