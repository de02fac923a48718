package handlers

import (
	"context"
	"log/slog"
	"net/url"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/memory"
	"example.com/alta/internal/metrics"
	"example.com/alta/internal/openid"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// accessOperations are the operations for signing up, logging in and managing one's
// own account, at both doors.
type accessOperations struct {
	repo            *repo.Repo
	calls           *stage.Stages
	signin          *signin.Service
	keys            *identity.Keyring
	cookies         stage.Cookies
	sessionTTL      time.Duration
	frontend        *url.URL // base of the links in mails and of redirects after a sign-in
	publicURL       *url.URL
	google          *openid.Client // nil: no sign-in by Google
	personalExports chan struct{}  // has an element for each export that is being read
	product         string         // its name
	answers         *memory.Budget
	metrics         *metrics.Metrics
	log             *slog.Logger
	now             func() time.Time
}

// byCaller returns the By of the caller and the call.
func byCaller(ctx context.Context) signin.By {
	call := stage.From(ctx)
	b := signin.By{
		Actor: repo.ActorAnonymous, Address: call.Address, UserAgent: call.UserAgent, Language: call.Language(), RequestID: call.ID,
	}
	if call.Operation != nil {
		b.Endpoint = call.Operation.Endpoint()
	}
	if call.Principal.Known() {
		b.Actor = call.Principal.UserID.String()
	}
	return b
}

// byBrowser is byCaller for calls that open a session.
func (o *accessOperations) byBrowser(ctx context.Context) signin.By {
	b := byCaller(ctx)
	b.Replaces.UserID, b.Replaces.ID = o.calls.Session(stage.From(ctx))
	return b
}

// caller returns the calling user. Its error is problem.ErrUnauthorized if the user
// was deleted during the call.
func (o *accessOperations) caller(ctx context.Context) (repo.User, error) {
	user, err := o.repo.UserByID(ctx, stage.From(ctx).Principal.UserID)
	return user, callerDeleted(err)
}

// callerDeleted maps repo.ErrNotFound to problem.ErrUnauthorized: the caller was
// deleted during the call.
func callerDeleted(err error) error { return problem.IfNotFound(err, problem.ErrUnauthorized) }

// setSessionCookies adds the session's cookie to the response, and the cookie that
// marks the browser as the user's.
func (o *accessOperations) setSessionCookies(ctx context.Context, session signin.Session) {
	call := stage.From(ctx)
	o.cookies.Set(call, stage.SessionCookie, session.Token, o.sessionTTL)
	o.cookies.Set(call, stage.DeviceCookie, session.Device, signin.DeviceLife)
}

// device returns the mark of the caller's browser, or "".
func (o *accessOperations) device(ctx context.Context) string {
	return o.cookies.Value(stage.From(ctx), stage.DeviceCookie)
}

// pageURL returns the URL of a page of the frontend, with a parameter.
func (o *accessOperations) pageURL(path, name, value string) string {
	return o.frontend.JoinPath(path).String() + "?" + url.Values{name: {value}}.Encode()
}
