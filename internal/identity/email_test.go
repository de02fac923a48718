package identity

import (
	"strings"
	"testing"
)

var (
	local64 = strings.Repeat("l", 64)
	label63 = strings.Repeat("d", 63)
	// With a local part of 64 bytes, this domain makes an address of 254 bytes.
	domain189 = label63 + "." + label63 + "." + strings.Repeat("d", 57) + ".com"
)

var emailTests = []struct {
	name string
	text string
	ok   bool
}{
	{"plain", "john.doe@example.com", true},
	{"shortest", "a@b.co", true},
	{"upper case", "John.DOE@EXAMPLE.Com", true},
	{"plus", "john+tag@example.com", true},
	{"percent", "john%doe@example.com", true},
	{"apostrophe", "o'neil@example.com", true},
	{"slash", "john/doe@example.com", true},
	{"every sign of an atom", "!#$%&'*+-/=?^_`{|}~@example.com", true},
	{"digits", "42@example.com", true},
	{"Unicode local part", "josé@example.com", true},
	{"Unicode domain", "john@bücher.example", true},
	{"Unicode top level", "用户@例子.公司", true},
	{"combining mark in the domain", "a@bu\u0308cher.example", true},
	{"punycode", "john@xn--bcher-kva.example", true},
	{"punycode top level", "john@example.xn--p1ai", true},
	{"hyphens within a label", "john@my--host.example", true},
	{"label of digits", "john@123.example", true},
	{"local part of 64 bytes", local64 + "@example.com", true},
	{"label of 63 bytes", "john@" + label63 + ".com", true},
	{"254 bytes", local64 + "@" + domain189, true},
	{"quoted local part", `"john doe"@example.com`, true},
	{"at sign in quotes", `"john@doe"@example.com`, true},
	{"dots in quotes", `".."@example.com`, true},
	{"escaped quote", `"john\"doe"@example.com`, true},
	{"escaped backslash", `"john\\"@example.com`, true},

	{"empty", "", false},
	{"no at sign", "example.com", false},
	{"at sign alone", "@", false},
	{"no local part", "@example.com", false},
	{"no domain", "john@", false},
	{"two at signs", "john@doe@example.com", false},
	{"no top level", "john@localhost", false},
	{"top level of one letter", "john@example.c", false},
	{"top level of one letter beyond ASCII", "john@example.é", false},
	{"numeric top level", "john@example.12", false},
	{"underscore in the domain", "john@my_host.example", false},
	{"leading hyphen in a label", "john@-host.example", false},
	{"trailing hyphen in a label", "john@host-.example", false},
	{"dot at the start of the local part", ".john@example.com", false},
	{"dot at the end of the local part", "john.@example.com", false},
	{"doubled dot in the local part", "john..doe@example.com", false},
	{"doubled dot in the domain", "john@example..com", false},
	{"dot at the start of the domain", "john@.example.com", false},
	{"trailing dot", "john@example.com.", false},
	{"IPv4 domain", "john@127.0.0.1", false},
	{"IPv4 literal", "john@[127.0.0.1]", false},
	{"IPv6 literal", "john@[IPv6:::1]", false},
	{"port", "john@example.com:25", false},
	{"display name", "John Doe <john@example.com>", false},
	{"angle brackets", "<john@example.com>", false},
	{"comment", "john(doe)@example.com", false},
	{"two addresses", "john@example.com,jane@example.com", false},
	{"semicolon", "john;doe@example.com", false},
	{"mailto", "mailto:john@example.com", false},
	{"local part of 65 bytes", local64 + "l@example.com", false},
	{"local part of 64 characters and 65 bytes", local64[1:] + "é@example.com", false},
	{"label of 64 bytes", "john@" + label63 + "d.com", false},
	{"255 bytes", local64 + "@" + "d" + domain189, false},
	{"empty quotes", `""@example.com`, false},
	{"lone quote", `"@example.com`, false},
	{"open quotes", `"john@example.com`, false},
	{"closing quote escaped", `"john\"@example.com`, false},
	{"quote within quotes", `"jo"hn"@example.com`, false},
	{"quotes within an atom", `jo"h"n@example.com`, false},
	{"control character in quotes", "\"john\tdoe\"@example.com", false},

	{"blank before", " john@example.com", false},
	{"blank after", "john@example.com ", false},
	{"blank within", "john doe@example.com", false},
	{"no-break space", "john\u00a0doe@example.com", false},
	{"no-break space in quotes", "\"john\u00a0doe\"@example.com", false},
	{"line feed after", "john@example.com\n", false},
	{"header injection", "john@example.com\r\nBcc: jane@example.com", false},
	{"line feed in the local part", "jo\nhn@example.com", false},
	{"carriage return in quotes", "\"jo\rhn\"@example.com", false},
	{"NUL in the local part", "jo\x00hn@example.com", false},
	{"NUL after", "john@example.com\x00", false},
	{"delete", "john\x7f@example.com", false},
	{"C1 control", "john\u0085@example.com", false},
	{"right-to-left override", "john\u202e@example.com", false},
	{"right-to-left override in the domain", "john@exa\u202emple.com", false},
	{"byte-order mark before", "\ufeffjohn@example.com", false},
	{"byte-order mark after", "john@example.com\ufeff", false},
	{"line separator", "john\u2028@example.com", false},
	{"line separator in quotes", "\"john\u2028doe\"@example.com", false},
	{"zero-width space", "john\u200b@example.com", false},
	{"soft hyphen", "john@exam\u00adple.com", false},
	{"full-width dot", "john@example\uff0ecom", false},
	{"replacement character", "john\ufffd@example.com", false},
	{"private use", "john\ue000@example.com", false},
	{"emoji in the domain", "john@😀.example", false},
	{"invalid UTF-8 in the local part", "jo\xffhn@example.com", false},
	{"invalid UTF-8 in the domain", "john@ex\xc3ample.com", false},
}

func TestCheckEmail(t *testing.T) {
	for _, test := range emailTests {
		t.Run(test.name, func(t *testing.T) {
			if err := CheckEmail(test.text); (err == nil) != test.ok {
				t.Errorf("CheckEmail(%+q) = %v, want ok = %t", test.text, err, test.ok)
			}
		})
	}
}

// An error may appear in a log or a response, so it must not show the address.
func TestCheckEmailDoesNotQuote(t *testing.T) {
	if err := CheckEmail("<script>alert()</script>"); strings.Contains(err.Error(), "script") {
		t.Errorf("the error quotes the address: %v", err)
	}
}

func TestCanonicalEmail(t *testing.T) {
	tests := []struct {
		name string
		text string
		want string
	}{
		{"as it is", "john.doe@example.com", "john.doe@example.com"},
		{"lower case in both parts", "John.DOE@Example.COM", "john.doe@example.com"},
		{"lower case beyond ASCII", "JOSÉ@BÜCHER.example", "josé@xn--bcher-kva.example"},
		{"composed", "jose\u0301@bu\u0308cher.example", "jos\u00e9@xn--bcher-kva.example"},
		{"composed after lower case", "JOSE\u0301@example.com", "jos\u00e9@example.com"},
		{"the tag stays", "John+Tag@example.com", "john+tag@example.com"},
		{"the dots stay", "j.o.h.n@example.com", "j.o.h.n@example.com"},
		{"quotes stay", `"John Doe"@example.com`, `"john doe"@example.com`},
		{"Greek final sigma stays apart", "ΟΔΟΣ@example.com", "οδοσ@example.com"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := CanonicalEmail(test.text)
			if got != test.want {
				t.Errorf("CanonicalEmail(%+q) = %+q, want %+q", test.text, got, test.want)
			}
			if again := CanonicalEmail(got); again != got {
				t.Errorf("a second time makes %+q of %+q", again, got)
			}
			if err := CheckEmail(got); err != nil {
				t.Errorf("CheckEmail(%+q) = %v", got, err)
			}
		})
	}
}
