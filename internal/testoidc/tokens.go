package testoidc

import (
	"crypto/rand"
	"crypto/rsa"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const keyID = "key-1"

// Keys are expensive to make, so all tests share them.
var (
	key      = sync.OnceValue(newKey)
	otherKey = sync.OnceValue(newKey)
)

func newKey() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
}

func (i *Issuer) idToken(g grant, faults Faults) string {
	now := i.now()
	claims := Claims{
		"iss": i.URL, "aud": ClientID, "azp": ClientID, "nonce": g.nonce, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	for name, value := range g.person {
		claims[name] = value
	}
	if faults.Claims != nil {
		faults.Claims(claims)
	}
	if faults.Sign != nil {
		return faults.Sign(claims)
	}
	return sign(jwt.SigningMethodRS256, key(), claims)
}

// SignByAnother signs with another key than the issuer's.
func SignByAnother(claims Claims) string { return sign(jwt.SigningMethodRS256, otherKey(), claims) }

// SignByNobody leaves the signature out.
func SignByNobody(claims Claims) string {
	return sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims)
}

// SignBySecret signs with the client's secret (HS256).
func SignBySecret(claims Claims) string {
	return sign(jwt.SigningMethodHS256, []byte(ClientSecret), claims)
}

// SignByPublicKey signs with the public key as if it were a shared secret
// (HS256).
func SignByPublicKey(claims Claims) string {
	return sign(jwt.SigningMethodHS256, key().PublicKey.N.Bytes(), claims)
}

func sign(method jwt.SigningMethod, with any, claims Claims) string {
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = keyID
	text, err := token.SignedString(with)
	if err != nil {
		panic(err)
	}
	return text
}
