package docs

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sent is a request as a server sees it.
type sent struct {
	Method, Target, ContentType, Authorization, Key string
	Body                                            any
}

// wantSent is what each sample of the operation sends.
func wantSent(t *testing.T, op *Operation) sent {
	t.Helper()
	want := sent{Method: op.Request.Method, Target: op.Request.Target(), Body: decoded(t, op.Request.Body)}
	if op.Request.Body != "" {
		want.ContentType = jsonType
	}
	switch op.Credential.Header {
	case "Authorization":
		want.Authorization = op.Credential.Value
	case "X-API-Key":
		want.Key = op.Credential.Value
	}
	return want
}

func decoded(t *testing.T, body string) any {
	t.Helper()
	if body == "" {
		return nil
	}
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Errorf("%v: %s", err, body)
	}
	return value
}

// recorder answers the samples of the operations, which come in order, as the
// first sample of their success says.
type recorder struct {
	*httptest.Server
	mu       sync.Mutex
	requests []sent
}

const download = "the file"

func record(t *testing.T) *recorder {
	ops := sampled(t)
	rec := &recorder{}
	rec.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		rec.mu.Lock()
		defer rec.mu.Unlock()
		if len(rec.requests) == len(ops) {
			t.Errorf("one request too many: %s %s", r.Method, r.RequestURI)
			return
		}
		op := ops[len(rec.requests)]
		rec.requests = append(rec.requests, sent{
			Method: r.Method, Target: r.RequestURI, ContentType: r.Header.Get("Content-Type"),
			Authorization: r.Header.Get("Authorization"), Key: r.Header.Get("X-API-Key"), Body: decoded(t, string(body)),
		})
		answer(w, op)
	}))
	t.Cleanup(rec.Close)
	return rec
}

func answer(w http.ResponseWriter, op *Operation) {
	success := op.Success()
	if success.redirects() {
		w.Header().Set("Location", "https://example.com/elsewhere")
	}
	w.WriteHeader(success.Status)
	switch {
	case op.Request.File != "":
		_, _ = io.WriteString(w, download)
	case len(success.Samples) > 0:
		_, _ = io.WriteString(w, success.Samples[0].Text)
	}
}

// check compares what came with what the samples should send.
func (rec *recorder) check(t *testing.T, dir string) {
	t.Helper()
	ops := sampled(t)
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.requests) != len(ops) {
		t.Fatalf("%d requests came, want %d", len(rec.requests), len(ops))
	}
	for i, op := range ops {
		if diff := cmp.Diff(wantSent(t, op), rec.requests[i]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", op.ID, diff)
		}
		if op.Request.File == "" {
			continue
		}
		if file, err := os.ReadFile(filepath.Join(dir, op.Request.File)); err != nil || string(file) != download {
			t.Errorf("%s saved %q: %v", op.ID, file, err)
		}
	}
}
