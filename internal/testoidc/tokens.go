package testoidc

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
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
	method, private := signer(faults.Signer)
	return sign(method, private, claims)
}

// Algorithms are the ones that an issuer can sign with.
var Algorithms = []string{"RS256", "PS256", "ES256", "ES384", "EdDSA"}

var (
	p256 = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	p384 = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)) })
	ed   = sync.OnceValue(func() ed25519.PrivateKey {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return must(private, err)
	})
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// signer returns the method and the private key of the algorithm.
func signer(algorithm string) (jwt.SigningMethod, any) {
	switch algorithm {
	case "PS256":
		return jwt.SigningMethodPS256, key()
	case "ES256":
		return jwt.SigningMethodES256, p256()
	case "ES384":
		return jwt.SigningMethodES384, p384()
	case "EdDSA":
		return jwt.SigningMethodEdDSA, ed()
	}
	return jwt.SigningMethodRS256, key()
}

// published returns the public key of the algorithm as a JWK (RFC 7517).
func published(algorithm string) map[string]string {
	method, private := signer(algorithm)
	jwk := map[string]string{"use": "sig", "alg": method.Alg(), "kid": keyID}
	switch private := private.(type) {
	case *rsa.PrivateKey:
		jwk["kty"], jwk["n"], jwk["e"] = "RSA", encode(private.N.Bytes()), encode(big.NewInt(int64(private.E)).Bytes())
	case *ecdsa.PrivateKey:
		point := must(private.PublicKey.Bytes())[1:] // without the byte that says that it is not compressed
		half := len(point) / 2
		jwk["kty"], jwk["crv"] = "EC", private.Params().Name
		jwk["x"], jwk["y"] = encode(point[:half]), encode(point[half:])
	case ed25519.PrivateKey:
		jwk["kty"], jwk["crv"], jwk["x"] = "OKP", "Ed25519", encode(private.Public().(ed25519.PublicKey))
	}
	return jwk
}

// SignWith returns a Sign that uses the algorithm's key, whatever is published.
func SignWith(algorithm string) func(Claims) string {
	return func(claims Claims) string {
		method, private := signer(algorithm)
		return sign(method, private, claims)
	}
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
