package site

import (
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"example.com/alta/internal/site/mailbox"
	"example.com/alta/internal/site/pagetest"
)

// The names of pagetest, short.
const evil = pagetest.Evil

var (
	get      = pagetest.Get
	post     = pagetest.Post
	do       = pagetest.Do
	contains = pagetest.Contains
)

// fakeAPI answers as it is told and remembers what it was asked.
type fakeAPI struct {
	mu         sync.Mutex
	status     int
	retryAfter string
	body       string
	operations map[string]apiAnswer // of those that answer otherwise than the rest
	calls      []apiCall
}

// apiAnswer is what one operation of the fakeAPI answers.
type apiAnswer struct {
	status int
	body   string
}

type apiCall struct {
	*http.Request
	body string
}

func (f *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	f.calls = append(f.calls, apiCall{r, string(body)})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Set-Cookie", "alta=secret")
	answered, ok := f.operations[r.Method+" "+r.URL.Path]
	if !ok {
		answered = apiAnswer{f.status, f.body}
		if f.retryAfter != "" {
			w.Header().Set("Retry-After", f.retryAfter)
		}
	}
	w.WriteHeader(answered.status)
	_, _ = io.WriteString(w, answered.body)
}

// on has one operation, say "GET /api/users/me", answer so from now on,
// whatever the others do.
func (f *fakeAPI) on(operation string, status int, body string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.operations == nil {
		f.operations = map[string]apiAnswer{}
	}
	f.operations[operation] = apiAnswer{status, body}
}

// answer has the API answer so from now on.
func (f *fakeAPI) answer(status int, body string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status, f.body, f.retryAfter = status, body, ""
}

// later has the API ask for a pause.
func (f *fakeAPI) later(status int, retryAfter, body string) {
	f.answer(status, body)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.retryAfter = retryAfter
}

// asked returns the calls since the last time.
func (f *fakeAPI) asked() []apiCall {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}

// Bodies of the API's errors.
const (
	tokenInvalid = `{"message":"The token is invalid.","code":"token_invalid","request_id":"r-1"}`
	rateLimited  = `{"message":"Rate limit exceeded.","code":"rate_limited","request_id":"r-2"}`
	overloaded   = `{"message":"The server is busy.","code":"overloaded","request_id":"r-3"}`
	internal     = `{"message":"Unexpected.","code":"internal","request_id":"r-4<i>"}`
)

func invalid(fields ...string) string {
	list := make([]string, len(fields))
	for i, field := range fields {
		list[i] = `{"field":"` + field + `","message":"must be something else"}`
	}
	return `{"message":"Invalid.","code":"invalid_request","errors":[` + strings.Join(list, ",") + `],"request_id":"r-5"}`
}

// emptyBox is a mailbox without mails.
type emptyBox struct{}

func (emptyBox) List() ([]mailbox.Mail, error) { return nil, nil }

func (emptyBox) Read(string) (mailbox.Mail, error) { return mailbox.Mail{}, fs.ErrNotExist }
