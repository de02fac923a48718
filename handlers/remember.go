package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// rememberedHeaders are those of an answer that are kept with it. The others
// are made anew for whoever gets it again.
var rememberedHeaders = []string{
	"Content-Type", "Location", "Set-Cookie", headerTokenCost, headerTokenBalance, headerDisposition, headerTotal, headerTruncated, problem.HeaderCode,
}

const headerReplayed = "Idempotency-Replayed"

// rememberedAnswer is an answer as it is kept.
type rememberedAnswer struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// write runs do in a transaction, and stores in it the response that do returns
// with the call's Idempotency-Key: the deed and its answer are one commit, and a
// retry gets the answer. visit is the response's own Visit method. Every write
// that takes an Idempotency-Key goes through it, but for registering, whose answer
// depends on a mail.
func write[R any](
	ctx context.Context, s *Server, visit func(R, http.ResponseWriter) error, do func(*repo.Tx) (R, error),
) (response R, err error) {
	err = s.Repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		if response, err = do(tx); err != nil {
			return err
		}
		return s.storeResponse(ctx, tx, func(w http.ResponseWriter) error { return visit(response, w) })
	})
	return response, err
}

// inWorkspace is write in the caller's workspace, which it locks.
func inWorkspace[R any](
	ctx context.Context, s *Server, visit func(R, http.ResponseWriter) error, do func(*repo.Tx, repo.Workspace) (R, error),
) (R, error) {
	return write(ctx, s, visit, func(tx *repo.Tx) (response R, err error) {
		w, err := tx.LockWorkspace(ctx, callFrom(ctx).principal.UserID)
		if err != nil {
			return response, gone(err)
		}
		return do(tx, w)
	})
}

// storeResponse stores the response that visit writes. Without an
// Idempotency-Key it does nothing.
func (s *Server) storeResponse(ctx context.Context, tx *repo.Tx, visit func(http.ResponseWriter) error) error {
	one := callFrom(ctx)
	if one.idempotent == nil {
		return nil
	}
	written := &heldResponse{ResponseWriter: discard{one.header}, status: http.StatusOK}
	if err := visit(written); err != nil {
		return err
	}
	one.idempotent.answered = true
	return s.answer(ctx, tx, one, written.status, written.body.Bytes(), true)
}

// rememberFailure keeps what is to be answered if the call is cut off after the
// handler's transaction and before its real answer is known.
func (s *Server) rememberFailure(ctx context.Context, tx *repo.Tx, failure error) error {
	one := callFrom(ctx)
	if one.idempotent == nil {
		return nil
	}
	status, body, err := s.problems.Encode(failure, one.id)
	if err != nil {
		return err
	}
	return s.answer(ctx, tx, one, status, body, false)
}

// answer keeps an answer: the final one, or what is to be answered if the call
// is cut off.
func (s *Server) answer(ctx context.Context, tx *repo.Tx, one *call, status int, body []byte, final bool) error {
	a := rememberedAnswer{status, http.Header{"Content-Type": {"application/json"}}, body}
	for _, name := range rememberedHeaders {
		if values := one.header.Values(name); len(values) > 0 {
			a.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	i := one.idempotent
	sealed := s.Keys.Seal(identity.PurposeAnswer, i.scope+" "+i.key, string(text))
	if final {
		return tx.AnswerCall(ctx, i.scope, i.key, sealed)
	}
	return tx.PrepareCall(ctx, i.scope, i.key, sealed)
}

// replay answers as the first call was answered.
func (s *Server) replay(c echo.Context, row repo.IdempotentCall) error {
	text, err := s.Keys.Open(identity.PurposeAnswer, row.Scope+" "+row.Key, row.Response)
	if err != nil {
		return err
	}
	var a rememberedAnswer
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return err
	}
	h := c.Response().Header()
	for name, values := range a.Header {
		h[name] = values
	}
	h.Set(headerReplayed, "true")
	c.Response().WriteHeader(a.Status)
	_, err = c.Response().Write(a.Body)
	return err
}

// heldResponse keeps a response instead of sending it.
type heldResponse struct {
	http.ResponseWriter
	status  int
	written bool
	body    bytes.Buffer
}

// WriteHeader is part of http.ResponseWriter.
func (h *heldResponse) WriteHeader(status int) {
	if !h.written {
		h.status, h.written = status, true
	}
}

// Write is part of http.ResponseWriter.
func (h *heldResponse) Write(p []byte) (int, error) {
	h.written = true
	return h.body.Write(p)
}

// release sends what was kept.
func (h *heldResponse) release() error {
	h.ResponseWriter.WriteHeader(h.status)
	_, err := h.ResponseWriter.Write(h.body.Bytes())
	return err
}

// discard is a ResponseWriter with a header and nobody behind it.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}
