package handlers

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/alta/gen"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/openid"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// Why nobody is signed in, apart from what the issuer or the account is to
// blame for.
var (
	errState  = errors.New("the state is forged, used, expired or another browser's")
	errDenied = errors.New("the issuer sent no code")
)

// signInRefusals are the errors that lead back to the login page. Any other is
// the server's own.
var signInRefusals = []error{
	errState, errDenied, signin.ErrNoAddress, signin.ErrOtherIdentity, problem.ErrSuspended,
	openid.ErrAway, openid.ErrCode, openid.ErrToken, openid.ErrUnverified,
}

// signInLife is how long people may take at the issuer's.
const signInLife = 10 * time.Minute

// StartGoogleSignIn leads a browser to the issuer.
func (o *accessOperations) StartGoogleSignIn(ctx context.Context, _ gen.StartGoogleSignInRequestObject) (gen.StartGoogleSignInResponseObject, error) {
	if o.google == nil {
		return nil, echo.ErrNotFound
	}
	location, err := o.beginSignIn(ctx)
	if err != nil {
		location, err = o.refuseSignIn(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	return gen.StartGoogleSignIn302Response{Headers: gen.StartGoogleSignIn302ResponseHeaders{Location: &location}}, nil
}

// FinishGoogleSignIn logs in who comes back from the issuer.
func (o *accessOperations) FinishGoogleSignIn(ctx context.Context, r gen.FinishGoogleSignInRequestObject) (gen.FinishGoogleSignInResponseObject, error) {
	if o.google == nil {
		return nil, echo.ErrNotFound
	}
	location, err := o.finishSignIn(ctx, r.Params)
	if err != nil {
		location, err = o.refuseSignIn(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	return gen.FinishGoogleSignIn302Response{Headers: gen.FinishGoogleSignIn302ResponseHeaders{Location: &location}}, nil
}

// beginSignIn keeps what finishes the sign-in, gives the browser its half of
// the proof that it began it, and returns where the issuer signs people in.
func (o *accessOperations) beginSignIn(ctx context.Context) (location string, err error) {
	secrets := openid.NewSecrets()
	id, state := identity.NewOneTime()
	if location, err = o.google.AuthURL(ctx, state, secrets); err != nil {
		return "", err
	}
	browser := rand.Text()
	digest := o.keys.Digest(identity.PurposeState, stateAndBrowser(state, browser))
	row := repo.SignIn{
		ID: id, Digest: digest.Sum, SecretID: digest.KeyID,
		Sealed: o.keys.Seal(identity.PurposeVerifier, id, secrets.String()),
	}
	if err := o.repo.InTx(ctx, func(tx *repo.Tx) error { return tx.CreateSignIn(ctx, row, signInLife) }); err != nil {
		return "", err
	}
	o.keepBrowser(stage.From(ctx), id, browser)
	return location, nil
}

// maxSignIns bounds the sign-ins that one browser has under way, because it sends
// the cookies of all of them with every call.
const maxSignIns = 8

// keepBrowser gives the browser its half of the proof, in a cookie of the sign-in's
// own: those that began in other tabs stay, except for the oldest beyond maxSignIns.
func (o *accessOperations) keepBrowser(call *stage.Call, id, browser string) {
	begun := o.cookies.Names(call, stage.SignInCookie)
	for len(begun) >= maxSignIns {
		o.cookies.Set(call, begun[0], "", 0)
		begun = begun[1:]
	}
	o.cookies.Set(call, stage.SignInCookie+id, browser, signInLife)
}

// stateAndBrowser is what a sign-in is recognized by: what the issuer sends back
// and what only the browser that began it has.
func stateAndBrowser(state, browser string) string { return state + " " + browser }

// finishSignIn does all that a callback is for and returns where it leads.
func (o *accessOperations) finishSignIn(ctx context.Context, p gen.FinishGoogleSignInParams) (location string, err error) {
	secrets, err := o.takeSignIn(ctx, deref(p.State, ""))
	if err != nil {
		return "", err
	}
	if p.Error != nil || deref(p.Code, "") == "" {
		return "", errDenied
	}
	who, err := o.google.Identify(ctx, *p.Code, secrets)
	if err != nil {
		return "", err
	}
	session, result, err := o.signin.SignIn(ctx, by(ctx), who)
	if err != nil {
		return "", err
	}
	o.metrics.SignedIn(string(result))
	o.giveCookies(ctx, session)
	return o.signedInURL(session.Token), nil
}

// takeSignIn uses up the sign-in with the state, which this browser has to have
// begun: one that did not leaves it to the one that did.
func (o *accessOperations) takeSignIn(ctx context.Context, state string) (secrets openid.Secrets, err error) {
	call := stage.From(ctx)
	id, err := identity.ParseOneTime(state)
	if err != nil {
		return secrets, errState
	}
	row, err := o.repo.SignIn(ctx, id, o.now())
	if err != nil {
		return secrets, problem.IfNotFound(err, errState)
	}
	proof := stateAndBrowser(state, o.cookies.Value(call, stage.SignInCookie+id))
	if !o.keys.Matches(identity.PurposeState, identity.Digest{KeyID: row.SecretID, Sum: row.Digest}, proof) {
		return secrets, errState
	}
	sealed, err := o.keys.Open(identity.PurposeVerifier, row.ID, row.Sealed)
	if err != nil {
		return secrets, err
	}
	err = o.repo.InTx(ctx, func(tx *repo.Tx) error { return tx.TakeSignIn(ctx, row.ID) })
	if errors.Is(err, repo.ErrNotFound) { // by another call, just now
		err = errState
	}
	o.cookies.Set(call, stage.SignInCookie+id, "", 0)
	return openid.ParseSecrets(sealed), err
}

// refuseSignIn records why nobody is signed in and returns the way back to the
// login page; or the error, where it is the server's own.
func (o *accessOperations) refuseSignIn(ctx context.Context, err error) (location string, _ error) {
	reason := refusalOf(err)
	if reason == nil {
		return "", err
	}
	if ctx.Err() != nil { // the client has gone, and nobody else is to blame
		return "", errors.Join(ctx.Err(), err)
	}
	call := stage.From(ctx)
	call.Failure = err // for the log
	o.metrics.SignedIn("refused")
	if errors.Is(err, openid.ErrAway) {
		o.log.Warn("the issuer of sign-ins cannot be used", "request_id", call.ID, "error", err)
		return o.pageURL("/login", "error", "auth_failed"), nil // nobody has tried anything
	}
	if err := o.signin.RecordRejection(ctx, by(ctx), err, reason); err != nil {
		return "", err
	}
	return o.pageURL("/login", "error", "auth_failed"), nil
}

func refusalOf(err error) error {
	for _, reason := range signInRefusals {
		if errors.Is(err, reason) {
			return reason
		}
	}
	return nil
}

// signedInURL is where people go on once they are logged in. A frontend of
// another origin has no use for the cookie, and gets the token.
func (o *accessOperations) signedInURL(token string) string {
	if sameOrigin(o.frontend, o.publicURL) {
		return o.frontend.JoinPath("/app").String()
	}
	return o.pageURL("/oauth/callback", "token", token)
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
