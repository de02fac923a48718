package identity

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FuzzCheckEmail checks that an accepted address is safe in a mail header, a log
// line and a page.
func FuzzCheckEmail(f *testing.F) {
	for _, text := range []string{
		"john.doe@example.com", "João@bücher.example", `"john doe"@example.com`, `"\"@"@a.bc`,
		"john@example.com\r\nBcc: jane@example.com", "a\x00@b.co", "a\u202e@b.co", "a@b.co\u2028", "\ufeffa@b.co",
		"a@127.0.0.1", "<a@b.co>", "a@xn--bcher-kva.example", "a@paral·lel.cat", "a@नामक्\u200cष.co", "a@צה״ל.co", `"\a\ b"@ＳＴＲＡẞＥ.ﬃ.co`, "a@٠١۱.İ.co",
		strings.Repeat("a", 64) + "@" + strings.Repeat("b", 63) + ".co",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if CheckEmail(text) != nil {
			return
		}
		if len(text) > 254 || !utf8.ValidString(text) || strings.TrimSpace(text) != text {
			t.Fatalf("%q has %d bytes, is not UTF-8 or has blanks around it", text, len(text))
		}
		for _, r := range text {
			if r == zeroWidthJoiner || r == zeroWidthNonJoiner { // the domain's labels allow them in context
				continue
			}
			if !unicode.IsGraphic(r) || unicode.IsSpace(r) && r != ' ' || strings.ContainsRune("()<>[]:;,", r) && text[0] != '"' {
				t.Fatalf("%q contains %U", text, r)
			}
		}
		at := strings.LastIndexByte(text, '@')
		if at < 1 || strings.ContainsAny(text[at+1:], " \"'()<>[]:;,\\/_@") || !strings.Contains(text[at+1:], ".") {
			t.Fatalf("the domain of %q is not valid", text)
		}
		if CheckEmail(text+text[at:]) == nil || CheckEmail(text+",b@c.de") == nil || CheckEmail("a <"+text+">") == nil {
			t.Fatalf("%q is accepted with further text, too", text)
		}
		canonical := CanonicalEmail(text)
		if again := CanonicalEmail(canonical); again != canonical {
			t.Fatalf("the canonical form of %q is %q, and of that %q", text, canonical, again)
		}
		if CheckEmail(canonical) != nil {
			t.Fatalf("%q is accepted and its canonical form %q is not", text, canonical)
		}
		if domain := canonical[strings.LastIndexByte(canonical, '@')+1:]; !isASCII(domain) || strings.ToLower(domain) != domain {
			t.Fatalf("the domain of %q is %q", text, domain)
		}
		for _, form := range append(EmailSpellings(text), DisplayEmail(text)) {
			if CheckEmail(form) != nil || CanonicalEmail(form) != canonical {
				t.Fatalf("%q is %q, and its form %q is %q", text, canonical, form, CanonicalEmail(form))
			}
		}
	})
}

// FuzzParseToken checks that only the signed token is accepted, so that nobody
// without the key can make one.
func FuzzParseToken(f *testing.F) {
	keys := mustKeyring(f, oldSecret)
	tokens, good := tokensAt(keys, signedAt), mustSign(f, keys, PurposeSession)
	parts := strings.Split(good, ".")
	f.Add(good)
	f.Add(mustSign(f, keys, PurposeDevice))
	f.Add("eyJhbGciOiJub25lIn0." + parts[1] + ".")
	f.Add(parts[0] + ".e30." + parts[2])
	f.Add(parts[0] + "." + parts[1] + ".")
	f.Add(good + "=")
	f.Fuzz(func(t *testing.T, text string) {
		claims, err := tokens.Parse(PurposeSession, text)
		switch {
		case text == good && err != nil:
			t.Fatalf("the signed token: %v", err)
		case text == good:
		case err == nil:
			t.Fatalf("%q is accepted as a token", text)
		case !errors.Is(err, ErrToken) || claims != (Claims{}):
			t.Fatalf("Parse(%q) = %v, %v, want no claims and ErrToken", text, claims, err)
		}
	})
}

// FuzzVerifyPassword checks that of two passwords only the hashed one is accepted,
// or an equivalent form in Unicode.
func FuzzVerifyPassword(f *testing.F) {
	f.Add("SecurePass123!", "SecurePass123!")
	f.Add("contrase\u00f1a", "contrasen\u0303a")
	f.Add(strings.Repeat("x", 72)+"a", strings.Repeat("x", 72)+"b")
	f.Add("nul\x00a", "nul\x00b")
	f.Add("", "\xff")
	f.Fuzz(func(t *testing.T, hashed, sent string) {
		stored := mustHash(t, hashed, testCost)
		if err := CheckHash(stored); err != nil {
			t.Fatalf("CheckHash(%q) = %v", stored, err)
		}
		if ok, renew, err := verifyPassword(stored, hashed, testCost); !ok || renew || err != nil {
			t.Fatalf("%q, hashed and sent: %t, %t, %v", hashed, ok, renew, err)
		}
		want := norm.NFC.String(hashed) == norm.NFC.String(sent)
		if ok, _, err := verifyPassword(stored, sent, testCost); ok != want || err != nil {
			t.Fatalf("%q, sent for %q: %t, %v, want %t", sent, hashed, ok, err, want)
		}
	})
}
