package alta

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/oapi-codegen/runtime/types"
)

const (
	headerErrorCode      = "Alta-Error"
	headerIdempotencyKey = "Idempotency-Key"
	headerIfMatch        = "If-Match"
	headerRequestID      = "X-Request-Id"
)

// request is a call that an operation's method has described.
type request struct {
	operation string // name of the operation in the contract
	method    string
	escaped   string // escaped path
	values    url.Values
	header    http.Header
	body      any
	anyone    bool // the operation is open to everyone: no credential is sent
	takesKey  bool // the operation takes an Idempotency-Key
	takesTag  bool // the operation takes an If-Match
	metadata  *Metadata
	encoded   []byte                  // encoded body
	decode    func(body []byte) error // reads the body of a success; nil if it may be anything
	err       error                   // error of a parameter
}

func newRequest(operation, method, path string) *request {
	header := http.Header{"Accept": {"*/*"}, "User-Agent": {"alta-sdk-go"}}
	return &request{operation: operation, method: method, escaped: path, values: url.Values{}, header: header}
}

// path replaces the parameter in the path by the value.
func (r *request) path(name string, value any) {
	text := fmt.Sprint(value)
	if strings.Trim(text, ".") == "" && r.err == nil { // the path would be another one
		r.err = fmt.Errorf("alta: %s: %s is empty or made of dots", r.operation, name)
	}
	r.escaped = strings.ReplaceAll(r.escaped, "{"+name+"}", url.PathEscape(text))
}

// scalar has the types of parameters that are sent as they print. If the contract
// gets another type, the package does not compile.
type scalar interface {
	~string | ~bool | ~int | ~int32 | ~int64 | types.UUID
}

// query adds a parameter to the query, unless the value is nil.
func query[T scalar](r *request, name string, value *T) {
	if value != nil {
		r.values.Set(name, fmt.Sprint(*value))
	}
}

// prepare applies the options and makes the parts that all attempts share.
func (r *request) prepare(options []CallOption) (err error) {
	if r.err != nil {
		return r.err
	}
	for _, option := range options {
		if err := option(r); err != nil {
			return err
		}
	}
	if r.takesKey && r.header.Get(headerIdempotencyKey) == "" {
		r.header.Set(headerIdempotencyKey, rand.Text())
	}
	if r.body == nil {
		return nil
	}
	r.header.Set("Content-Type", "application/json")
	if r.encoded, err = json.Marshal(r.body); err != nil {
		return fmt.Errorf("alta: %s: the body: %w", r.operation, err)
	}
	return nil
}

// isSafe reports whether the call may be repeated if its outcome is not known.
func (r *request) isSafe() bool {
	if r.header.Get(headerIfMatch) != "" { // if it has been done, a repetition without the key is 412
		return r.header.Get(headerIdempotencyKey) != ""
	}
	switch r.method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		return true
	}
	return r.header.Get(headerIdempotencyKey) != ""
}

// response is a response whose body has been read.
type response struct {
	status int
	header http.Header
	body   []byte
}

// try makes the call once. If the server has answered, the error is an *Error or
// wraps one.
func (c *Client) try(ctx context.Context, r *request) (response, error) {
	target := c.base.String() + r.escaped
	if len(r.values) > 0 {
		target += "?" + r.values.Encode()
	}
	httpRequest, err := http.NewRequestWithContext(ctx, r.method, target, bytes.NewReader(r.encoded))
	if err != nil {
		return response{}, fmt.Errorf("alta: %s: %w", r.operation, err)
	}
	httpRequest.Header = r.header.Clone()
	if !r.anyone {
		for name, values := range c.credential {
			httpRequest.Header[name] = values
		}
	}
	httpResponse, err := c.http.Do(httpRequest)
	if err != nil {
		return response{}, fmt.Errorf("alta: %s: %w", r.operation, withoutURL(err))
	}
	defer httpResponse.Body.Close()
	if r.metadata != nil {
		r.metadata.read(httpResponse)
	}
	body, err := io.ReadAll(httpResponse.Body)
	if err != nil {
		return response{}, fmt.Errorf("alta: %s: the answer breaks off: %w", r.operation, err)
	}
	got := response{status: httpResponse.StatusCode, header: httpResponse.Header, body: body}
	if got.status < 200 || got.status > 299 {
		return response{}, newError(r.operation, got)
	}
	if r.decode != nil {
		if err := r.decode(body); err != nil {
			return response{}, &InvalidResponseError{
				Operation: r.operation, Status: got.status, RequestID: got.header.Get(headerRequestID), Body: body, Err: err,
			}
		}
	}
	return got, nil
}

// withoutURL returns the error without the URL, which may contain a secret such as
// the code of an invite.
func withoutURL(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// fileName returns the name of a download, without a directory.
func fileName(header http.Header) string {
	_, parameters, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	if err != nil || parameters["filename"] == "" {
		return ""
	}
	return path.Base(parameters["filename"])
}
