package identity

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// ErrToken means that a token is malformed, expired, has a wrong signature or is
// for another purpose. The errors that wrap it have the reason, for the log.
var ErrToken = errors.New("invalid token")

// Claims are the claims of a JWT. The documented claims of a session come first, in
// the order of the documents (sub, email, role, iat).
type Claims struct {
	UserID    string           `json:"sub,omitempty"`
	Email     string           `json:"email,omitempty"`
	Role      string           `json:"role,omitempty"`
	Code      string           `json:"code,omitempty"` // code of an invite
	IssuedAt  *jwt.NumericDate `json:"iat"`
	ExpiresAt *jwt.NumericDate `json:"exp"`
	ID        string           `json:"jti"` // for a session, its id
	Audience  Purpose          `json:"aud"`
}

// Tokens signs and reads JWTs (HS256). Each purpose has its own key and audience,
// so that a token of one purpose is never valid for another.
type Tokens struct {
	keys    *Keyring
	now     func() time.Time
	parser  *jwt.Parser
	checked tokenCache
}

// MaxClockSkew is how far apart the clocks of machines that share a database may
// be. A token that another one issued may be from the future by so much.
const MaxClockSkew = 5 * time.Second

// NewTokens returns Tokens that sign with the first secret of keys and use the
// given clock.
func NewTokens(keys *Keyring, now func() time.Time) *Tokens {
	return &Tokens{keys: keys, now: now, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(),
		jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(now),
	)}
}

// Sign returns a token with the claims, which is valid from now on for life. Its
// errors are those of the JWT library.
func (t *Tokens) Sign(purpose Purpose, claims Claims, life time.Duration) (string, error) {
	now := t.now()
	claims.Audience = purpose
	claims.IssuedAt = jwt.NewNumericDate(now)
	claims.ExpiresAt = jwt.NewNumericDate(now.Add(life))
	id, key := t.keys.Key(purpose)
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	token.Header["kid"] = id
	return token.SignedString(key)
}

// Parse returns the claims of a token of the purpose. If the token is not valid,
// the error wraps ErrToken.
func (t *Tokens) Parse(purpose Purpose, text string) (claims Claims, err error) {
	token := checkedToken{purpose, sha256.Sum256([]byte(text))}
	claims, known := t.checked.find(token)
	switch {
	case !known:
		if claims, err = t.check(purpose, text); err != nil {
			return Claims{}, fmt.Errorf("%w: %w", ErrToken, err)
		}
		t.checked.add(token, claims)
	case !t.now().Before(claims.ExpiresAt.Time):
		return Claims{}, fmt.Errorf("%w: %w", ErrToken, jwt.ErrTokenExpired)
	}
	// The library's leeway would lengthen the token's life, too.
	if claims.IssuedAt == nil || claims.IssuedAt.After(t.now().Add(MaxClockSkew)) {
		return Claims{}, fmt.Errorf("%w: it was issued in the future", ErrToken)
	}
	return claims, nil
}

// check reads a token and checks its form, its signature, its purpose and its end.
func (t *Tokens) check(purpose Purpose, text string) (claims Claims, err error) {
	if strings.ContainsAny(text, "\r\n") { // base64 skips them, even in strict mode
		return Claims{}, jwt.ErrTokenMalformed
	}
	_, err = t.parser.ParseWithClaims(text, &claims, func(token *jwt.Token) (any, error) {
		id, _ := token.Header["kid"].(string)
		return t.keys.Find(purpose, id)
	})
	if err == nil && claims.Audience != purpose {
		err = jwt.ErrTokenInvalidAudience
	}
	return claims, err
}

// The methods below make Claims a jwt.Claims.

// GetExpirationTime returns exp.
func (c Claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.ExpiresAt, nil }

// GetIssuedAt returns iat.
func (c Claims) GetIssuedAt() (*jwt.NumericDate, error) { return c.IssuedAt, nil }

// GetNotBefore returns nil: tokens are valid at once.
func (c Claims) GetNotBefore() (*jwt.NumericDate, error) { return nil, nil }

// GetIssuer returns "": tokens have no issuer.
func (c Claims) GetIssuer() (string, error) { return "", nil }

// GetSubject returns sub.
func (c Claims) GetSubject() (string, error) { return c.UserID, nil }

// GetAudience returns aud.
func (c Claims) GetAudience() (jwt.ClaimStrings, error) {
	return jwt.ClaimStrings{string(c.Audience)}, nil
}
