package stage

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// storedHeaders are the headers of a response that are stored with it. The others
// are made anew for each call that gets it.
var storedHeaders = []string{
	"Content-Type", "Location", "Set-Cookie", headerTokenCost, headerTokenBalance, HeaderDisposition, HeaderTotal, HeaderTruncated,
	problem.HeaderCode,
}

const headerReplayed = "Idempotency-Replayed"

// storedResponse is a response as it is stored.
type storedResponse struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// Write runs do in a transaction, and stores in it the response that do returns
// with the call's Idempotency-Key: the deed and its response are one commit, and a
// retry gets the response. visit is the response's own Visit method. Every
// operation that changes something and takes an Idempotency-Key uses Write, except
// for registering, whose response depends on a mail: see StoreFailure.
func Write[R any](
	ctx context.Context, s *Stages, visit func(R, http.ResponseWriter) error, do func(*repo.Tx) (R, error),
) (response R, err error) {
	err = s.repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		if response, err = do(tx); err != nil {
			return err
		}
		return s.storeResponse(ctx, tx, func(w http.ResponseWriter) error { return visit(response, w) })
	})
	return response, err
}

// storeResponse stores the response that visit writes. Without an Idempotency-Key
// it does nothing.
func (s *Stages) storeResponse(ctx context.Context, tx *repo.Tx, visit func(http.ResponseWriter) error) error {
	call := From(ctx)
	if call.idempotent == nil {
		return nil
	}
	held := &heldResponse{ResponseWriter: discard{call.Header}, status: http.StatusOK}
	if err := visit(held); err != nil {
		return err
	}
	call.idempotent.stored = true
	return s.storeHeld(ctx, tx, call, held)
}

// StoreFailure stores what a retry gets if the call is cut off after the
// transaction and before its response is known. The response itself replaces it.
func (s *Stages) StoreFailure(ctx context.Context, tx *repo.Tx, failure error) error {
	call := From(ctx)
	if call.idempotent == nil {
		return nil
	}
	status, body, err := s.problems.Encode(failure, call.ID)
	if err != nil {
		return err
	}
	i := call.idempotent
	sealed, err := s.sealResponse(call, status, body)
	if err != nil {
		return err
	}
	return tx.PrepareCall(ctx, i.scope, i.key, sealed)
}

// Own records that the stored response of the call is of the user, who has just
// been made: it goes when the user does.
func (s *Stages) Own(ctx context.Context, tx *repo.Tx, userID uuid.UUID) error {
	i := From(ctx).idempotent
	if i == nil {
		return nil
	}
	return tx.OwnCall(ctx, i.scope, i.key, userID)
}

func (s *Stages) storeHeld(ctx context.Context, tx *repo.Tx, call *Call, held *heldResponse) error {
	i := call.idempotent
	sealed, err := s.sealResponse(call, held.status, held.body.Bytes())
	if err != nil {
		return err
	}
	return tx.AnswerCall(ctx, i.scope, i.key, sealed)
}

// sealResponse returns the response with the call's headers, encrypted.
func (s *Stages) sealResponse(call *Call, status int, body []byte) (string, error) {
	response := storedResponse{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
	for _, name := range storedHeaders {
		if values := call.Header.Values(name); len(values) > 0 {
			response.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	text, err := json.Marshal(response)
	if err != nil {
		return "", err
	}
	i := call.idempotent
	return s.keys.Seal(identity.PurposeAnswer, i.scope+" "+i.key, string(text)), nil
}

// replay answers with the stored response of the first call.
func (s *Stages) replay(c echo.Context, row repo.IdempotentCall) error {
	text, err := s.keys.Open(identity.PurposeAnswer, row.Scope+" "+row.Key, row.Response)
	if err != nil {
		return err
	}
	var a storedResponse
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

// heldResponse holds a response until it is stored.
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
