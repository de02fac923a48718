package problem

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"example.com/alta/gen"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/text"
)

// HeaderCode is the header with the gen.ErrorCode of a failure. The documented bodies
// of the app door have no field for it.
const HeaderCode = "Alta-Error"

// busyPause is the Retry-After of a 503 without a better estimate.
const busyPause = 5 * time.Second

// Writer answers failed calls.
type Writer struct {
	UpgradeURL string // the page to get more tokens
}

// appError is the body of a failure at the app door, with its keys in the documented
// order.
type appError struct {
	StatusCode int    `json:"statusCode"`
	Message    any    `json:"message"` // a string, or a list of them
	Error      string `json:"error,omitempty"`
	shortfall
}

// shortfall has the additional fields of a 402.
type shortfall struct {
	CurrentBalance *int64  `json:"current_balance,omitempty"`
	RequiredCost   *int    `json:"required_cost,omitempty"`
	NextRefillAt   *string `json:"next_refill_at,omitempty"`
	Plan           *string `json:"plan,omitempty"`
	UpgradeURL     *string `json:"upgrade_url,omitempty"`
}

// Write answers a call that failed with err in the format of its door. requestID is
// that of the call. It returns the error of writing the response.
func (w Writer) Write(response http.ResponseWriter, r *http.Request, requestID string, err error) error {
	door, p := DoorOf(r.URL.Path), Of(err)
	if errors.Is(p, ErrNoRoute) || errors.Is(p, ErrMethodNotAllowed) {
		p = p.With(r.Method, text.Truncate(r.URL.Path, 256))
	}
	if watched, isWatched := r.Context().Value(watchKey{}).(*Problem); isWatched {
		*watched = *p.derive()
	}
	code, answer := p.At(door)
	h := response.Header()
	h.Set("Content-Type", "application/json")
	h.Set(HeaderCode, string(code))
	h.Del("Set-Cookie") // of a change that was then rolled back
	if door == AppDoor {
		h.Del("Allow") // the app door has no 405
	}
	if errors.Is(p, ErrUnauthorized) {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if errors.Is(p, ErrContentCoding) {
		h.Set("Accept-Encoding", "identity") // RFC 9110 section 12.5.3
	}
	if delay := p.retryDelay(answer.Status); delay > 0 {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(delay.Seconds())))))
	}
	response.WriteHeader(answer.Status)
	return json.NewEncoder(response).Encode(p.responseBody(w.shortfallOf(p, err), door, requestID))
}

// retryDelay returns how long the client should wait; 0: unknown.
func (p *Problem) retryDelay(status int) time.Duration {
	if p.RetryAfter == 0 && status == http.StatusServiceUnavailable {
		return busyPause
	}
	return p.RetryAfter
}

// responseBody returns the value whose JSON is the body of the door's answer.
func (p *Problem) responseBody(short shortfall, door Door, requestID string) any {
	code, answer := p.At(door)
	if door == AppDoor {
		body := appError{StatusCode: answer.Status, Message: p.appMessage(answer), shortfall: short}
		if !answer.Bare {
			body.Error = http.StatusText(answer.Status)
		}
		return body
	}
	body := gen.Failure{
		Code: code, Message: answer.Text, RequestID: requestID,
		CurrentBalance: short.CurrentBalance, RequiredCost: short.RequiredCost, NextRefillAt: short.NextRefillAt,
		Plan: short.Plan, UpgradeURL: short.UpgradeURL,
	}
	if len(p.Violations) > 0 {
		body.Message, body.Errors = p.Violations[0].Message, p.fields()
	}
	return body
}

func (p *Problem) appMessage(answer Answer) any {
	switch {
	case len(p.Violations) == 0:
		return answer.Text
	case p.Single:
		return p.Violations[0].Message
	}
	list := make([]string, len(p.Violations))
	for i, v := range p.Violations {
		list[i] = v.Message
	}
	return list
}

func (p *Problem) fields() *[]struct {
	Field   string `json:"field"`
	Message string `json:"message"`
} {
	list := make([]struct {
		Field   string `json:"field"`
		Message string `json:"message"`
	}, len(p.Violations))
	for i, v := range p.Violations {
		list[i].Field, list[i].Message = v.Field, v.Message
	}
	return &list
}

// Encode returns the status and the JSON of the API door's answer to err, for answers
// that are stored before they are sent. Its error is that of encoding.
func (w Writer) Encode(err error, requestID string) (status int, body []byte, _ error) {
	p := Of(err)
	_, answer := p.At(APIDoor)
	body, encodeErr := json.Marshal(p.responseBody(w.shortfallOf(p, err), APIDoor, requestID))
	return answer.Status, body, encodeErr
}

// shortfallOf returns the additional fields of a 402; for another problem they are
// empty.
func (w Writer) shortfallOf(p *Problem, err error) shortfall {
	short, ok := errors.AsType[*meter.Insufficient](err)
	if !ok || !errors.Is(p, ErrInsufficientTokens) {
		return shortfall{}
	}
	cost, refill := int(short.Cost), text.Time(short.RefillAt)
	return shortfall{
		CurrentBalance: &short.Balance, RequiredCost: &cost, NextRefillAt: &refill, Plan: &short.Plan, UpgradeURL: &w.UpgradeURL,
	}
}

type watchKey struct{}

// Watch returns a context for a call in the same process. If the call fails, its
// problem is stored in failure; otherwise failure stays the zero Problem.
func Watch(ctx context.Context) (watched context.Context, failure *Problem) {
	failure = &Problem{}
	return context.WithValue(ctx, watchKey{}, failure), failure
}
