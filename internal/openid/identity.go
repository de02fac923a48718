package openid

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"example.com/alta/internal/text"
)

// Secrets are the secrets of a sign-in. They must not be revealed before it is
// finished.
type Secrets struct {
	Verifier string // PKCE (RFC 7636): the code is useless without it
	Nonce    string // binds the ID token to this sign-in
}

// NewSecrets returns fresh secrets.
func NewSecrets() Secrets { return Secrets{Verifier: oauth2.GenerateVerifier(), Nonce: rand.Text()} }

// String returns the secrets in the form that ParseSecrets reads.
func (s Secrets) String() string { return s.Verifier + " " + s.Nonce }

// ParseSecrets reads the form that String returns.
func ParseSecrets(text string) (s Secrets) {
	s.Verifier, s.Nonce, _ = strings.Cut(text, " ")
	return s
}

// Limits of values from an issuer.
const (
	maxSubject = 255 // OpenID Connect Core 1.0, section 2
	maxName    = 100 // characters; the contract has the same limit
	maxPicture = 2048
)

// unidentified are the characters that no subject may have: NUL cannot be stored,
// and JSON's decoder writes U+FFFD for bytes that are not UTF-8, whatever they are,
// so that two people could have one subject.
const unidentified = "\x00\uFFFD"

// Identity is the issuer's description of the person who signed in.
type Identity struct {
	Issuer    string // as it is configured
	Subject   string // the issuer's id of the person, which never changes
	Email     string // verified by the issuer
	FirstName string // may be empty
	LastName  string // may be empty
	Picture   *string
}

// Identify exchanges the code from a browser for the identity of the person who
// signed in. Its errors wrap ErrAway, ErrCode, ErrToken or ErrUnverified.
func (c *Client) Identify(ctx context.Context, code string, s Secrets) (Identity, error) {
	ctx, cancel := c.withTimeout(ctx)
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

// exchangeFailure returns the error of a failed exchange. It leaves out the
// response, which may contain secrets.
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
	Party         string   `json:"azp"`
	Email         string   `json:"email"`
	EmailVerified flag     `json:"email_verified"`
	GivenName     optional `json:"given_name"`
	FamilyName    optional `json:"family_name"`
	Name          optional `json:"name"`
	Picture       optional `json:"picture"`
}

// flag is a claim that is true or false. Some issuers send it as a word.
type flag bool

// UnmarshalJSON reads true or "true" as true, and everything else as false.
func (f *flag) UnmarshalJSON(text []byte) error {
	*f = flag(strings.EqualFold(strings.Trim(string(text), `"`), "true"))
	return nil
}

// optional is a text that Alta can do without.
type optional string

// UnmarshalJSON reads a string, and everything else as no text: some issuers
// describe a picture by an object.
func (o *optional) UnmarshalJSON(text []byte) error {
	var read string
	if json.Unmarshal(text, &read) == nil {
		*o = optional(read)
	}
	return nil
}

// identity reads a token whose signature, issuer, audience and times have been
// verified.
func (c *Client) identity(token *oidc.IDToken, nonce string) (Identity, error) {
	var read claims
	if err := token.Claims(&read); err != nil {
		return Identity{}, failure(ErrToken, err)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) == 0:
		return Identity{}, failure(ErrToken, errors.New("the nonce is of another sign-in"))
	case read.Party != "" && read.Party != c.config.ClientID, read.Party == "" && len(token.Audience) > 1:
		return Identity{}, failure(ErrToken, errors.New("it was issued to another client"))
	case token.Subject == "" || len(token.Subject) > maxSubject || strings.ContainsAny(token.Subject, unidentified):
		return Identity{}, failure(ErrToken, errors.New("its subject is not valid"))
	case !bool(read.EmailVerified):
		return Identity{}, ErrUnverified
	}
	person := Identity{Issuer: c.config.Issuer, Subject: token.Subject, Email: read.Email, Picture: picture(string(read.Picture))}
	person.FirstName, person.LastName = clean(string(read.GivenName)), clean(string(read.FamilyName))
	if person.FirstName == "" && person.LastName == "" {
		person.FirstName = clean(string(read.Name))
	}
	return person, nil
}

// clean returns a name without hidden characters and invalid bytes, cut to
// maxName.
func clean(name string) string {
	name = strings.Map(func(r rune) rune {
		if text.IsHidden(r) || r == utf8.RuneError {
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

// picture returns the URL of a picture, or nil if pages cannot show it. A URL that
// is too long is not cut, because a part of it leads nowhere.
func picture(text string) *string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(text) > maxPicture || strings.ContainsFunc(text, unicode.IsControl) {
		return nil
	}
	return &text
}
