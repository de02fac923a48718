package site

import (
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/problem"
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

// codePattern finds the code in an error of the API door, whose header has it,
// too.
var codePattern = regexp.MustCompile(`"code":"([a-z_]+)"`)

// fakeAPI answers as it is told and remembers what it was asked.
type fakeAPI struct {
	mu         sync.Mutex
	status     int
	retryAfter string
	body       string
	failure    error                // nil: none
	operations map[string]apiAnswer // of those that answer otherwise than the rest
	calls      []apiCall
}

// apiAnswer is what one operation of the fakeAPI answers.
type apiAnswer struct {
	status  int
	body    string
	failure error // answered as the API does, instead of the rest; nil: none
}

type apiCall struct {
	*http.Request
	body string
}

// tagOf returns the entity tag of the body, as the fakeAPI has it.
func tagOf(body string) string { return fmt.Sprintf("\"%08x\"", crc32.ChecksumIEEE([]byte(body))) }

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
		answered = apiAnswer{status: f.status, body: f.body, failure: f.failure}
		if f.retryAfter != "" {
			w.Header().Set("Retry-After", f.retryAfter)
		}
	}
	if r.Method == http.MethodGet && answered.status == http.StatusOK {
		w.Header().Set("ETag", tagOf(answered.body))
	}
	if answered.failure != nil {
		if err := (problem.Writer{}).Write(w, r, "r-7", answered.failure); err != nil {
			panic(err)
		}
		return
	}
	if code := codePattern.FindStringSubmatch(answered.body); code != nil {
		w.Header().Set(problem.HeaderCode, code[1])
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
	f.operations[operation] = apiAnswer{status: status, body: body}
}

// failOn has one operation fail so from now on.
func (f *fakeAPI) failOn(operation string, failure error) {
	f.on(operation, 0, "")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.operations[operation] = apiAnswer{failure: failure}
}

// fail has the API fail so from now on.
func (f *fakeAPI) fail(failure error) {
	f.answer(0, "")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failure = failure
}

// answer has the API answer so from now on.
func (f *fakeAPI) answer(status int, body string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status, f.body, f.retryAfter, f.failure = status, body, "", nil
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

// rejected is the problem of a request with these violations: "email format",
// "name minLength" and so on.
func rejected(rules ...string) *problem.Problem {
	violations := make([]contract.Violation, len(rules))
	for i, broken := range rules {
		field, rule, _ := strings.Cut(broken, " ")
		violations[i] = contract.Violation{Field: field, Rule: rule, Message: "must be something else"}
	}
	return problem.Invalid(violations...)
}

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
