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

// Reasons to reject a sign-in, beside those of the issuer and of the account.
var (
	errState  = errors.New("the state is forged, used, expired or another browser's")
	errDenied = errors.New("the issuer sent no code")
)

// signInRejections are the errors that redirect to the login page. Any other error is
// a fault of the server.
var signInRejections = []error{
	errState, errDenied, signin.ErrNoAddress, signin.ErrOtherIdentity, problem.ErrSuspended,
	openid.ErrAway, openid.ErrCode, openid.ErrToken, openid.ErrUnverified,
}

// signInLife is how long a user may take at the issuer.
const signInLife = 10 * time.Minute

// StartGoogleSignIn redirects the browser to the issuer.
func (o *accessOperations) StartGoogleSignIn(ctx context.Context, _ gen.StartGoogleSignInRequestObject) (gen.StartGoogleSignInResponseObject, error) {
	if o.google == nil {
		return nil, echo.ErrNotFound
	}
	location, err := o.beginSignIn(ctx)
	if err != nil {
		location, err = o.rejectSignIn(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	return gen.StartGoogleSignIn302Response{Headers: gen.StartGoogleSignIn302ResponseHeaders{Location: &location}}, nil
}

// FinishGoogleSignIn logs in a user whom the issuer has redirected back.
func (o *accessOperations) FinishGoogleSignIn(ctx context.Context, r gen.FinishGoogleSignInRequestObject) (gen.FinishGoogleSignInResponseObject, error) {
	if o.google == nil {
		return nil, echo.ErrNotFound
	}
	location, err := o.finishSignIn(ctx, r.Params)
	if err != nil {
		location, err = o.rejectSignIn(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	return gen.FinishGoogleSignIn302Response{Headers: gen.FinishGoogleSignIn302ResponseHeaders{Location: &location}}, nil
}

// beginSignIn stores the state of a new sign-in, sets a cookie that proves which
// browser began it, and returns the URL of the issuer.
func (o *accessOperations) beginSignIn(ctx context.Context) (location string, err error) {
	secrets := openid.NewSecrets()
	id, state := identity.NewOneTime()
	if location, err = o.google.AuthURL(ctx, state, secrets); err != nil {
		return "", err
	}
	browser := rand.Text()
	digest := o.keys.Digest(identity.PurposeState, stateAndBrowser(state, browser))
	row := repo.SignIn{
		ID: id, Digest: digest.Sum, SecretID: digest.KeyID, Client: stage.From(ctx).Network(),
		Sealed: o.keys.Seal(identity.PurposeVerifier, id, secrets.String()),
	}
	if err := o.repo.InTx(ctx, func(tx *repo.Tx) error { return tx.CreateSignIn(ctx, row, signInLife) }); err != nil {
		return "", err
	}
	o.setSignInCookie(stage.From(ctx), id, browser)
	return location, nil
}

// maxSignIns is the largest number of unfinished sign-ins of one browser, which sends
// the cookies of all of them with every call.
const maxSignIns = 8

// setSignInCookie sets the cookie that proves which browser began the sign-in. The
// cookies of sign-ins in other tabs are kept, except for the oldest ones beyond
// maxSignIns.
func (o *accessOperations) setSignInCookie(call *stage.Call, id, browser string) {
	begun := o.cookies.Names(call, stage.SignInCookie)
	for len(begun) >= maxSignIns {
		o.cookies.Set(call, begun[0], "", 0)
		begun = begun[1:]
	}
	o.cookies.Set(call, stage.SignInCookie+id, browser, signInLife)
}

// stateAndBrowser returns the secret of a sign-in: the state, which the issuer sends
// back, and the cookie of the browser that began it.
func stateAndBrowser(state, browser string) string { return state + " " + browser }

// finishSignIn handles the issuer's callback and returns the URL to redirect to.
func (o *accessOperations) finishSignIn(ctx context.Context, p gen.FinishGoogleSignInParams) (location string, err error) {
	secrets, err := o.takeSignIn(ctx, deref(p.State, ""))
	if err != nil {
		return "", err
	}
	if p.Error != nil || deref(p.Code, "") == "" {
		return "", errDenied
	}
	external, err := o.google.Identify(ctx, *p.Code, secrets)
	if err != nil {
		return "", err
	}
	session, result, err := o.signin.SignIn(ctx, o.byBrowser(ctx), external, o.device(ctx))
	if err != nil {
		return "", err
	}
	o.metrics.SignedIn(string(result))
	o.setSessionCookies(ctx, session)
	return o.signedInURL(session.Token), nil
}

// takeSignIn deletes the sign-in with the state and returns its secrets. Only the
// browser that began the sign-in can take it.
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
	if errors.Is(err, repo.ErrNotFound) { // another call has taken it
		err = errState
	}
	o.cookies.Set(call, stage.SignInCookie+id, "", 0)
	return openid.ParseSecrets(sealed), err
}

// rejectSignIn records the rejection and returns the URL of the login page. If err is
// a fault of the server, it returns err.
func (o *accessOperations) rejectSignIn(ctx context.Context, err error) (location string, _ error) {
	reason := rejectionReason(err)
	if reason == nil {
		return "", err
	}
	if ctx.Err() != nil { // the client hung up: this is no rejection
		return "", errors.Join(ctx.Err(), err)
	}
	call := stage.From(ctx)
	call.Failure = err // for the log
	o.metrics.SignedIn("refused")
	if errors.Is(err, openid.ErrAway) {
		o.log.Warn("the issuer of sign-ins cannot be used", "request_id", call.ID, "error", err)
		return o.pageURL("/login", "error", "auth_failed"), nil // an outage is not a failed log-in, so it is not recorded
	}
	if err := o.signin.RecordRejection(ctx, byCaller(ctx), err, reason); err != nil {
		return "", err
	}
	return o.pageURL("/login", "error", "auth_failed"), nil
}

func rejectionReason(err error) error {
	for _, reason := range signInRejections {
		if errors.Is(err, reason) {
			return reason
		}
	}
	return nil
}

// signedInURL returns the URL to redirect a user to after the sign-in. A frontend of
// another origin cannot use the cookie, so its URL has the token.
func (o *accessOperations) signedInURL(token string) string {
	if sameOrigin(o.frontend, o.publicURL) {
		return o.frontend.JoinPath("/app").String()
	}
	return o.pageURL("/oauth/callback", "token", token)
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
