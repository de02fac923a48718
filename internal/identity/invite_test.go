package identity

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestNewInviteCode(t *testing.T) {
	form := regexp.MustCompile(`^[A-Z2-7]{5}(-[A-Z2-7]{5}){3}$`)
	seen, characters := map[string]bool{}, map[rune]bool{}
	for range 1000 {
		code := NewInviteCode()
		if !form.MatchString(code) {
			t.Fatalf("code %q has not the form", code)
		}
		if got := CanonicalInviteCode(code); got != code {
			t.Errorf("the canonical form of %q is %q, want no other", code, got)
		}
		seen[code] = true
		for _, r := range code {
			characters[r] = true
		}
	}
	if len(seen) != 1000 || len(characters) != 32+1 {
		t.Errorf("1000 codes are %d different ones of %d characters, want 1000 of 33", len(seen), len(characters))
	}
}

func TestCanonicalInviteCode(t *testing.T) {
	const want = "ABCDE-FGHIJ-KLMNO-234567"
	for _, text := range []string{
		want, "abcde-fghij-klmno-234567", "AbCdE-fGhIj-KlMnO-234567", "  " + want, want + "\r\n", "\t" + want + "\u00a0", "\u2003" + want,
	} {
		if got := CanonicalInviteCode(text); got != want {
			t.Errorf("CanonicalInviteCode(%q) = %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"", "ABCDE FGHIJ", "ABCDEFGHIJKLMNO234567", "\x00" + want} {
		if got := CanonicalInviteCode(text); got == want {
			t.Errorf("CanonicalInviteCode(%q) makes a code of it", text)
		}
	}
}

func TestMaskInviteCode(t *testing.T) {
	for code, want := range map[string]string{
		"ABCDE-FGHIJ-KLMNO-234567": "ABCDE…",
		"ABCDEF":                   "ABCDE…",
		"ABCDE":                    "ABCDE…",
		"AB":                       "AB…",
		"":                         "…",
		"ñññ":                      "ññ…", // no character is cut
	} {
		if got := MaskInviteCode(code); got != want {
			t.Errorf("MaskInviteCode(%q) = %q, want %q", code, got, want)
		}
	}
}

// The token of an invite has a code and no user.
func TestInviteTokenPayload(t *testing.T) {
	tokens := tokensAt(mustKeyring(t, oldSecret), signedAt)
	text, err := tokens.Sign(PurposeInvite, Claims{Code: "ABCDE-FGHIJ-KLMNO-234567", ID: "an id"}, 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(text, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"code":"ABCDE-FGHIJ-KLMNO-234567","iat":1772633600,"exp":1772634500,"jti":"an id","aud":"invite"}`
	if string(payload) != want {
		t.Errorf("payload\n got %s\nwant %s", payload, want)
	}
	claims, err := tokens.Parse(PurposeInvite, text)
	if err != nil || claims.Code != "ABCDE-FGHIJ-KLMNO-234567" || claims.UserID != "" || claims.Role != "" {
		t.Errorf("Parse = %+v, %v, want the code and nobody", claims, err)
	}
}
