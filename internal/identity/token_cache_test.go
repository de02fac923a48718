package identity

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// A token that has been checked before is checked by the clock again, and stays one of its
// purpose.
func TestTokenCheckedBefore(t *testing.T) {
	keys, now := mustKeyring(t, oldSecret), signedAt
	tokens := NewTokens(keys, func() time.Time { return now })
	text := mustSign(t, keys, PurposeSession)
	for _, test := range []struct {
		at      time.Time
		purpose Purpose
		ok      bool
	}{
		{signedAt, PurposeSession, true},
		{signedAt, PurposeSession, true},
		{signedAt, PurposeDevice, false},
		{signedAt.Add(time.Hour - time.Second), PurposeSession, true},
		{signedAt.Add(time.Hour), PurposeSession, false},
		{signedAt.Add(-MaxClockSkew - time.Second), PurposeSession, false},
		{signedAt, PurposeSession, true},
	} {
		now = test.at
		claims, err := tokens.Parse(test.purpose, text)
		if (err == nil) != test.ok || err != nil && !errors.Is(err, ErrToken) {
			t.Errorf("%s, %s: got %v", test.at, test.purpose, err)
		}
		if test.ok != (claims.ID == john.ID) {
			t.Errorf("%s, %s: got the claims %+v", test.at, test.purpose, claims)
		}
	}
}

// The memory of tokens is bounded, whatever is sent.
func TestTokenCacheIsBounded(t *testing.T) {
	tokens := NewTokens(mustKeyring(t, oldSecret), func() time.Time { return signedAt })
	for i := range 3 * maxChecked {
		claims := john
		claims.ID = fmt.Sprint(i)
		text, err := tokens.Sign(PurposeSession, claims, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got, err := tokens.Parse(PurposeSession, text); err != nil || got.ID != claims.ID {
				t.Fatalf("got %+v, %v", got, err)
			}
		}
		if _, err := tokens.Parse(PurposeSession, text+"="); err == nil {
			t.Fatal("a token with padding is valid")
		}
		if n := len(tokens.checked.young) + len(tokens.checked.older); n > min(i+1, 2*maxChecked) {
			t.Fatalf("%d tokens are remembered after %d", n, i+1)
		}
	}
}
