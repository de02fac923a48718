package alta

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// CallOption changes one call.
type CallOption func(*request) error

// WithIdempotencyKey makes the call under a key of one's own in place of a
// random one: if it has been made under the key in the last 24 hours, even by
// another process, it is not made again and gets the first one's answer. It
// fails for operations that take none.
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

// Metadata is what an answer says beside its body.
type Metadata struct {
	Status       int
	RequestID    string // to quote when something is wrong
	TokenCost    *int64 // what the call took from the balance; nil where calls are free
	TokenBalance *int64 // what it left
	Header       http.Header
}

// WithMetadata has the metadata of the last answer to the call written to
// target, of a refusal, too.
func WithMetadata(target *Metadata) CallOption {
	return func(r *request) error {
		r.metadata = target
		return nil
	}
}

func (m *Metadata) read(response *http.Response) {
	*m = Metadata{
		Status:       response.StatusCode,
		RequestID:    response.Header.Get(headerRequestID),
		TokenCost:    tokens(response.Header, "X-Token-Cost"),
		TokenBalance: tokens(response.Header, "X-Token-Balance"),
		Header:       response.Header,
	}
}

func tokens(header http.Header, name string) *int64 {
	n, err := strconv.ParseInt(header.Get(name), 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

// do makes a call that is answered without a body.
func (c *Client) do(ctx context.Context, r *request, options []CallOption) error {
	_, err := c.send(ctx, r, options)
	return err
}

// fetch makes a call that is answered with JSON.
func fetch[T any](ctx context.Context, c *Client, r *request, options []CallOption) (value T, err error) {
	got, err := c.send(ctx, r, options)
	if err != nil {
		return value, err
	}
	if err := json.Unmarshal(got.body, &value); err != nil {
		return value, fmt.Errorf("alta: %s: the answer is not what the contract says: %w", r.operation, err)
	}
	return value, nil
}

// File is a download.
type File struct {
	Name        string // as the server proposes it
	ContentType string
	Body        []byte
}

// download makes a call that is answered with a file.
func (c *Client) download(ctx context.Context, r *request, options []CallOption) (File, error) {
	got, err := c.send(ctx, r, options)
	if err != nil {
		return File{}, err
	}
	return File{Name: fileName(got.header), ContentType: got.header.Get("Content-Type"), Body: got.body}, nil
}
