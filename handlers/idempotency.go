package handlers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// concludeTimeout is how long the outcome of a call may take to be written.
const concludeTimeout = 5 * time.Second

// callLease is how long a call with an Idempotency-Key is taken to be under
// way: one that has not ended by then was cut off.
const callLease = callTimeout + 15*time.Second

// idempotent is the Idempotency-Key of a call.
type idempotent struct {
	scope, key string
	answered   bool // in the handler's own transaction
}

// once makes a call with an Idempotency-Key once: whoever makes it again gets
// the first one's answer. What was refused before is not remembered, nor is
// what a later try may mend.
func (s *Server) once(op *contract.Operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if !op.Idempotent() {
			return next
		}
		return func(c echo.Context) error {
			key := c.Request().Header.Get(contract.HeaderIdempotencyKey)
			if key == "" || isFree(c.Request()) {
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
			one := callFrom(c.Request().Context())
			if row.RequestID != one.id {
				one.resumes = row.RequestID
			}
			one.idempotent = &idempotent{scope: row.Scope, key: key}
			return s.runOnce(c, one, next)
		}
	}
}

// isFree reports whether it makes no difference how often the call is made: it
// only reads, and by session costs nothing. Its answer, which may be a file of
// some size, is then not kept.
func isFree(r *http.Request) bool {
	return r.Method == http.MethodGet && !callFrom(r.Context()).principal.ByKey()
}

// reserve takes the key for this call, or returns the row of whoever has it.
// Its error is problem.ErrIdempotencyMismatch.
func (s *Server) reserve(c echo.Context, op *contract.Operation, key string) (row repo.IdempotentCall, taken bool, err error) {
	ctx := c.Request().Context()
	one := callFrom(ctx)
	request, err := describeRequest(c.Request(), op)
	if err != nil {
		return row, false, err
	}
	mine, err := s.findCall(ctx, one, key, request)
	if err != nil {
		return row, false, err
	}
	err = s.Repo.InTx(ctx, func(tx *repo.Tx) (err error) {
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

// findCall returns the row that the call has or is to have. Of a request made
// before the secret was replaced, that is the one under the old secret.
func (s *Server) findCall(ctx context.Context, one *call, key, request string) (mine repo.IdempotentCall, err error) {
	for i, digest := range s.Keys.Digests(identity.PurposeFingerprint, request) {
		row := repo.IdempotentCall{Scope: scopeOf(one, digest), Key: key, Fingerprint: digest.KeyID + "." + digest.Sum, RequestID: one.id}
		if i == 0 {
			mine = row
			continue
		}
		known, err := s.Repo.CallKnown(ctx, row)
		if err != nil {
			return mine, err
		}
		if known {
			return row, nil
		}
	}
	return mine, nil
}

// scopeOf says whose key it is. A user's calls by session and by API key are
// two scopes: they are charged differently. What nobody in particular asks is
// told apart by what it asks.
func scopeOf(one *call, request identity.Digest) string {
	switch {
	case one.principal.ByKey():
		return one.principal.UserID.String() + " key"
	case one.principal.Known():
		return one.principal.UserID.String()
	}
	return request.Sum
}

// describeRequest returns everything by which a request is told from another
// one. The body, where the operation takes one, has been checked and can be
// read again.
func describeRequest(r *http.Request, op *contract.Operation) (string, error) {
	query := r.URL.Query()
	query.Del("apiKey")
	text := r.Method + " " + r.URL.Path + "?" + query.Encode() + "\n"
	if op.Body == nil {
		return text, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return text + string(body), nil
}

// runOnce makes the call, holds its answer until it is remembered, and then
// lets it go.
func (s *Server) runOnce(c echo.Context, one *call, next echo.HandlerFunc) error {
	ctx := context.WithoutCancel(c.Request().Context()) // the outcome is recorded whoever listens
	held := &heldResponse{ResponseWriter: c.Response().Writer, status: http.StatusOK}
	c.Response().Writer = held
	ended := false
	defer func() {
		c.Response().Writer = held.ResponseWriter
		if !ended { // a panic goes by
			s.conclude(ctx, one, nil)
		}
	}()
	err := next(c)
	if err != nil {
		s.writeError(err, c)
	}
	ended = true
	switch {
	case err == nil && one.idempotent.answered:
	case err == nil || problem.Of(err).IsFinal(problem.DoorOf(c.Request().URL.Path)):
		s.conclude(ctx, one, held)
	case hungUp(c.Request()) && !errors.Is(err, repo.ErrUnavailable):
		// What was charged is not given back: whoever calls again has it.
		s.abandon(ctx, one)
	default:
		s.conclude(ctx, one, nil)
	}
	return held.release()
}

// abandon lets the next call with the key take over from this one at once, with
// its debit.
func (s *Server) abandon(ctx context.Context, one *call) {
	ctx, cancel := context.WithTimeout(ctx, concludeTimeout)
	defer cancel()
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		return tx.AbandonCall(ctx, one.idempotent.scope, one.idempotent.key)
	})
	if err != nil { // it can be taken over when its lease is over
		s.Log.Warn("could not give up a call with an Idempotency-Key", "request_id", one.id, "error", err)
	}
}

// conclude remembers the answer, or with nil gives the key back. Where that
// cannot be written the call counts as cut off: it can be made again when its
// lease is over, and is not charged again.
func (s *Server) conclude(ctx context.Context, one *call, held *heldResponse) {
	ctx, cancel := context.WithTimeout(ctx, concludeTimeout)
	defer cancel()
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		if held == nil {
			return tx.ReleaseCall(ctx, one.idempotent.scope, one.idempotent.key)
		}
		return s.answer(ctx, tx, one, held.status, held.body.Bytes(), true)
	})
	if err != nil {
		s.Log.Warn("could not remember the answer to a call with an Idempotency-Key", "request_id", one.id, "error", err)
	}
}
