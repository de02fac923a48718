package identity

import (
	"crypto/sha256"
	"sync"
)

// maxChecked bounds the tokens that one generation of a tokenCache remembers: some
// 300 bytes each.
const maxChecked = 2048

// checkedToken identifies a token that has been checked. It does not reveal the token.
type checkedToken struct {
	purpose Purpose
	digest  [sha256.Size]byte
}

// tokenCache remembers the claims of tokens whose signature has been checked, because
// reading them anew costs more than anything else that a small call does. What depends
// on the time, such as the end of a token, is to be checked each time; so is the
// session. The zero value is ready to use.
type tokenCache struct {
	mu           sync.RWMutex
	young, older map[checkedToken]Claims
}

func (c *tokenCache) find(token checkedToken) (claims Claims, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if claims, ok = c.young[token]; ok {
		return claims, true
	}
	claims, ok = c.older[token]
	return claims, ok
}

// add remembers the claims. A full generation takes the place of the older one.
func (c *tokenCache) add(token checkedToken, claims Claims) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young == nil || len(c.young) >= maxChecked {
		c.young, c.older = map[checkedToken]Claims{}, c.young
	}
	c.young[token] = claims
}
