package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// Codes of the API's errors that pages have something of their own to say of.
const (
	codeNone           = "" // the app door's errors have none
	codeInvalidRequest = "invalid_request"
	codeTokenInvalid   = "token_invalid"
	codeEmailTaken     = "email_taken"
	codeUnverified     = "email_unverified"
	codeMailFailed     = "mail_failed"
)

// answer is what the API answered.
type answer struct {
	status     int
	retryAfter string // as in the header
	code       string
	fields     []string // that were refused
	messages   []string // of an error: one, or one a rule that was broken
	requestID  string
	body       []byte
}

func (a answer) ok() bool { return a.status/100 == 2 }

func (a answer) is(code string) bool { return a.status == http.StatusBadRequest && a.code == code }

func (a answer) refuses(field string) bool { return slices.Contains(a.fields, field) }

// decode reads what the API answered into the value that its contract gives.
func (a answer) decode(into any) {
	if err := json.Unmarshal(a.body, into); err != nil {
		panic(fmt.Errorf("the API answers what its contract does not have: %w", err))
	}
}

// wait returns for how many seconds the API wants to be left alone, or 0 when
// it does not say.
func (a answer) wait() int {
	seconds, err := strconv.Atoi(a.retryAfter)
	if err != nil {
		return 0
	}
	return max(0, seconds)
}

// personal are the headers that tell the API who calls, for its rate limits
// and its mails. What would make the call somebody's, a cookie or
// Authorization, is not among them: a form of another site must not be able
// to use it.
var personal = []string{"User-Agent", "Accept-Language", "X-Forwarded-For", "Forwarded", "X-Real-Ip"}

// call calls the API on behalf of whoever called the page, as anybody: no
// cookie goes along.
func (s *Site) call(page *http.Request, method, path string, values map[string]string) answer {
	body, err := json.Marshal(values)
	if err != nil {
		panic(err) // text always has a form in JSON
	}
	return s.record(s.request(page, method, path, body)).answer()
}

// request returns a call of the API for whoever called the page. A body is
// JSON; nil: there is none.
func (s *Site) request(page *http.Request, method, path string, body []byte) *http.Request {
	r, err := http.NewRequestWithContext(page.Context(), method, path, bytes.NewReader(body))
	if err != nil {
		panic(err) // the caller's method or path is none
	}
	r.Host, r.RemoteAddr, r.RequestURI, r.TLS = page.Host, page.RemoteAddr, path, page.TLS
	for _, name := range personal {
		if values := page.Header.Values(name); len(values) > 0 {
			r.Header[name] = slices.Clone(values)
		}
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept", "application/json")
	return r
}

func (s *Site) record(r *http.Request) *recorder {
	recorded := &recorder{header: http.Header{}, status: http.StatusOK}
	s.config.API.ServeHTTP(recorded, r)
	return recorded
}

// recorder keeps a response instead of sending it.
type recorder struct {
	header  http.Header
	status  int
	written bool
	body    bytes.Buffer
}

// Header is part of http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader is part of http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if !r.written {
		r.status, r.written = status, true
	}
}

// Write is part of http.ResponseWriter.
func (r *recorder) Write(p []byte) (int, error) {
	r.written = true
	return r.body.Write(p)
}

func (r *recorder) answer() answer {
	a := answer{status: r.status, retryAfter: r.header.Get("Retry-After"), body: r.body.Bytes()}
	var body struct {
		Code      string          `json:"code"`
		RequestID string          `json:"request_id"`
		Message   json.RawMessage `json:"message"`
		Errors    []struct {
			Field   string `json:"field"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	if a.ok() || json.Unmarshal(a.body, &body) != nil {
		return a // it is the status that says whether the call went well
	}
	a.code, a.requestID = body.Code, body.RequestID
	for _, e := range body.Errors {
		a.fields, a.messages = append(a.fields, e.Field), append(a.messages, e.Message)
	}
	if len(a.fields) > 0 {
		return a
	}
	var one string
	if json.Unmarshal(body.Message, &one) == nil {
		a.messages = []string{one}
	} else {
		_ = json.Unmarshal(body.Message, &a.messages) // neither: it says nothing
	}
	return a
}
