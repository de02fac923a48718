package alta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Error is the failure of a call, as the server reported it.
type Error struct {
	Operation string       // name of the operation in the contract
	Status    int          // HTTP status
	Code      ErrorCode    // kind of error; empty if the response is not from Alta
	Message   string       // cause; if the request broke several rules, the first of them
	Fields    []FieldError // rules that the request broke
	RequestID string       // id to quote when you report a problem
	header    http.Header
}

// FieldError is a rule that a request broke.
type FieldError struct {
	Field   string // empty at the app door, where the message names the field
	Message string
}

// Error returns the operation, the status, the code, the cause and the request id.
func (e *Error) Error() string {
	text := fmt.Sprintf("alta: %s: %d", e.Operation, e.Status)
	if e.Code != "" {
		text += " " + string(e.Code)
	}
	text += ": " + e.Message
	if e.RequestID != "" {
		text += " (request " + e.RequestID + ")"
	}
	return text
}

// InsufficientTokensError is the failure of a call that costs more tokens than the
// balance. No tokens were taken.
type InsufficientTokensError struct {
	Err            *Error
	CurrentBalance int64
	RequiredCost   int64
	NextRefillAt   time.Time // zero if there is no refill
	Plan           string
	UpgradeURL     string
}

// Error returns the text of Err with the cost and the balance.
func (e *InsufficientTokensError) Error() string {
	return fmt.Sprintf("%s: it costs %d, there are %d", e.Err, e.RequiredCost, e.CurrentBalance)
}

// Unwrap returns the *Error.
func (e *InsufficientTokensError) Unwrap() error { return e.Err }

// RateLimitedError is the failure of a call beyond the rate limit, or of a log-in
// while the address is locked.
type RateLimitedError struct {
	Err        *Error
	RetryAfter time.Duration // from the arrival of the response
}

// Error returns the text of Err with the time to wait.
func (e *RateLimitedError) Error() string {
	return fmt.Sprintf("%s: try again in %s", e.Err, e.RetryAfter)
}

// Unwrap returns the *Error.
func (e *RateLimitedError) Unwrap() error { return e.Err }

// PreconditionFailedError is the failure of a call with [WithIfMatch]: the resource no
// longer has the entity tag. Nothing was changed. Read the resource again, and decide
// again.
type PreconditionFailedError struct{ Err *Error }

// Error returns the text of Err.
func (e *PreconditionFailedError) Error() string { return e.Err.Error() }

// Unwrap returns the *Error.
func (e *PreconditionFailedError) Unwrap() error { return e.Err }

// InvalidResponseError is a success whose body is not the JSON that the contract
// promises. It may be a proxy's.
type InvalidResponseError struct {
	Operation string // name of the operation in the contract
	Status    int    // HTTP status
	RequestID string // id of the call; empty if it has not reached Alta
	Body      []byte
	Err       error // what is wrong with the body
}

// Error returns the operation and what is wrong.
func (e *InvalidResponseError) Error() string {
	return fmt.Sprintf("alta: %s: the answer is not what the contract says: %s", e.Operation, e.Err)
}

// Unwrap returns Err.
func (e *InvalidResponseError) Unwrap() error { return e.Err }

// failure is the body of a failure at either door.
type failure struct {
	Message        texts        `json:"message"`
	Code           ErrorCode    `json:"code"`
	Errors         []FieldError `json:"errors"`
	CurrentBalance int64        `json:"current_balance"`
	RequiredCost   int64        `json:"required_cost"`
	NextRefillAt   time.Time    `json:"next_refill_at"`
	Plan           string       `json:"plan"`
	UpgradeURL     string       `json:"upgrade_url"`
}

// texts is one text or a list of them.
type texts struct {
	all    []string
	isList bool
}

// UnmarshalJSON accepts either.
func (t *texts) UnmarshalJSON(data []byte) error {
	if t.isList = bytes.HasPrefix(data, []byte("[")); t.isList {
		return json.Unmarshal(data, &t.all)
	}
	t.all = make([]string, 1)
	return json.Unmarshal(data, &t.all[0])
}

// newError returns the failure as an *Error or as one of the types that wrap one. A
// proxy in front of the server may send a body that is not JSON.
func newError(operation string, got response) error {
	e := &Error{
		Operation: operation,
		Status:    got.status,
		Code:      ErrorCode(got.header.Get(headerErrorCode)),
		Message:   http.StatusText(got.status),
		RequestID: got.header.Get(headerRequestID),
		header:    got.header,
	}
	var f failure
	if err := json.Unmarshal(got.body, &f); err == nil && len(f.Message.all) > 0 {
		e.Message, e.Fields = f.Message.all[0], f.Errors
		if f.Code != "" {
			e.Code = f.Code
		}
		if f.Message.isList {
			for _, message := range f.Message.all {
				e.Fields = append(e.Fields, FieldError{Message: message})
			}
		}
	}
	switch got.status {
	case http.StatusPaymentRequired:
		return &InsufficientTokensError{
			Err: e, CurrentBalance: f.CurrentBalance, RequiredCost: f.RequiredCost,
			NextRefillAt: f.NextRefillAt, Plan: f.Plan, UpgradeURL: f.UpgradeURL,
		}
	case http.StatusPreconditionFailed:
		return &PreconditionFailedError{Err: e}
	case http.StatusTooManyRequests:
		after, _ := retryAfter(got.header, time.Now())
		return &RateLimitedError{Err: e, RetryAfter: after}
	}
	return e
}
