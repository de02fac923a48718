package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.com/alta/gen"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/openid"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// Why nobody is signed in, apart from what the issuer or the account is to
// blame for.
var (
	errState         = errors.New("the state is forged, used, expired or another browser's")
	errDenied        = errors.New("the issuer sent no code")
	errNoAddress     = errors.New("the issuer gave no address that can be used")
	errOtherIdentity = errors.New("the account is linked to another identity")
)

// signInRefusals are the errors that lead back to the login page. Any other is
// the server's own.
var signInRefusals = []error{
	errState, errDenied, errNoAddress, errOtherIdentity, problem.ErrSuspended,
	openid.ErrAway, openid.ErrCode, openid.ErrToken, openid.ErrUnverified,
}

// signInLife is how long people may take at the issuer's.
const signInLife = 10 * time.Minute

// StartGoogleSignIn leads a browser to the issuer.
func (s *Server) StartGoogleSignIn(ctx context.Context, _ gen.StartGoogleSignInRequestObject) (gen.StartGoogleSignInResponseObject, error) {
	if s.Google == nil {
		return nil, echo.ErrNotFound
	}
	location, err := s.beginSignIn(ctx)
	if err != nil {
		location, err = s.refuseSignIn(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	return gen.StartGoogleSignIn302Response{Headers: gen.StartGoogleSignIn302ResponseHeaders{Location: &location}}, nil
}

// FinishGoogleSignIn logs in who comes back from the issuer.
func (s *Server) FinishGoogleSignIn(ctx context.Context, r gen.FinishGoogleSignInRequestObject) (gen.FinishGoogleSignInResponseObject, error) {
	if s.Google == nil {
		return nil, echo.ErrNotFound
	}
	location, err := s.finishSignIn(ctx, r.Params)
	if err != nil {
		location, err = s.refuseSignIn(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	return gen.FinishGoogleSignIn302Response{Headers: gen.FinishGoogleSignIn302ResponseHeaders{Location: &location}}, nil
}

// beginSignIn keeps what finishes the sign-in, gives the browser its half of
// the proof that it began it, and returns where the issuer signs people in.
func (s *Server) beginSignIn(ctx context.Context) (location string, err error) {
	secrets := openid.NewSecrets()
	id, state := identity.NewOneTime()
	if location, err = s.Google.AuthURL(ctx, state, secrets); err != nil {
		return "", err
	}
	browser := rand.Text()
	digest := s.Keys.Digest(identity.PurposeState, stateAndBrowser(state, browser))
	row := repo.SignIn{
		ID: id, Digest: digest.Sum, SecretID: digest.KeyID,
		Sealed: s.Keys.Seal(identity.PurposeVerifier, id, secrets.String()),
	}
	if err := s.Repo.InTx(ctx, func(tx *repo.Tx) error { return tx.CreateSignIn(ctx, row, signInLife) }); err != nil {
		return "", err
	}
	s.cookies.Set(stage.From(ctx), stage.SignInCookie, browser, signInLife)
	return location, nil
}

// stateAndBrowser is what a sign-in is recognized by: what the issuer sends back
// and what only the browser that began it has.
func stateAndBrowser(state, browser string) string { return state + " " + browser }

// finishSignIn does all that a callback is for and returns where it leads.
func (s *Server) finishSignIn(ctx context.Context, p gen.FinishGoogleSignInParams) (location string, err error) {
	secrets, err := s.takeSignIn(ctx, or(p.State, ""))
	if err != nil {
		return "", err
	}
	if p.Error != nil || or(p.Code, "") == "" {
		return "", errDenied
	}
	who, err := s.Google.Identify(ctx, *p.Code, secrets)
	if err != nil {
		return "", err
	}
	user, token, err := s.signIn(ctx, who)
	if err != nil {
		return "", err
	}
	call := stage.From(ctx)
	if err := s.giveCookies(call, user, token); err != nil {
		return "", err
	}
	s.cookies.Set(call, stage.SignInCookie, "", 0)
	return s.signedInURL(token), nil
}

// takeSignIn uses up the sign-in with the state, which this browser has to have
// begun: one that did not leaves it to the one that did.
func (s *Server) takeSignIn(ctx context.Context, state string) (secrets openid.Secrets, err error) {
	call := stage.From(ctx)
	id, err := identity.ParseOneTime(state)
	if err != nil {
		return secrets, errState
	}
	row, err := s.Repo.SignIn(ctx, id, s.Now())
	if err != nil {
		return secrets, problem.IfNotFound(err, errState)
	}
	proof := stateAndBrowser(state, s.cookies.Value(call, stage.SignInCookie))
	if !s.Keys.Matches(identity.PurposeState, identity.Digest{KeyID: row.SecretID, Sum: row.Digest}, proof) {
		return secrets, errState
	}
	sealed, err := s.Keys.Open(identity.PurposeVerifier, row.ID, row.Sealed)
	if err != nil {
		return secrets, err
	}
	err = s.Repo.InTx(ctx, func(tx *repo.Tx) error { return tx.TakeSignIn(ctx, row.ID) })
	if errors.Is(err, repo.ErrNotFound) { // by another call, just now
		err = errState
	}
	s.cookies.Set(call, stage.SignInCookie, "", 0)
	return openid.ParseSecrets(sealed), err
}

// refuseSignIn records why nobody is signed in and returns the way back to the
// login page; or the error, where it is the server's own.
func (s *Server) refuseSignIn(ctx context.Context, err error) (location string, _ error) {
	reason := refusalOf(err)
	if reason == nil {
		return "", err
	}
	if ctx.Err() != nil { // the client has gone, and nobody else is to blame
		return "", errors.Join(ctx.Err(), err)
	}
	call := stage.From(ctx)
	call.Failure = err // for the log
	s.Metrics.SignedIn("refused")
	if errors.Is(err, openid.ErrAway) {
		s.Log.Warn("the issuer of sign-ins cannot be used", "request_id", call.ID, "error", err)
		return s.frontendURL("/login", "error", "auth_failed"), nil // nobody has tried anything
	}
	event := s.event(ctx, repo.AuditLoginFail, nil, "")
	if refused, ok := errors.AsType[*refusedIdentity](err); ok {
		event = s.event(ctx, repo.AuditLoginFail, refused.user, refused.email)
	}
	event.Detail = byGoogle + ": " + reason.Error()
	if err := s.Repo.InTx(ctx, func(tx *repo.Tx) error { return tx.Audit(ctx, event) }); err != nil {
		return "", err
	}
	return s.frontendURL("/login", "error", "auth_failed"), nil
}

// byGoogle is how audit events say that a password was not asked for.
const byGoogle = "by Google"

func refusalOf(err error) error {
	for _, reason := range signInRefusals {
		if errors.Is(err, reason) {
			return reason
		}
	}
	return nil
}

// refusedIdentity is a refusal of somebody whom the issuer vouches for.
type refusedIdentity struct {
	error
	email string
	user  *uuid.UUID // nil: not known here
}

func (r *refusedIdentity) Unwrap() error { return r.error }

// signedInURL is where people go on once they are logged in. A frontend of
// another origin has no use for the cookie, and gets the token.
func (s *Server) signedInURL(token string) string {
	if sameOrigin(s.FrontendURL, s.PublicURL) {
		return s.FrontendURL.JoinPath("/app").String()
	}
	return s.frontendURL("/oauth/callback", "token", token)
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
