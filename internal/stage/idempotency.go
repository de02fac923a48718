package stage

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/recorder"
	"example.com/alta/repo"
)

// storeTimeout bounds the time for storing the outcome of a call. It is shorter than
// endTime.
const storeTimeout = 3 * time.Second

// callLease is how long a call with an Idempotency-Key holds its key. A call that
// has not ended by then was interrupted.
const callLease = callTimeout + 15*time.Second

// idempotencyKey is the Idempotency-Key of a call, with the scope of its caller.
type idempotencyKey struct {
	scope, key   string
	stored       bool   // the operation stored its response in its own transaction
	passwordHash string // slow hash of the password in the request; empty: none
}

// idempotent runs a call with an Idempotency-Key once: each retry gets the response
// of the first call. It does not store rejections by earlier stages, nor failures
// that a retry may overcome.
func (s *Stages) idempotent(op *contract.Operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if !op.Idempotent() {
			return next
		}
		return func(c echo.Context) error {
			key := c.Request().Header.Get(contract.HeaderIdempotencyKey)
			if key == "" || needsNoKey(c.Request()) {
				return next(c)
			}
			request, err := describeRequest(c.Request(), op)
			if err != nil {
				return err
			}
			row, taken, err := s.reserve(c, request, key)
			switch {
			case err != nil:
				return err
			case !taken && row.LeasedUntil != nil:
				return problem.ErrIdempotencyConflict.After(time.Second)
			case !taken:
				return s.replay(c, row, request.password, next)
			}
			call := From(c.Request().Context())
			if row.RequestID != call.ID {
				call.resumedID = row.RequestID
			}
			call.idempotent = &idempotencyKey{scope: row.Scope, key: key}
			call.reads = c.Request().Method == http.MethodGet
			return s.runIdempotent(c, call, next)
		}
	}
}

// needsNoKey reports whether repeating the call has no effect: a read by session
// changes nothing and is free. Its response, which may be a large file, is not
// stored.
func needsNoKey(r *http.Request) bool {
	return r.Method == http.MethodGet && !From(r.Context()).Principal.ByKey()
}

// reserve takes the key for this call, or returns the row of the call that has it.
// Its error is problem.ErrIdempotencyMismatch if that call had another request.
func (s *Stages) reserve(c echo.Context, request description, key string) (row repo.IdempotentCall, taken bool, err error) {
	ctx := c.Request().Context()
	mine, err := s.findCall(ctx, From(ctx), key, request.texts)
	if err != nil {
		return row, false, err
	}
	err = s.repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		row, taken, err = tx.ReserveCall(ctx, mine, callLease)
		if err == nil && taken && row.Response != "" { // interrupted after the response was prepared
			taken, row.LeasedUntil = false, nil
			err = tx.AnswerCall(ctx, row.Scope, row.Key, row.Response)
		}
		return err
	})
	if err == nil && taken && From(ctx).Principal.Known() {
		s.keepers.note(mine.Scope)
	}
	if err == nil && row.Fingerprint != mine.Fingerprint {
		err = problem.ErrIdempotencyMismatch
	}
	return row, taken, err
}

// findCall returns the row of the call, whether it is stored or not. If the request
// was first made under an older secret, or described in another way, that is the
// row of then.
func (s *Stages) findCall(ctx context.Context, call *Call, key string, descriptions []string) (mine repo.IdempotentCall, err error) {
	for i, description := range descriptions {
		for j, digest := range s.keys.Digests(identity.PurposeFingerprint, description) {
			row := repo.IdempotentCall{Scope: scopeOf(call, digest), Key: key, Fingerprint: digest.KeyID + "." + digest.Sum, RequestID: call.ID}
			if !call.Principal.Known() {
				row.Client = call.Network()
			}
			if i == 0 && j == 0 {
				mine = row
				continue
			}
			known, err := s.repo.CallKnown(ctx, row)
			if err != nil {
				return mine, err
			}
			if known {
				return row, nil
			}
		}
	}
	return mine, nil
}

// scopeOf returns the scope of the caller's keys. A user's calls by session and by
// API key are two scopes, because they are charged differently. Anonymous requests
// are scoped by a hash of the request.
func scopeOf(call *Call, request identity.Digest) string {
	switch {
	case call.Principal.ByKey():
		return call.Principal.UserID.String() + " key"
	case call.Principal.Known():
		return call.Principal.UserID.String()
	}
	return request.Sum
}

// runIdempotent runs the call, stores its response and then sends it.
func (s *Stages) runIdempotent(c echo.Context, call *Call, next echo.HandlerFunc) error {
	ctx := context.WithoutCancel(c.Request().Context()) // the outcome is stored even if the client hangs up
	client := c.Response().Writer
	held := recorder.New(client.Header())
	c.Response().Writer = held
	ended := false
	defer func() {
		c.Response().Writer = client
		if !ended { // next panicked
			s.storeOrRelease(ctx, call, nil)
		}
	}()
	err := next(c)
	if err != nil {
		s.writeError(err, c)
	}
	ended = true
	switch {
	case err == nil && call.idempotent.stored:
	case err == nil || problem.Of(err).IsFinal(problem.DoorOf(c.Request().URL.Path)):
		s.storeOrRelease(ctx, call, held)
	case hungUp(c.Request()) && !errors.Is(err, repo.ErrUnavailable):
		s.endLease(ctx, call)
	default:
		s.storeOrRelease(ctx, call, nil)
	}
	return held.SendTo(client)
}

// hungUp reports whether the client has closed the connection, or its side of it.
func hungUp(r *http.Request) bool { return errors.Is(r.Context().Err(), context.Canceled) }

// endLease lets a retry resume this call at once, with its debit.
func (s *Stages) endLease(ctx context.Context, call *Call) {
	ctx, cancel := context.WithTimeout(repo.ForUser(ctx, uuid.Nil), storeTimeout)
	defer cancel()
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
		return tx.AbandonCall(ctx, call.idempotent.scope, call.idempotent.key)
	})
	if err != nil { // a retry can resume the call when its lease has ended
		s.log.Warn("could not end the lease of a call with an Idempotency-Key", "request_id", call.ID, "error", err)
	}
}

// storeOrRelease stores the response, or releases the key if held is nil. If that
// fails, the call counts as interrupted: it can be retried when its lease has
// ended, and is not charged again.
func (s *Stages) storeOrRelease(ctx context.Context, call *Call, held *recorder.Response) {
	ctx, cancel := context.WithTimeout(repo.ForUser(ctx, uuid.Nil), storeTimeout)
	defer cancel()
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
		if held == nil {
			return tx.ReleaseCall(ctx, call.idempotent.scope, call.idempotent.key)
		}
		return s.storeHeld(ctx, tx, call, held)
	})
	if err != nil {
		s.log.Warn("could not store the response of a call with an Idempotency-Key", "request_id", call.ID, "error", err)
	}
}
