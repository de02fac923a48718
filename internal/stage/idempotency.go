package stage

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// storeTimeout is how long the outcome of a call may take to be written.
const storeTimeout = 5 * time.Second

// callLease is how long a call with an Idempotency-Key is taken to be under
// way: one that has not ended by then was cut off.
const callLease = callTimeout + 15*time.Second

// idempotencyKey is the Idempotency-Key of a call, and whose it is.
type idempotencyKey struct {
	scope, key string
	stored     bool // in the handler's own transaction
}

// idempotent makes a call with an Idempotency-Key once: each retry gets the
// response of the first call. A refusal by an earlier stage is not stored, and
// neither is a failure that a retry may get past.
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
			row, taken, err := s.reserve(c, op, key)
			switch {
			case err != nil:
				return err
			case !taken && row.LeasedUntil != nil:
				return problem.ErrIdempotencyConflict.After(time.Second)
			case !taken:
				return s.replay(c, row)
			}
			call := From(c.Request().Context())
			if row.RequestID != call.ID {
				call.resumedID = row.RequestID
			}
			call.idempotent = &idempotencyKey{scope: row.Scope, key: key}
			return s.runIdempotent(c, call, next)
		}
	}
}

// needsNoKey reports whether it makes no difference how often the call is made: it
// only reads, and by session costs nothing. Its answer, which may be a file of
// some size, is then not kept.
func needsNoKey(r *http.Request) bool {
	return r.Method == http.MethodGet && !From(r.Context()).Principal.ByKey()
}

// reserve takes the key for this call, or returns the row of whoever has it.
// Its error is problem.ErrIdempotencyMismatch.
func (s *Stages) reserve(c echo.Context, op *contract.Operation, key string) (row repo.IdempotentCall, taken bool, err error) {
	ctx := c.Request().Context()
	call := From(ctx)
	descriptions, err := describeRequest(c.Request(), op)
	if err != nil {
		return row, false, err
	}
	mine, err := s.findCall(ctx, call, key, descriptions)
	if err != nil {
		return row, false, err
	}
	err = s.repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		row, taken, err = tx.ReserveCall(ctx, mine, callLease)
		if err == nil && taken && row.Response != "" { // cut off when there was nothing left but to answer
			taken, row.LeasedUntil = false, nil
			err = tx.AnswerCall(ctx, row.Scope, row.Key, row.Response)
		}
		return err
	})
	if err == nil && row.Fingerprint != mine.Fingerprint {
		err = problem.ErrIdempotencyMismatch
	}
	return row, taken, err
}

// findCall returns the row that the call has or is to have: of a request that was
// made under an older secret, or described in another way, the row of then.
func (s *Stages) findCall(ctx context.Context, call *Call, key string, descriptions []string) (mine repo.IdempotentCall, err error) {
	for i, description := range descriptions {
		for j, digest := range s.keys.Digests(identity.PurposeFingerprint, description) {
			row := repo.IdempotentCall{Scope: scopeOf(call, digest), Key: key, Fingerprint: digest.KeyID + "." + digest.Sum, RequestID: call.ID}
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

// scopeOf says whose key it is. A user's calls by session and by API key are
// two scopes: they are charged differently. What nobody in particular asks is
// told apart by what it asks.
func scopeOf(call *Call, request identity.Digest) string {
	switch {
	case call.Principal.ByKey():
		return call.Principal.UserID.String() + " key"
	case call.Principal.Known():
		return call.Principal.UserID.String()
	}
	return request.Sum
}

// describeRequest returns everything by which one request is told from another,
// the same for JSON that differs only in the order of members, blanks and escapes
// (RFC 8785). A request whose own JSON differs from that is described by its bytes,
// too: releases before this one stored that description. The body, if the operation
// takes one, has been checked and can be read again.
func describeRequest(r *http.Request, op *contract.Operation) (descriptions []string, err error) {
	query := r.URL.Query()
	query.Del("apiKey")
	text := r.Method + " " + r.URL.Path + "?" + query.Encode() + "\n"
	if op.Body == nil {
		return []string{text}, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	canonical := jsontext.Value(bytes.Clone(body))
	if err := canonical.Canonicalize(); err != nil {
		return nil, err
	}
	if bytes.Equal(canonical, body) {
		return []string{text + string(body)}, nil
	}
	return []string{text + string(canonical), text + string(body)}, nil
}

// runIdempotent makes the call, holds its response until it is stored, and then
// sends it.
func (s *Stages) runIdempotent(c echo.Context, call *Call, next echo.HandlerFunc) error {
	ctx := context.WithoutCancel(c.Request().Context()) // the outcome is recorded whoever listens
	held := &heldResponse{ResponseWriter: c.Response().Writer, status: http.StatusOK}
	c.Response().Writer = held
	ended := false
	defer func() {
		c.Response().Writer = held.ResponseWriter
		if !ended { // a panic goes by
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
		// What was charged is not given back: whoever calls again has it.
		s.endLease(ctx, call)
	default:
		s.storeOrRelease(ctx, call, nil)
	}
	return held.release()
}

// endLease lets the next call with the key take over from this one at once, with
// its debit.
func (s *Stages) endLease(ctx context.Context, call *Call) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
		return tx.AbandonCall(ctx, call.idempotent.scope, call.idempotent.key)
	})
	if err != nil { // it can be taken over when its lease is over
		s.log.Warn("could not give up a call with an Idempotency-Key", "request_id", call.ID, "error", err)
	}
}

// storeOrRelease stores the response, or gives the key back if held is nil. If that
// cannot be written, the call counts as cut off: it can be made again when its
// lease is over, and is not charged again.
func (s *Stages) storeOrRelease(ctx context.Context, call *Call, held *heldResponse) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
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
