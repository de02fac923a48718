// Package recorder records HTTP responses instead of sending them.
package recorder

import (
	"bytes"
	"net/http"
)

// Response is an http.ResponseWriter that keeps the response in memory.
type Response struct {
	Status int
	Body   bytes.Buffer

	header  http.Header
	written bool
}

// New returns a Response with status 200 and an empty body, whose headers are set in
// header.
func New(header http.Header) *Response {
	return &Response{Status: http.StatusOK, header: header}
}

// Header is part of http.ResponseWriter.
func (r *Response) Header() http.Header { return r.header }

// WriteHeader is part of http.ResponseWriter.
func (r *Response) WriteHeader(status int) {
	if !r.written {
		r.Status, r.written = status, true
	}
}

// Write is part of http.ResponseWriter.
func (r *Response) Write(p []byte) (int, error) {
	r.written = true
	return r.Body.Write(p)
}

// SendTo writes the status and the body to w. It returns the error of writing the
// body.
func (r *Response) SendTo(w http.ResponseWriter) error {
	w.WriteHeader(r.Status)
	_, err := w.Write(r.Body.Bytes())
	return err
}
