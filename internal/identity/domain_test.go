package identity

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/idna"
)

// TestSpellingsOfOneMailbox: what the standards call one mailbox has one canonical
// form, and what they call two has two.
func TestSpellingsOfOneMailbox(t *testing.T) {
	tests := []struct {
		name      string
		spellings []string
		canonical string
	}{
		{"U-label and A-label", []string{
			"ana@bücher.example", "ana@bu\u0308cher.example", "Ana@BÜCHER.Example", "ana@xn--bcher-kva.example", "ANA@XN--BCHER-KVA.EXAMPLE",
		}, "ana@xn--bcher-kva.example"},
		{"A-label beside a U-label", []string{"ana@xn--bcher-kva.büro.example", "ana@bücher.xn--bro-hoa.example"}, "ana@xn--bcher-kva.xn--bro-hoa.example"},
		{"fullwidth letters", []string{"ana@ｅｘａｍｐｌｅ.com", "ana@ＥＸＡＭＰＬＥ.com", "ana@example.com"}, "ana@example.com"},
		{"fullwidth A-label", []string{"ana@ｘｎ--bcher-kva.example"}, "ana@xn--bcher-kva.example"},
		{"ligature", []string{"ana@oﬃce.example", "ana@office.example"}, "ana@office.example"},
		{"variation selector", []string{"ana@exam\ufe0fple.com"}, "ana@example.com"},
		{"capital I with a dot", []string{"ana@İstanbul.example", "ana@i\u0307stanbul.example"}, "ana@xn--istanbul-o0e.example"},
		{"sharp s", []string{"ana@straße.example", "ana@xn--strae-oqa.example"}, "ana@xn--strae-oqa.example"},
		{"ss", []string{"ana@strasse.example", "ana@STRASSE.example"}, "ana@strasse.example"},
		{"final sigma", []string{"ana@βόλος.example", "ana@xn--nxasmm1c.example"}, "ana@xn--nxasmm1c.example"},
		{"sigma", []string{"ana@βόλοσ.example", "ana@ΒΌΛΟΣ.example"}, "ana@xn--nxasmq6b.example"},
		{"Kelvin sign", []string{"\u212aana@\u212aelvin.example"}, "kana@kelvin.example"},
		{"local part composed or not", []string{"jos\u00e9@example.com", "jose\u0301@example.com", "JOSÉ@example.com"}, "jos\u00e9@example.com"},
		{"quotes that mean nothing", []string{`"ana.b"@example.com`, `"a\n\a.b"@example.com`, "ana.b@example.com", `"Ana.B"@example.com`}, "ana.b@example.com"},
		{"quotes that are needed", []string{`"ana b"@example.com`, `"ana\ b"@example.com`}, `"ana b"@example.com`},
		{"backslash that is needed", []string{`"a\\n\"a"@example.com`, `"\a\\n\"a"@example.com`}, `"a\\n\"a"@example.com`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, spelling := range test.spellings {
				if err := CheckEmail(spelling); err != nil {
					t.Errorf("CheckEmail(%+q) = %v", spelling, err)
				}
				if got := CanonicalEmail(spelling); got != test.canonical {
					t.Errorf("CanonicalEmail(%+q) = %+q, want %+q", spelling, got, test.canonical)
				}
			}
		})
	}
}

func TestCheckEmailOfDomains(t *testing.T) {
	long := strings.Repeat("例", 19) + "子" // 60 bytes
	tests := []struct {
		name string
		text string
		ok   bool
	}{
		{"middle dot between two l", "ana@paral·lel.cat", true},
		{"middle dot as an A-label", "ana@xn--parallel-koa.cat", true},
		{"middle dot elsewhere as an A-label", "ana@xn--paralel-yma.cat", false},
		{"middle dot elsewhere", "ana@para·lel.cat", false},
		{"middle dot at the end", "ana@paral·.cat", false},
		{"keraia before a Greek letter", "ana@͵αβ.example", true},
		{"keraia before a Latin letter", "ana@α͵b.example", false},
		{"geresh", "ana@צ׳ק.example", true},
		{"gershayim", "ana@צה״ל.example", true},
		{"gershayim first", "ana@״צהל.example", false},
		{"katakana middle dot", "ana@ティー・ルーム.example", true},
		{"katakana middle dot among Latin letters", "ana@tea・room.example", false},
		{"katakana middle dot alone", "ana@・.example", false},
		{"non-joiner in Persian", "ana@نامه\u200cای.example", true},
		{"non-joiner after a virama", "ana@क्\u200cष.example", true},
		{"joiner after a virama", "ana@क्\u200dष.example", true},
		{"non-joiner among Latin letters", "ana@exam\u200cple.com", false},
		{"joiner among Latin letters", "ana@exam\u200dple.com", false},
		{"Arabic-Indic digits", "ana@س٠١.example", true},
		{"both rows of Arabic digits", "ana@س٠۱.example", false},
		{"63 bytes as an A-label, more in UTF-8", "ana@" + strings.Repeat("ü", 40) + ".example", true},
		{"labels of 60 bytes", "ana@" + long + ".example", true},
		{"64 bytes as an A-label", "ana@" + strings.Repeat("a", 56) + "ü" + "b.example", false},

		{"ideographic full stop", "ana@example。com", false},
		{"halfwidth full stop", "ana@example｡com", false},
		{"fullwidth hyphen", "ana@my－host.example", false},
		{"capital sharp s", "ana@STRAẞE.example", false},
		{"direction of writing mixed", "ana@aא.example", false},
		{"digit first in a domain from right to left", "ana@1א.example", false},
		{"combining mark first", "ana@\u0308a.example", false},
		{"hyphen first beside other letters", "ana@-ü.example", false},
		{"two hyphens in the reserved place", "ana@ab--ü.example", false},
		{"tatweel", "ana@سـس.example", false},
		{"enclosing mark", "ana@a\u20dd.example", false},
		{"A-label that encodes nothing", "ana@xn--.example", false},
		{"A-label that encodes ASCII", "ana@xn--example-.com", false},
		{"A-label that cannot be decoded", "ana@xn--a.example", false},
		{"A-label of a capital letter", "ana@xn--bcher-2pa.example", false},
		{"A-label of a fullwidth letter", "ana@xn--xample-hy68a.example", false},
		{"A-label of a joiner among Latin letters", "ana@xn--example-c06c.com", false},
		{"A-label of capital sharp s", "ana@xn--strae-301b.example", false},
		{"A-label with letters beyond ASCII", "ana@xn--bücher.example", false},
		{"A-label of an emoji", "ana@xn--e28h.example", false},
		{"top level of one letter as an A-label", "ana@example.xn--9ca", false},
		{"fullwidth digits as a top level", "ana@example.１２", false},
		{"domain literal", "ana@[127.0.0.1]", false},
		{"domain literal of IPv6", "ana@[IPv6:2001:db8::1]", false},
		{"trailing dot after an A-label", "ana@xn--bcher-kva.example.", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := CheckEmail(test.text); (err == nil) != test.ok {
				t.Errorf("CheckEmail(%+q) = %v, want ok = %t", test.text, err, test.ok)
			}
		})
	}
}

// TestLimitOfEmailForms: an address keeps the limit of 254 bytes with the domain in
// ASCII and in UTF-8.
func TestLimitOfEmailForms(t *testing.T) {
	label := strings.Repeat("ü", 20) // 40 bytes, and fewer in ASCII
	inASCII, err := idna.ToASCII(label)
	if err != nil {
		t.Fatal(err)
	}
	domain := strings.Repeat(label+".", 5) + "example"
	unicode := strings.Repeat("l", 254-1-len(domain)) + "@" + domain
	if got := CanonicalEmail(unicode); len(inASCII) >= len(label) || CheckEmail(unicode) != nil || len(got) >= 254 {
		t.Errorf("254 bytes in UTF-8 are not accepted: %d in ASCII", len(got))
	}
	if CheckEmail("l"+unicode) == nil {
		t.Error("255 bytes in UTF-8 are accepted")
	}
	typed := strings.Repeat("l", 254-1-len(domain)) + "@" + strings.Repeat(inASCII+".", 5) + "example"
	if CheckEmail(typed) != nil {
		t.Error("the same in ASCII is not accepted")
	}
	const short = "ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.ü.example" // longer in ASCII
	if CheckEmail(strings.Repeat("l", 30)+"@"+short) == nil {
		t.Error("more than 254 bytes in ASCII are accepted")
	}
}

func TestDisplayEmail(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"as it is", "john.doe@example.com", "john.doe@example.com"},
		{"lower case", "John.DOE@Example.COM", "john.doe@example.com"},
		{"U-label", "José@BÜCHER.example", "josé@bücher.example"},
		{"A-label", "ana@XN--bcher-kva.example", "ana@xn--bcher-kva.example"},
		{"both", "ana@xn--bcher-kva.BÜRO.example", "ana@xn--bcher-kva.büro.example"},
		{"composed", "jose\u0301@bu\u0308cher.example", "jos\u00e9@b\u00fccher.example"},
		{"fullwidth letters", "ana@ｅｘａｍｐｌｅ.com", "ana@example.com"},
		{"quotes", `"Ana\ B"@example.com`, `"ana\ b"@example.com`},
		{"not an address", "Nobody", "nobody"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := DisplayEmail(test.text)
			if got != test.want {
				t.Errorf("DisplayEmail(%+q) = %+q, want %+q", test.text, got, test.want)
			}
			if CanonicalEmail(got) != CanonicalEmail(test.text) {
				t.Errorf("%+q is another mailbox than %+q", got, test.text)
			}
		})
	}
}

func TestEmailSpellings(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"Ana@example.com", []string{"ana@example.com"}},
		{"ana@xn--bcher-kva.example", []string{"ana@xn--bcher-kva.example", "ana@bücher.example"}},
		{"Nobody", []string{"nobody"}},
	}
	for _, test := range tests {
		if got := EmailSpellings(test.text); !slices.Equal(got, test.want) {
			t.Errorf("EmailSpellings(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}
