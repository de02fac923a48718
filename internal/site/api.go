package site

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"example.com/alta/gen"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/recorder"
)

// answer is a response of the API.
type answer struct {
	status     int
	header     http.Header
	code       gen.ErrorCode        // of an error
	values     []any                // quoted in the error's text; none: the text quotes none, or the response was stored
	violations []contract.Violation // of a request that breaks the contract, if they are known
	requestID  string
	body       []byte
	storage    bool // the call failed because the storage takes no writes
}

func (a answer) ok() bool { return a.status/100 == 2 }

// isReplayed reports whether the call had been done before, and nothing was done now.
func (a answer) isReplayed() bool { return a.ok() && a.header.Get("Idempotency-Replayed") != "" }

// isAbout reports whether the API rejects the field.
func (a answer) isAbout(field string) bool {
	return slices.ContainsFunc(a.violations, func(v contract.Violation) bool { return v.Field == field })
}

// retryAfter returns when the API wants to be called again, as its header says.
func (a answer) retryAfter() string { return a.header.Get("Retry-After") }

// decode reads the answer into the value that the contract describes.
func (a answer) decode(into any) {
	if err := json.Unmarshal(a.body, into); err != nil {
		panic(fmt.Errorf("the API answers what its contract does not have: %w", err))
	}
}

// waitSeconds returns for how many seconds the caller is to wait, or 0 if the API
// does not say.
func (a answer) waitSeconds() int {
	seconds, err := strconv.Atoi(a.retryAfter())
	if err != nil {
		return 0
	}
	return max(0, seconds)
}

// apiClient calls the API, which is a handler in the same process.
type apiClient struct{ handler http.Handler }

// forwardedHeaders tell the API who calls, for its rate limits and its mails.
// They do not identify a user: a cookie or Authorization is not among them, since
// a form of another site must not be able to use it.
var forwardedHeaders = []string{"User-Agent", "Accept-Language", "X-Forwarded-For", "Forwarded", "X-Real-Ip"}

// newRequest returns a call of the API on behalf of the caller of the page. A
// body is JSON; nil: there is none.
func (c apiClient) newRequest(page *http.Request, method, path string, body []byte) *http.Request {
	r, err := http.NewRequestWithContext(page.Context(), method, path, bytes.NewReader(body))
	if err != nil {
		panic(err) // a page has a bad method or path
	}
	r.Host, r.RemoteAddr, r.RequestURI, r.TLS = page.Host, page.RemoteAddr, path, page.TLS
	for _, name := range forwardedHeaders {
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

// encode returns the value in JSON. It panics if the type has no form in JSON.
func encode(value any) []byte {
	content, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return content
}

// do calls the API.
func (c apiClient) do(r *http.Request) answer {
	watched, told := problem.Watch(r.Context())
	recorded := recorder.New(http.Header{})
	c.handler.ServeHTTP(recorded, r.WithContext(watched))
	return readAnswer(recorded, told)
}

// readAnswer returns the recorded response. A failure has its code in a header,
// and told is its problem. For a response that was stored with an
// Idempotency-Key, told is empty: then only the API door's body names the fields.
func readAnswer(r *recorder.Response, told *problem.Problem) answer {
	a := answer{status: r.Status, header: r.Header(), body: r.Body.Bytes()}
	if a.ok() {
		return a
	}
	a.code = gen.ErrorCode(r.Header().Get(problem.HeaderCode))
	a.values, a.violations, a.storage = told.Values, told.Violations, errors.Is(told, problem.ErrStorage)
	var body struct {
		RequestID string `json:"request_id"`
		Errors    []struct {
			Field string `json:"field"`
		} `json:"errors"`
	}
	if json.Unmarshal(a.body, &body) != nil {
		return a // the status says that the call failed
	}
	a.requestID = body.RequestID
	if len(a.violations) == 0 {
		for _, e := range body.Errors {
			a.violations = append(a.violations, contract.Violation{Field: e.Field})
		}
	}
	return a
}
