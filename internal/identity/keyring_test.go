package identity

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
)

var (
	oldSecret = strings.Repeat("old secret ", 4)
	newSecret = strings.Repeat("new secret ", 4)
)

func mustKeyring(t testing.TB, list ...string) *Keyring {
	t.Helper()
	keys, err := ParseKeyring(strings.Join(list, ","))
	if err != nil {
		t.Fatalf("ParseKeyring: %v", err)
	}
	return keys
}

func TestParseKeyring(t *testing.T) {
	bytes32 := strings.Repeat("s", 32)
	tests := []struct {
		name string
		list string
		want string // part of the error; empty: no error
	}{
		{"one", bytes32, ""},
		{"two", bytes32 + "," + newSecret, ""},
		{"blanks around", " " + bytes32 + " ,\n" + newSecret + "\n", ""},
		{"bytes count, not characters", strings.Repeat("é", 16), ""},
		{"empty", "", "secret 1 of the list has 0 bytes"},
		{"one byte short", bytes32[1:], "secret 1 of the list has 31 bytes"},
		{"blanks do not count", bytes32[1:] + "  ", "secret 1 of the list has 31 bytes"},
		{"second too short", bytes32 + ",hunter2", "secret 2 of the list has 7 bytes"},
		{"comma after", bytes32 + ",", "secret 2 of the list has 0 bytes"},
		{"comma before", "," + bytes32, "secret 1 of the list has 0 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseKeyring(test.list)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("ParseKeyring: %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("ParseKeyring = %v, want %q", err, test.want)
			}
		})
	}
}

func TestParseKeyringDoesNotQuote(t *testing.T) {
	for _, list := range []string{"hunter2", newSecret + ",hunter2"} {
		_, err := ParseKeyring(list)
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "new secret") {
			t.Errorf("ParseKeyring = %v, want an error that quotes no secret", err)
		}
	}
}

func TestKeyringKeysDiffer(t *testing.T) {
	seen := map[string]string{}
	for _, secret := range []string{oldSecret, newSecret} {
		keys := mustKeyring(t, secret)
		for _, purpose := range purposes {
			name := string(purpose) + " of " + secret
			id, key := keys.Key(purpose)
			if len(key) != 32 {
				t.Errorf("%s: the key has %d bytes, want 32", name, len(key))
			}
			if other, ok := seen[string(key)]; ok {
				t.Errorf("%s has the key of %s", name, other)
			}
			seen[string(key)] = name
			if strings.Contains(hex.EncodeToString(key), id) {
				t.Errorf("%s: the id is part of the key", name)
			}
			if bytes.Contains([]byte(secret), key) {
				t.Errorf("%s: the key is part of the secret", name)
			}
		}
	}
}

// Keys are derived at each start and must be the same each time.
func TestKeyringIsStable(t *testing.T) {
	one, two := mustKeyring(t, oldSecret), mustKeyring(t, " "+oldSecret+" ")
	for _, purpose := range purposes {
		oneID, oneKey := one.Key(purpose)
		twoID, twoKey := two.Key(purpose)
		if oneID != twoID || !bytes.Equal(oneKey, twoKey) {
			t.Errorf("%s: two rings of one secret have different keys", purpose)
		}
	}
}

func TestKeyringFind(t *testing.T) {
	before := mustKeyring(t, oldSecret)
	oldID, oldKey := before.Key(PurposeSession)
	rotated := mustKeyring(t, newSecret, oldSecret)
	newID, newKey := rotated.Key(PurposeSession)
	if newID == oldID || bytes.Equal(newKey, oldKey) {
		t.Fatal("the rotated ring still signs with the old secret")
	}

	tests := []struct {
		name string
		ring *Keyring
		id   string
		want []byte // nil: an error
	}{
		{"old id before", before, oldID, oldKey},
		{"old id while both are listed", rotated, oldID, oldKey},
		{"new id while both are listed", rotated, newID, newKey},
		{"old id when it is gone", mustKeyring(t, newSecret), oldID, nil},
		{"new id before", before, newID, nil},
		{"no id", rotated, "", nil},
		{"part of an id", rotated, newID[:4], nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.ring.Find(PurposeSession, test.id)
			if !bytes.Equal(got, test.want) || (err == nil) != (test.want != nil) {
				t.Errorf("Find = %x, %v, want %x", got, err, test.want)
			}
			if err != nil && !errors.Is(err, errUnknownKey) {
				t.Errorf("Find: %v, want errUnknownKey", err)
			}
		})
	}
}

// TestPseudonyms: the list has the names under earlier secrets, too.
func TestPseudonyms(t *testing.T) {
	email := "john@example.com"
	got := mustKeyring(t, newSecret, oldSecret).Pseudonyms(email)
	want := []string{mustKeyring(t, newSecret).Pseudonym(email), mustKeyring(t, oldSecret).Pseudonym(email)}
	if !slices.Equal(got, want) {
		t.Errorf("Pseudonyms = %q, want %q", got, want)
	}
}

func TestPseudonym(t *testing.T) {
	keys := mustKeyring(t, oldSecret)
	name := keys.Pseudonym("john@example.com")
	if raw, err := hex.DecodeString(name); err != nil || len(raw) != 16 {
		t.Errorf("Pseudonym = %q, want 16 bytes in hexadecimal", name)
	}
	if again := mustKeyring(t, oldSecret).Pseudonym("john@example.com"); again != name {
		t.Errorf("one address is %q and then %q", name, again)
	}
	if other := keys.Pseudonym("jane@example.com"); other == name {
		t.Error("two addresses have one pseudonym")
	}
	if other := mustKeyring(t, newSecret).Pseudonym("john@example.com"); other == name {
		t.Error("two secrets make one pseudonym: it can be guessed without the secret")
	}
}
