package identity

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var signedAt = time.Date(2026, 3, 4, 14, 13, 20, 0, time.UTC)

var john = Claims{
	UserID: "550e8400-e29b-41d4-a716-446655440000",
	Email:  "john.doe@example.com",
	Role:   "USER",
	ID:     "2f1c9f0a-6a55-4c1e-8c0b-0d6a5d8f7b21",
}

func tokensAt(keys *Keyring, now time.Time) *Tokens {
	return NewTokens(keys, func() time.Time { return now })
}

func mustSign(t testing.TB, keys *Keyring, purpose Purpose) string {
	t.Helper()
	text, err := tokensAt(keys, signedAt).Sign(purpose, john, time.Hour)
	if err != nil {
		t.Fatalf("Sign: %v", err)
	}
	return text
}

// forge signs the claims with the real key, whatever they are.
func forge(t *testing.T, keys *Keyring, method jwt.SigningMethod, header map[string]any, claims jwt.MapClaims) string {
	t.Helper()
	id, secret := keys.Key(PurposeSession)
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = id
	for name, value := range header {
		token.Header[name] = value
	}
	var key any = secret
	if method == jwt.SigningMethodNone {
		key = jwt.UnsafeAllowNoneSignatureType
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatalf("forge: %v", err)
	}
	return text
}

// without returns the claims of a valid token except those named.
func without(names ...string) jwt.MapClaims {
	claims := jwt.MapClaims{
		"sub": john.UserID, "jti": john.ID, "aud": "session",
		"iat": signedAt.Unix(), "exp": signedAt.Add(time.Hour).Unix(),
	}
	for _, name := range names {
		delete(claims, name)
	}
	return claims
}

func with(name string, value any) jwt.MapClaims {
	claims := without()
	claims[name] = value
	return claims
}

func TestTokenRoundTrip(t *testing.T) {
	keys := mustKeyring(t, oldSecret)
	got, err := tokensAt(keys, signedAt).Parse(PurposeSession, mustSign(t, keys, PurposeSession))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	want := john
	want.Audience = PurposeSession
	want.IssuedAt = jwt.NewNumericDate(signedAt)
	want.ExpiresAt = jwt.NewNumericDate(signedAt.Add(time.Hour))
	if diff := cmp.Diff(want, got, cmpopts.EquateApproxTime(0)); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

// Clients may read the payload of a token, as with the documented servers.
func TestTokenPayload(t *testing.T) {
	text := mustSign(t, mustKeyring(t, oldSecret), PurposeSession)
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(text, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"sub":"550e8400-e29b-41d4-a716-446655440000","email":"john.doe@example.com","role":"USER",` +
		`"iat":1772633600,"exp":1772637200,"jti":"2f1c9f0a-6a55-4c1e-8c0b-0d6a5d8f7b21","aud":"session"}`
	if string(payload) != want {
		t.Errorf("payload\n got %s\nwant %s", payload, want)
	}
}

func TestTokenExpiry(t *testing.T) {
	keys := mustKeyring(t, oldSecret)
	text := mustSign(t, keys, PurposeSession)
	for _, test := range []struct {
		name string
		at   time.Time
		ok   bool
	}{
		{"before clocks may have issued it", signedAt.Add(-MaxClockSkew - time.Second), false},
		{"when it was issued", signedAt, true},
		{"a second before its end", signedAt.Add(time.Hour - time.Second), true},
		{"at its end", signedAt.Add(time.Hour), false},
		{"a year later", signedAt.AddDate(1, 0, 0), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := tokensAt(keys, test.at).Parse(PurposeSession, text)
			if (err == nil) != test.ok {
				t.Errorf("Parse: %v, want ok = %t", err, test.ok)
			}
			if err != nil && !errors.Is(err, ErrToken) {
				t.Errorf("Parse: %v is no ErrToken", err)
			}
		})
	}
}

// A token that is signed within a second is valid at once, although its times have
// no fraction.
func TestTokenFractionOfSecond(t *testing.T) {
	keys, now := mustKeyring(t, oldSecret), signedAt.Add(999*time.Millisecond)
	text, err := tokensAt(keys, now).Sign(PurposeSession, john, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokensAt(keys, now).Parse(PurposeSession, text); err != nil {
		t.Errorf("Parse: %v", err)
	}
}

func TestTokenRotation(t *testing.T) {
	text := mustSign(t, mustKeyring(t, oldSecret), PurposeSession)
	for _, test := range []struct {
		name string
		keys *Keyring
		ok   bool
	}{
		{"old secret is second", mustKeyring(t, newSecret, oldSecret), true},
		{"old secret is gone", mustKeyring(t, newSecret), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := tokensAt(test.keys, signedAt).Parse(PurposeSession, text)
			if (err == nil) != test.ok {
				t.Errorf("Parse: %v, want ok = %t", err, test.ok)
			}
			if test.ok {
				return
			}
			if !errors.Is(err, ErrToken) {
				t.Errorf("Parse: %v is no ErrToken", err)
			}
		})
	}
}

// refusedTokens returns texts that are not valid tokens of a session.
func refusedTokens(t *testing.T, keys *Keyring) []struct{ name, text string } {
	good := mustSign(t, keys, PurposeSession)
	parts := strings.Split(good, ".")
	encode := base64.RawURLEncoding.EncodeToString
	oldID, _ := keys.Key(PurposeSession)
	newID, _ := mustKeyring(t, newSecret).Key(PurposeSession)
	hs256 := jwt.SigningMethodHS256
	return []struct{ name, text string }{
		{"empty", ""},
		{"a word", "token"},
		{"dots", ".."},
		{"two parts", parts[0] + "." + parts[1]},
		{"no signature", parts[0] + "." + parts[1] + "."},
		{"four parts", good + "." + parts[2]},
		{"blank before", " " + good},
		{"blank after", good + " "},
		{"padding after", good + "="},
		{"scheme before", "Bearer " + good},
		{"twice", good + good},
		{"of another purpose", mustSign(t, keys, PurposeDevice)},
		{"of another secret", mustSign(t, mustKeyring(t, newSecret), PurposeSession)},
		{"tampered payload", parts[0] + "." + encode([]byte(`{"sub":"admin","aud":"session","exp":9999999999}`)) + "." + parts[2]},
		{"payload of another token", parts[0] + "." + strings.Split(mustSign(t, keys, PurposeDevice), ".")[1] + "." + parts[2]},
		{"payload null", parts[0] + "." + encode([]byte("null")) + "." + parts[2]},
		{"header null", encode([]byte("null")) + "." + parts[1] + "." + parts[2]},
		{"header no JSON", encode([]byte("{")) + "." + parts[1] + "." + parts[2]},
		{"alg none", forge(t, keys, jwt.SigningMethodNone, nil, without())},
		{"alg none with a signature", encode([]byte(`{"alg":"none","kid":"`+oldID+`"}`)) + "." + parts[1] + "." + parts[2]},
		{"alg in other case", encode([]byte(`{"alg":"hs256","kid":"`+oldID+`"}`)) + "." + parts[1] + "." + parts[2]},
		{"alg missing", encode([]byte(`{"kid":"`+oldID+`"}`)) + "." + parts[1] + "." + parts[2]},
		{"alg RS256 over an HMAC", forge(t, keys, hs256, map[string]any{"alg": "RS256"}, without())},
		{"alg HS512 with the right key", forge(t, keys, jwt.SigningMethodHS512, nil, without())},
		{"kid of another secret", forge(t, keys, hs256, map[string]any{"kid": newID}, without())},
		{"kid empty", forge(t, keys, hs256, map[string]any{"kid": ""}, without())},
		{"kid a path", forge(t, keys, hs256, map[string]any{"kid": "../../dev/null"}, without())},
		{"kid no string", forge(t, keys, hs256, map[string]any{"kid": 1}, without())},
		{"exp missing", forge(t, keys, hs256, nil, without("exp"))},
		{"exp null", forge(t, keys, hs256, nil, with("exp", nil))},
		{"exp past", forge(t, keys, hs256, nil, with("exp", signedAt.Unix()))},
		{"exp no number", forge(t, keys, hs256, nil, with("exp", "tomorrow"))},
		{"iat in the future", forge(t, keys, hs256, nil, with("iat", signedAt.Add(MaxClockSkew+time.Second).Unix()))},
		{"aud missing", forge(t, keys, hs256, nil, without("aud"))},
		{"aud of another purpose", forge(t, keys, hs256, nil, with("aud", "device"))},
		{"aud empty", forge(t, keys, hs256, nil, with("aud", ""))},
		{"aud a list", forge(t, keys, hs256, nil, with("aud", []string{"session", "device"}))},
	}
}

// TestClocksDiffer: a token of a machine whose clock is ahead by up to
// MaxClockSkew is good at once, and no longer than its life.
func TestClocksDiffer(t *testing.T) {
	keys := mustKeyring(t, oldSecret)
	for _, purpose := range []Purpose{PurposeSession, PurposeDevice, PurposeInvite} {
		token := mustSign(t, keys, purpose) // at signedAt, for an hour
		for _, test := range []struct {
			at   time.Duration
			good bool
		}{
			{-MaxClockSkew - time.Second, false}, {-MaxClockSkew, true}, {-time.Second, true}, {0, true},
			{time.Hour - time.Second, true}, {time.Hour, false}, {time.Hour + MaxClockSkew, false},
		} {
			if _, err := tokensAt(keys, signedAt.Add(test.at)).Parse(purpose, token); (err == nil) != test.good {
				t.Errorf("%s, %s after it was signed: %v", purpose, test.at, err)
			}
		}
	}
}

func TestTokenRefused(t *testing.T) {
	keys := mustKeyring(t, oldSecret)
	// The control: a forged token is refused only because of what each case changes.
	if _, err := tokensAt(keys, signedAt).Parse(PurposeSession, forge(t, keys, jwt.SigningMethodHS256, nil, without())); err != nil {
		t.Fatalf("a forged token with nothing wrong: %v", err)
	}

	for _, test := range refusedTokens(t, keys) {
		t.Run(test.name, func(t *testing.T) {
			claims, err := tokensAt(keys, signedAt).Parse(PurposeSession, test.text)
			if !errors.Is(err, ErrToken) {
				t.Errorf("Parse: %v, want ErrToken", err)
			}
			if claims != (Claims{}) {
				t.Errorf("Parse returns the claims of a token that it refuses: %v", claims)
			}
		})
	}
}

// A token with a changed bit is refused, in the signed parts and in the signature.
func TestTokenFlippedBits(t *testing.T) {
	keys := mustKeyring(t, oldSecret)
	tokens, good := tokensAt(keys, signedAt), mustSign(t, keys, PurposeSession)
	for i := range len(good) {
		for bit := range 8 {
			text := []byte(good)
			text[i] ^= 1 << bit
			if _, err := tokens.Parse(PurposeSession, string(text)); !errors.Is(err, ErrToken) {
				t.Errorf("with bit %d of byte %d flipped: %v, want ErrToken", bit, i, err)
			}
		}
	}
}

// Scripts and logs of its owner see the token of a session. It must not contain the
// key that signs it.
func TestTokenHeader(t *testing.T) {
	keys := mustKeyring(t, oldSecret)
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(mustSign(t, keys, PurposeSession), ".")[0])
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	id, _ := keys.Key(PurposeSession)
	if diff := cmp.Diff(map[string]string{"alg": "HS256", "typ": "JWT", "kid": id}, got); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
}
