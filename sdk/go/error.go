package alta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Error is a call that the server refused or failed at.
type Error struct {
	Operation string       // as the contract names it
	Status    int          // of HTTP
	Code      ErrorCode    // the kind of error, at the API door; empty at the app door
	Message   string       // what went wrong; of several rules that were broken, the first
	Fields    []FieldError // each rule that was broken
	RequestID string       // to quote when reporting a problem
	header    http.Header
}

// FieldError is a rule that a request broke.
type FieldError struct {
	Field   string // at the API door; at the app door the message names it
	Message string
}

// Error says what failed and why.
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

// InsufficientTokensError is a call that costs more tokens than there are. It
// took none.
type InsufficientTokensError struct {
	Err            *Error
	CurrentBalance int64
	RequiredCost   int64
	NextRefillAt   time.Time // zero where there is no refill
	Plan           string
	UpgradeURL     string
}

// Error says what failed and how much it lacks.
func (e *InsufficientTokensError) Error() string {
	return fmt.Sprintf("%s: it costs %d, there are %d", e.Err, e.RequiredCost, e.CurrentBalance)
}

// Unwrap returns the *Error.
func (e *InsufficientTokensError) Unwrap() error { return e.Err }

// RateLimitedError is a call too many, or an attempt to log in while the
// address is locked.
type RateLimitedError struct {
	Err        *Error
	RetryAfter time.Duration // from when the answer came
}

// Error says what failed and when to try again.
func (e *RateLimitedError) Error() string {
	return fmt.Sprintf("%s: try again in %s", e.Err, e.RetryAfter)
}

// Unwrap returns the *Error.
func (e *RateLimitedError) Unwrap() error { return e.Err }

// failure is the body of a failure, of both doors.
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

// UnmarshalJSON takes either.
func (t *texts) UnmarshalJSON(data []byte) error {
	if t.isList = bytes.HasPrefix(data, []byte("[")); t.isList {
		return json.Unmarshal(data, &t.all)
	}
	t.all = make([]string, 1)
	return json.Unmarshal(data, &t.all[0])
}

// newError returns the failure as an *Error or one of its relatives. What
// stands before the server, a proxy say, may answer otherwise than in JSON.
func newError(operation string, got answer) error {
	e := &Error{Operation: operation, Status: got.status, Message: http.StatusText(got.status), header: got.header}
	e.RequestID = got.header.Get(headerRequestID)
	var f failure
	if err := json.Unmarshal(got.body, &f); err == nil && len(f.Message.all) > 0 {
		e.Message, e.Code, e.Fields = f.Message.all[0], f.Code, f.Errors
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
	case http.StatusTooManyRequests:
		after, _ := retryAfter(got.header, time.Now())
		return &RateLimitedError{Err: e, RetryAfter: after}
	}
	return e
}
