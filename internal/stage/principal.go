package stage

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/netaddr"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// Principal identifies the caller.
type Principal struct {
	UserID    uuid.UUID
	SessionID uuid.UUID // nil for a call by key
	KeyID     uuid.UUID // nil for a call by session
	Role      string

	RequestsPerMinute int // of the plan, for a call by key
}

// ByKey reports whether the call was made by API key.
func (p Principal) ByKey() bool { return p.KeyID != uuid.Nil }

// Known reports whether the call was made by a user.
func (p Principal) Known() bool { return p.UserID != uuid.Nil }

// identify authenticates the caller, and rejects callers that the contract does not
// allow to call the operation. Operations that anyone may call ignore credentials.
func (s *Stages) identify(op *contract.Operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			var err error
			switch {
			case len(op.Schemes) == 0:
			case op.Accepts(contract.SchemeOperator):
				err = s.identifyOperator(c.Request())
			default:
				err = s.identifyUser(c.Request(), op)
			}
			if err == nil && op.Role != "" && From(c.Request().Context()).Principal.Role != op.Role {
				err = problem.ErrRole
			}
			if err != nil {
				return s.limitFailed(c.Request(), err)
			}
			return next(c)
		}
	}
}

// identifyUser authenticates the caller by the first credential of the request: an
// API key in the header or the query, a bearer token, the session cookie. If that
// one is invalid, the others are not tried. An empty credential is none: clients
// send the header of a key that is not set.
func (s *Stages) identifyUser(r *http.Request, op *contract.Operation) error {
	call := From(r.Context())
	if keys := keysOf(r); keys != nil {
		return s.identifyKey(r, call, op, keys)
	}
	if authorization := withoutEmpty(r.Header.Values("Authorization")); authorization != nil {
		scheme, token, _ := strings.Cut(authorization[0], " ")
		if len(authorization) != 1 || !strings.EqualFold(scheme, schemeBearer) {
			return problem.ErrUnauthorized
		}
		return s.identifySession(r, call, strings.TrimSpace(token))
	}
	token := s.cookies.Value(call, SessionCookie)
	if token == "" {
		return problem.ErrUnauthorized
	}
	// A page of another site can make a browser send the cookie, but no other credential.
	if err := s.origins.Check(r); err != nil {
		return problem.ErrCrossOrigin
	}
	err := s.identifySession(r, call, token)
	if op.ID == operationLogout && errors.Is(err, problem.ErrUnauthorized) {
		// Other operations leave it: their responses may arrive after the one that logs in anew.
		call.endCookie = s.cookies.format(SessionCookie, "", 0)
	}
	return err
}

const schemeBearer = "Bearer"

// hasCredential reports whether the request has a key or a token that somebody may be
// guessing.
func hasCredential(r *http.Request) bool {
	return keysOf(r) != nil || withoutEmpty(r.Header.Values("Authorization")) != nil
}

// keysOf returns the API keys of the request: those of its header, or else those of
// its query. It returns nil if there is none.
func keysOf(r *http.Request) []string {
	if keys := withoutEmpty(r.Header.Values("X-Api-Key")); keys != nil {
		return keys
	}
	return withoutEmpty(r.URL.Query()["apiKey"])
}

// withoutEmpty returns the credentials that have a value, or nil.
func withoutEmpty(credentials []string) (given []string) {
	for _, credential := range credentials {
		if text := strings.TrimSpace(credential); text != "" && !strings.EqualFold(text, schemeBearer) {
			given = append(given, credential)
		}
	}
	return given
}

// operationLogout is the operation that clears the session cookie whether its session
// has ended or not.
const operationLogout = "logout"

// identifyKey authenticates the caller by the API key of the request. A text that
// does not have the form of a key is rejected without a query to the database; all
// unknown keys cost the same queries.
func (s *Stages) identifyKey(r *http.Request, call *Call, op *contract.Operation, texts []string) error {
	if len(texts) != 1 || !identity.CheckAPIKey(texts[0]) {
		return problem.ErrUnauthorized
	}
	now := s.now()
	var owner repo.KeyOwner
	err := repo.ErrNotFound
	for _, digest := range s.keys.Digests(identity.PurposeAPIKey, texts[0]) {
		if owner, err = s.repo.KeyOwner(r.Context(), digest.Sum, now); !errors.Is(err, repo.ErrNotFound) {
			break
		}
	}
	switch {
	case errors.Is(err, repo.ErrNotFound):
		return problem.ErrUnauthorized
	case err != nil:
		return err
	case !owner.IsActive:
		return problem.ErrSuspended
	case owner.EmailVerifiedAt == nil:
		return problem.ErrKeyUnverified
	case !op.Accepts(contract.SchemeAPIKey):
		return problem.ErrKeyRefused
	}
	call.Principal = Principal{UserID: owner.UserID, KeyID: owner.KeyID, Role: owner.Role, RequestsPerMinute: owner.RequestsPerMinute}
	if owner.LastUsedAt == nil || now.Sub(*owner.LastUsedAt) >= time.Minute {
		s.lastUsed.record(owner.KeyID, now)
	}
	return nil
}

// identifySession authenticates the caller by a session token.
func (s *Stages) identifySession(r *http.Request, call *Call, token string) error {
	claims, err := s.tokens.Parse(identity.PurposeSession, token)
	if err != nil {
		return errors.Join(problem.ErrUnauthorized, err)
	}
	id, err := uuid.Parse(claims.ID)
	if err != nil {
		return problem.ErrUnauthorized
	}
	now := s.now()
	owner, err := s.repo.SessionOwner(r.Context(), id, now)
	switch {
	case errors.Is(err, repo.ErrNotFound):
		return errors.Join(problem.ErrUnauthorized, errors.New("the session has ended"))
	case err != nil:
		return err
	case owner.UserID.String() != claims.UserID:
		return problem.ErrUnauthorized
	}
	call.Principal = Principal{UserID: owner.UserID, SessionID: id, Role: owner.Role}
	if now.Sub(owner.LastSeenAt) >= time.Minute {
		s.lastSeen.record(id, now)
	}
	return nil
}

// forwardingHeaders are set by proxies. A peer on loopback that sends one is a proxy
// for a client that may be anywhere.
var forwardingHeaders = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"}

// identifyOperator accepts requests with the metrics token, and local ones without
// any.
func (s *Stages) identifyOperator(r *http.Request) error {
	authorization := withoutEmpty(r.Header.Values("Authorization"))
	if authorization == nil {
		if s.IsLocal(r) {
			return nil
		}
		return problem.ErrUnauthorized
	}
	token, isBearer := strings.CutPrefix(authorization[0], schemeBearer+" ")
	if len(authorization) != 1 || !isBearer || s.metricsToken == "" || !constantTimeEqual(token, s.metricsToken) {
		return problem.ErrUnauthorized
	}
	return nil
}

// IsLocal reports whether the call was made on this machine, to a server that other
// machines do not reach. The Host header is checked, too: the name of another site
// may lead here. The public URL is, because a proxy on this machine need not say
// that it is one.
func (s *Stages) IsLocal(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	return isLocalPeer(r) && netaddr.IsLoopbackHost(host) && netaddr.IsLoopbackHost(s.publicHost)
}

// isLocalPeer reports whether the peer is on this machine and no header says that it
// is a proxy.
func isLocalPeer(r *http.Request) bool {
	return netaddr.IsLoopbackPeer(r.RemoteAddr) &&
		!slices.ContainsFunc(forwardingHeaders, func(name string) bool { return r.Header.Get(name) != "" })
}

// constantTimeEqual compares two texts in a time that does not reveal how much of
// them is equal.
func constantTimeEqual(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
