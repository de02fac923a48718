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
	headerIdempotencyKey = "Idempotency-Key"
	headerRequestID      = "X-Request-Id"
)

// request is a call as an operation's method describes it.
type request struct {
	operation string // as the contract names it
	method    string
	escaped   string // the path
	values    url.Values
	header    http.Header
	body      any
	anyone    bool // may call: no credential is sent
	takesKey  bool // an Idempotency-Key
	metadata  *Metadata
	encoded   []byte // the body
	err       error  // why it cannot be made
}

func newRequest(operation, method, path string) *request {
	header := http.Header{"Accept": {"*/*"}, "User-Agent": {"alta-sdk-go"}}
	return &request{operation: operation, method: method, escaped: path, values: url.Values{}, header: header}
}

// path puts the value into the path.
func (r *request) path(name string, value any) {
	text := fmt.Sprint(value)
	if strings.Trim(text, ".") == "" && r.err == nil { // it would make it another path
		r.err = fmt.Errorf("alta: %s: %s is empty or made of dots", r.operation, name)
	}
	r.escaped = strings.ReplaceAll(r.escaped, "{"+name+"}", url.PathEscape(text))
}

// scalar are the types of parameters that are written as they print. Another
// type in the contract does not compile, rather than being sent wrong.
type scalar interface {
	~string | ~bool | ~int | ~int32 | ~int64 | types.UUID
}

// query adds a parameter to the query, unless the value is nil.
func query[T scalar](r *request, name string, value *T) {
	if value != nil {
		r.values.Set(name, fmt.Sprint(*value))
	}
}

// prepare applies the options and makes what every try of the call has in
// common.
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

// isSafe reports whether the call may be made again when it is not known what
// has become of it.
func (r *request) isSafe() bool {
	switch r.method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		return true
	}
	return r.header.Get(headerIdempotencyKey) != ""
}

// answer is a response that has been read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// try makes the call once. Its error is an *Error or a relative where the
// server has answered.
func (c *Client) try(ctx context.Context, r *request) (answer, error) {
	target := c.base.String() + r.escaped
	if len(r.values) > 0 {
		target += "?" + r.values.Encode()
	}
	httpRequest, err := http.NewRequestWithContext(ctx, r.method, target, bytes.NewReader(r.encoded))
	if err != nil {
		return answer{}, fmt.Errorf("alta: %s: %w", r.operation, err)
	}
	httpRequest.Header = r.header.Clone()
	if !r.anyone {
		for name, values := range c.credential {
			httpRequest.Header[name] = values
		}
	}
	response, err := c.http.Do(httpRequest)
	if err != nil {
		return answer{}, fmt.Errorf("alta: %s: %w", r.operation, withoutURL(err))
	}
	defer response.Body.Close()
	if r.metadata != nil {
		r.metadata.read(response)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, fmt.Errorf("alta: %s: the answer breaks off: %w", r.operation, err)
	}
	got := answer{response.StatusCode, response.Header, body}
	if got.status < 200 || got.status > 299 {
		return answer{}, newError(r.operation, got)
	}
	return got, nil
}

// withoutURL is what went wrong. The URL, with which net/http begins, may have a
// secret in it: the code of an invite.
func withoutURL(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// fileName is the name of a download, without a directory.
func fileName(header http.Header) string {
	_, parameters, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	if err != nil || parameters["filename"] == "" {
		return ""
	}
	return path.Base(parameters["filename"])
}
