package identity

import (
	"strings"
	"testing"
	"time"
)

// BenchmarkParseToken measures what each call by session pays for its token.
func BenchmarkParseToken(b *testing.B) {
	keys, err := ParseKeyring(strings.Repeat("test secret ", 4))
	if err != nil {
		b.Fatal(err)
	}
	tokens := NewTokens(keys, time.Now)
	token, err := tokens.Sign(PurposeSession, Claims{
		UserID: "0f8fad5b-d9cb-469f-a165-70867728950e", Email: "ada@example.com", Role: "USER", ID: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
	}, time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tokens.Parse(PurposeSession, token); err != nil {
			b.Fatal(err)
		}
	}
}
