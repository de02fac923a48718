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

// TestInviteCodesAsPeopleTypeThem: without hyphens, with those of word processors,
// and with what is copied from mails besides.
func TestInviteCodesAsPeopleTypeThem(t *testing.T) {
	const want = "ABCDE-FGHIJ-KLMNO-23456"
	for _, text := range []string{
		want, strings.ToLower(want), "ABCDEFGHIJKLMNO23456", "abcdefghijklmno23456", "ABCDE FGHIJ KLMNO 23456", "ABCD-EFGH-IJKL-MNO2-3456",
		"ABCDE\u2010FGHIJ\u2011KLMNO\u201223456", "ABCDE\u2013FGHIJ\u2014KLMNO\u201523456", "ABCDE\u2212FGHIJ\ufe63KLMNO\uff0d23456",
		"ABCDE \u2013 FGHIJ \u2013 KLMNO \u2013 23456", "ABCDE-\u00adFGHIJ-\u200bKLMNO-\u206023456", "\ufeffABCDE--FGHIJ--KLMNO--23456\r\n",
		"ABCDE-FGHIJ-\r\nKLMNO-23456", "\u00a0ABCDE\u202fFGHIJ\u2003KLMNO\u300023456-",
	} {
		if got := CanonicalInviteCode(text); got != want {
			t.Errorf("CanonicalInviteCode(%q) = %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{
		"ABCDEFGHIJKLMNO2345", "ABCDEFGHIJKLMNO234567", "ABCDE_FGHIJ_KLMNO_23456", "ABCDE-FGHIJ-KLMNO-2345\x00", "ABCDE-FGHIJ-KLMNO-2345\u0131",
		"ABCDE/FGHIJ/KLMNO/23456", "ÁBCDE-FGHIJ-KLMNO-23456",
	} {
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
