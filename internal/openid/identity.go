package openid

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Secrets are what a sign-in begins with and nobody else may learn before it
// is finished.
type Secrets struct {
	Verifier string // PKCE (RFC 7636): who has the code needs it, too
	Nonce    string // binds the ID token to this very sign-in
}

// NewSecrets returns fresh secrets.
func NewSecrets() Secrets { return Secrets{oauth2.GenerateVerifier(), rand.Text()} }

// String returns the secrets in the form that ParseSecrets reads.
func (s Secrets) String() string { return s.Verifier + " " + s.Nonce }

// ParseSecrets reads what String wrote.
func ParseSecrets(text string) (s Secrets) {
	s.Verifier, s.Nonce, _ = strings.Cut(text, " ")
	return s
}

// Limits of what is taken from an issuer.
const (
	maxSubject = 255 // as OpenID Connect Core 1.0 section 2 has it
	maxName    = 100 // characters, as everywhere in Alta
	maxPicture = 2048
)

// Identity is who signed in, as the issuer says.
type Identity struct {
	Subject   string // the issuer's name for the person, which never changes
	Email     string // verified by the issuer
	FirstName string // may be empty
	LastName  string // may be empty
	Picture   *string
}

// Identify exchanges the code that a browser came back with for who signed in.
// Its errors are ErrAway, ErrCode, ErrToken and ErrUnverified.
func (c *Client) Identify(ctx context.Context, code string, s Secrets) (Identity, error) {
	ctx, cancel := c.begin(ctx)
	defer cancel()
	known, err := c.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	answer, err := known.Exchange(ctx, code, oauth2.VerifierOption(s.Verifier))
	if err != nil {
		return Identity{}, exchangeFailure(err)
	}
	raw, _ := answer.Extra("id_token").(string)
	token, err := known.tokens.Verify(ctx, raw)
	if err != nil {
		if ctx.Err() != nil {
			return Identity{}, failure(ErrAway, err)
		}
		return Identity{}, failure(ErrToken, err)
	}
	return c.identity(token, s.Nonce)
}

// exchangeFailure says why there was no token. The answer itself is left out:
// there may be secrets in it.
func exchangeFailure(err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		kind := ErrCode
		if refused.Response.StatusCode >= 500 {
			kind = ErrAway
		}
		return failure(kind, fmt.Errorf("%s %s", refused.Response.Status, refused.ErrorCode))
	}
	return failure(ErrAway, err)
}

type claims struct {
	Party         string `json:"azp"`
	Email         string `json:"email"`
	EmailVerified bool   `json:"email_verified"`
	GivenName     string `json:"given_name"`
	FamilyName    string `json:"family_name"`
	Name          string `json:"name"`
	Picture       string `json:"picture"`
}

// identity reads a token that has been verified as to signature, issuer,
// audience and time.
func (c *Client) identity(token *oidc.IDToken, nonce string) (Identity, error) {
	var said claims
	if err := token.Claims(&said); err != nil {
		return Identity{}, failure(ErrToken, err)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) == 0:
		return Identity{}, failure(ErrToken, errors.New("the nonce is of another sign-in"))
	case said.Party != "" && said.Party != c.config.ClientID, said.Party == "" && len(token.Audience) > 1:
		return Identity{}, failure(ErrToken, errors.New("it was issued to another client"))
	case token.Subject == "" || len(token.Subject) > maxSubject || strings.ContainsRune(token.Subject, 0):
		return Identity{}, failure(ErrToken, errors.New("its subject is none"))
	case !said.EmailVerified:
		return Identity{}, ErrUnverified
	}
	who := Identity{Subject: token.Subject, Email: said.Email, Picture: picture(said.Picture)}
	who.FirstName, who.LastName = clean(said.GivenName), clean(said.FamilyName)
	if who.FirstName == "" && who.LastName == "" {
		who.FirstName = clean(said.Name)
	}
	return who, nil
}

// clean returns a name without what cannot be seen or stored, and cut to what
// Alta takes.
func clean(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	if utf8.RuneCountInString(name) > maxName {
		name = strings.TrimSpace(string([]rune(name)[:maxName]))
	}
	return name
}

// picture returns the address of a picture, or nil for one that cannot be
// shown: part of an address leads nowhere.
func picture(text string) *string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(text) > maxPicture || strings.ContainsFunc(text, unicode.IsControl) {
		return nil
	}
	return &text
}
