package alta

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// CallOption changes one call.
type CallOption func(*request) error

// WithIdempotencyKey makes the call with this key instead of a random one. If a call
// with the key was made in the last 24 hours, even by another process, the server
// does nothing and repeats the first response. The option fails for an operation
// that takes no key.
func WithIdempotencyKey(key string) CallOption {
	return func(r *request) error {
		if !r.takesKey {
			return fmt.Errorf("alta: %s takes no Idempotency-Key", r.operation)
		}
		if key == "" {
			return fmt.Errorf("alta: %s: the Idempotency-Key is empty", r.operation)
		}
		r.header.Set(headerIdempotencyKey, key)
		return nil
	}
}

// WithIfMatch makes the call only if the resource still has the entity tag, which is
// Metadata.ETag of an earlier call, or "*" for any. Otherwise the call fails with a
// *PreconditionFailedError, and the server does nothing. The option fails for an
// operation that takes no If-Match.
func WithIfMatch(tag string) CallOption {
	return func(r *request) error {
		if !r.takesTag {
			return fmt.Errorf("alta: %s takes no If-Match", r.operation)
		}
		if tag == "" {
			return fmt.Errorf("alta: %s: the entity tag is empty", r.operation)
		}
		r.header.Set(headerIfMatch, tag)
		return nil
	}
}

// Metadata is the part of a response besides its body.
type Metadata struct {
	Status       int
	RequestID    string // id to quote when you report a problem
	TokenCost    *int64 // tokens that the call cost; nil if it was free
	TokenBalance *int64 // tokens that are left
	ETag         string // entity tag of the resource, for WithIfMatch; empty if the response has none
	Header       http.Header
}

// WithMetadata writes the metadata of the last response to target, even if the call
// fails.
func WithMetadata(target *Metadata) CallOption {
	return func(r *request) error {
		r.metadata = target
		return nil
	}
}

func (m *Metadata) read(got *http.Response) {
	*m = Metadata{
		Status:       got.StatusCode,
		RequestID:    got.Header.Get(headerRequestID),
		TokenCost:    tokens(got.Header, "X-Token-Cost"),
		TokenBalance: tokens(got.Header, "X-Token-Balance"),
		ETag:         got.Header.Get("ETag"),
		Header:       got.Header,
	}
}

func tokens(header http.Header, name string) *int64 {
	n, err := strconv.ParseInt(header.Get(name), 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

// do makes a call whose response has no body.
func (c *Client) do(ctx context.Context, r *request, options []CallOption) error {
	_, err := c.send(ctx, r, options)
	return err
}

// fetch makes a call whose response is JSON.
func fetch[T any](ctx context.Context, c *Client, r *request, options []CallOption) (value T, err error) {
	r.decode = func(body []byte) error {
		var decoded T
		if text := bytes.TrimLeft(body, " \t\r\n"); !bytes.HasPrefix(text, []byte("{")) && !bytes.HasPrefix(text, []byte("[")) {
			return errors.New("it is no JSON object and no list")
		}
		if err := json.Unmarshal(body, &decoded); err != nil {
			return err
		}
		value = decoded
		return nil
	}
	_, err = c.send(ctx, r, options)
	return value, err
}

// File is a downloaded file.
type File struct {
	Name        string // name that the server proposes
	ContentType string
	Body        []byte
}

// download makes a call whose response is a file.
func (c *Client) download(ctx context.Context, r *request, options []CallOption) (File, error) {
	got, err := c.send(ctx, r, options)
	if err != nil {
		return File{}, err
	}
	return File{Name: fileName(got.header), ContentType: got.header.Get("Content-Type"), Body: got.body}, nil
}
