package stage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/recorder"
	"example.com/alta/repo"
)

// storedHeaders are the headers that are stored with a response. The others are set
// again for each retry.
var storedHeaders = []string{
	"Content-Type", "Location", "Set-Cookie", headerTokenCost, headerTokenBalance, HeaderDisposition, HeaderTotal, HeaderTruncated, headerETag,
	problem.HeaderCode,
}

// maxStoredRead is the largest body that is stored of a call that only reads, in bytes.
// Of a larger one the debit is: it can be read again, and exports would fill the disk.
const maxStoredRead = 1024

// maxStoredWrite is the largest body that is stored of a call that changes something, in
// bytes. No operation of the contract has a larger one; its change would be undone.
const maxStoredWrite = 64 << 10

const headerReplayed = "Idempotency-Replayed"

// storedResponse is the stored form of a response.
type storedResponse struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`

	Anew bool `json:"anew,omitempty"` // the call only reads: there is no body, and a retry reads again

	PasswordHash string `json:"password_hash,omitempty"` // of the request; a repeat must have the same password
}

// Write runs do in a transaction, stores the returned response with the call's
// Idempotency-Key in the same transaction, and returns the response. The change and
// its response are committed together, so a retry gets the response. visit is the
// response's own Visit method. Every operation that changes something and takes an
// Idempotency-Key uses Write, except for Register, whose response depends on a
// mail: see StoreFailure. Its errors are those of do, visit and the database.
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

// storeResponse stores the response that visit writes. It does nothing if the call
// has no Idempotency-Key.
func (s *Stages) storeResponse(ctx context.Context, tx *repo.Tx, visit func(http.ResponseWriter) error) error {
	call := From(ctx)
	if call.idempotent == nil {
		return nil
	}
	held := recorder.New(call.Header)
	if err := visit(held); err != nil {
		return err
	}
	call.idempotent.stored = true
	return s.storeHeld(ctx, tx, call, held)
}

// StoreFailure stores the answer to failure, for retries in case the call is
// interrupted after the transaction and before its response is known. The response
// itself replaces it.
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

// SetOwner makes the new user the owner of the call's stored response, which is
// then deleted with the user.
func (s *Stages) SetOwner(ctx context.Context, tx *repo.Tx, userID uuid.UUID) error {
	i := From(ctx).idempotent
	if i == nil {
		return nil
	}
	return tx.OwnCall(ctx, i.scope, i.key, userID)
}

func (s *Stages) storeHeld(ctx context.Context, tx *repo.Tx, call *Call, held *recorder.Response) error {
	i := call.idempotent
	sealed, err := s.sealResponse(call, held.Status, held.Body.Bytes())
	if err != nil {
		return err
	}
	return tx.AnswerCall(ctx, i.scope, i.key, sealed)
}

// sealResponse returns the encrypted response with the call's headers.
func (s *Stages) sealResponse(call *Call, status int, body []byte) (string, error) {
	response := storedResponse{
		Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: body, PasswordHash: call.idempotent.passwordHash,
	}
	names := storedHeaders
	if call.reads && len(body) > maxStoredRead {
		response.Header, response.Body, response.Anew = http.Header{}, nil, true
		names = []string{headerTokenCost, headerTokenBalance}
	}
	if len(response.Body) > maxStoredWrite {
		return "", fmt.Errorf("the response has %d bytes, and one of more than %d is not kept for retries", len(body), maxStoredWrite)
	}
	for _, name := range names {
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

// KeepPasswordHash makes repeats of the call prove that they have the same password.
// The hash is the slow one that the user gets, so that none is made for this.
func (s *Stages) KeepPasswordHash(ctx context.Context, hash string) {
	if i := From(ctx).idempotent; i != nil {
		i.passwordHash = hash
	}
}

// replay answers with the stored response of the first call or, if that only reads, by
// running the call again without charging it. Its error is
// problem.ErrIdempotencyMismatch if the repeat has another password.
func (s *Stages) replay(c echo.Context, row repo.IdempotentCall, password string, next echo.HandlerFunc) error {
	text, err := s.keys.Open(identity.PurposeAnswer, row.Scope+" "+row.Key, row.Response)
	if err != nil {
		return err
	}
	var a storedResponse
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return err
	}
	if a.PasswordHash != "" {
		same, _, err := s.hasher.Verify(c.Request().Context(), identity.Caller{Network: From(c.Request().Context()).Network()}, a.PasswordHash, password)
		if err != nil {
			return err
		}
		if !same {
			return problem.ErrIdempotencyMismatch
		}
	}
	h := c.Response().Header()
	if a.Anew {
		From(c.Request().Context()).paid = a.Header
		h.Set(headerReplayed, "true")
		return next(c)
	}
	for name, values := range a.Header {
		h[name] = values
	}
	h.Set(headerReplayed, "true")
	c.Response().WriteHeader(a.Status)
	_, err = c.Response().Write(a.Body)
	return err
}
