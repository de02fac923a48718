package docs

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sent is a request as a server receives it.
type sent struct {
	Method, Target, ContentType, Authorization, Key string
	Body                                            any
}

// wantSent returns the request that each sample of the operation has to send.
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

// recorder is a server that records what the samples of operations send. It
// answers each with the first example of its operation's success.
type recorder struct {
	*httptest.Server
	operations []*Operation
	mu         sync.Mutex
	requests   map[int][]sent // by the operation's index
}

const download = "the file"

// baseURL returns the URL of the server for the samples of one operation. Its
// path tells them apart, so that they may run in any order.
func (rec *recorder) baseURL(operation int) string { return fmt.Sprintf("%s/%d/", rec.URL, operation) }

func record(t *testing.T) *recorder {
	rec := &recorder{operations: sampled(t), requests: map[int][]sent{}}
	rec.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		number, target, _ := strings.Cut(strings.TrimPrefix(r.RequestURI, "/"), "/")
		index, err := strconv.Atoi(number)
		if err != nil || index >= len(rec.operations) {
			t.Errorf("a request of no operation: %s %s", r.Method, r.RequestURI)
			return
		}
		rec.mu.Lock()
		defer rec.mu.Unlock()
		rec.requests[index] = append(rec.requests[index], sent{
			Method: r.Method, Target: "/" + target, ContentType: r.Header.Get("Content-Type"),
			Authorization: r.Header.Get("Authorization"), Key: r.Header.Get("X-API-Key"), Body: decoded(t, string(body)),
		})
		answer(w, rec.operations[index])
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

// check reports operations whose samples have not sent the one request that
// they should send, or have not saved the file that they should save.
func (rec *recorder) check(t *testing.T, dir string) {
	t.Helper()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	for i, op := range rec.operations {
		if diff := cmp.Diff([]sent{wantSent(t, op)}, rec.requests[i]); diff != "" {
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
