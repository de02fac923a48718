package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"example.com/alta/handlers"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/metrics"
	"example.com/alta/internal/redact"
	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

func TestMain(m *testing.M) { os.Exit(testdb.Main(m)) }

// harness is a server on a real database, with a clock that the test moves. It
// checks every response against the contract.
type harness struct {
	*handlers.Server
	config     handlers.Config
	t          *testing.T
	repo       *repo.Repo
	keys       *identity.Keyring
	clock      *testkit.Clock
	log        *testkit.Buffer
	mailServer *mailServer
	doc        *openapi3.T
	router     routers.Router
	database   string // its URL

	endLedger func() // ends the taking of tokens, after what waits has been written
}

// start starts a server on the database. Limits are off unless configure says
// otherwise.
func start(t *testing.T, databaseURL string, configure ...func(*handlers.Config)) *harness {
	t.Helper()
	h := &harness{t: t, clock: testkit.NewClock(time.Date(2026, 3, 4, 14, 13, 20, 0, time.UTC)), log: &testkit.Buffer{}, database: databaseURL}
	testdb.Migrated(t, databaseURL)
	h.repo = must(repo.Open(context.Background(), databaseURL, h.clock.Now))
	t.Cleanup(func() { h.repo.Close() })
	must(h.repo.Migrate(context.Background()))
	h.keys = must(identity.ParseKeyring(strings.Repeat("test secret ", 4)))
	h.mailServer = &mailServer{}
	hasher := identity.NewHasher(identity.HasherConfig{Cost: 4, Queue: 256, Wait: 30 * time.Second})
	t.Cleanup(hasher.Close)
	config := handlers.Config{
		Repo: h.repo, Hasher: hasher, Keys: h.keys, Now: h.clock.Now,
		Log:       slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{ReplaceAttr: redact.Attr})),
		Metrics:   metrics.New(),
		PublicURL: must(url.Parse("http://alta.test")), FrontendURL: must(url.Parse("http://alta.test")), SessionTTL: 168 * time.Hour,
		MetricsToken: metricsToken,
		Rates:        map[string]contract.Rate{"auth": {}, "account": {}, "revoke": {}, "failed": {}, "data": {}},
		Retention:    repo.Retention{Audit: time.Hour, Session: time.Hour, LoginFailures: time.Hour, Mail: time.Hour, Token: time.Hour, Call: 24 * time.Hour},
	}
	config.Ledger = meter.NewLedger(h.repo, h.clock.Now, config.Log)
	h.endLedger = runLedger(t, config.Ledger)
	for _, change := range configure {
		change(&config)
	}
	config.Outbox = mail.NewOutbox(mail.OutboxConfig{
		Repo: h.repo, Keys: h.keys, Sender: h.mailServer, PublicURL: config.PublicURL, Timeout: 5 * time.Second,
		Now: h.clock.Now, Log: config.Log, Tried: config.Metrics.MailTried,
	})
	h.config, h.Server = config, must(handlers.New(config))
	h.doc = must(spec())
	h.router = must(router())
	return h
}

// spec and router are the contract that responses are checked against. All servers
// share them.
var (
	spec = sync.OnceValues(func() (*openapi3.T, error) {
		doc, err := openapi3.NewLoader().LoadFromFile("../openapi.yaml") // gen has no error responses
		if err == nil {
			doc.Servers = nil
		}
		return doc, err
	})
	router = sync.OnceValues(func() (routers.Router, error) { return gorillamux.NewRouter(must(spec())) })
)

// runLedger runs the ledger until the test ends or end is called.
func runLedger(t *testing.T, ledger *meter.Ledger) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { ledger.Run(ctx) })
	end = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(end)
	return end
}

// metricsToken opens the metrics of the harness's server.
const metricsToken = "metrics-token-0123456789"

// metrics returns what operators read.
func (h *harness) metrics() string {
	h.t.Helper()
	return h.do("GET", "/metrics", "", "Authorization: Bearer "+metricsToken).status(200).Body.String()
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// request returns a request with a JSON body, or without one if body is empty.
// Headers are "Name: value".
func request(method, target, body string, headers ...string) *http.Request {
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, reader)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	return r
}

// response is a response that the contract allows.
type response struct {
	*httptest.ResponseRecorder
	t *testing.T
}

// send makes the call and checks the response against the contract.
func (h *harness) send(r *http.Request) *response {
	h.t.Helper()
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r)
	h.checkResponse(r, recorder)
	return &response{recorder, h.t}
}

func (h *harness) do(method, target, body string, headers ...string) *response {
	h.t.Helper()
	return h.send(request(method, target, body, headers...))
}

// checkResponse fails the test unless the contract allows the response or, for an
// unknown path, it has the form of the door's errors.
func (h *harness) checkResponse(r *http.Request, recorder *httptest.ResponseRecorder) {
	h.t.Helper()
	if recorder.Header().Get("X-Request-Id") == "" {
		h.t.Errorf("%s %s: no X-Request-Id", r.Method, r.URL.Path)
	}
	route, parameters, err := h.router.FindRoute(r)
	if err != nil {
		h.checkShape(r, recorder)
		return
	}
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: route},
		Status:                 recorder.Code,
		Header:                 recorder.Header(),
		Body:                   io.NopCloser(bytes.NewReader(recorder.Body.Bytes())),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
	if err != nil {
		h.t.Errorf("%s %s: %d is not what the contract says: %v\n%s", r.Method, r.URL.Path, recorder.Code, err, recorder.Body)
	}
	h.checkHeaders(route, recorder)
}

// ownHeaders are the headers that clients may rely on, so that each response declares those that it can have.
var ownHeaders = []string{
	"Alta-Error", "Content-Disposition", "ETag", "Idempotency-Replayed", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "Set-Cookie",
	"WWW-Authenticate", "X-Request-Id", "X-Token-Balance", "X-Token-Cost", "X-Total-Count", "X-Truncated",
}

// checkHeaders fails the test if the answer has a header that its response in the contract does not declare.
func (h *harness) checkHeaders(route *routers.Route, recorder *httptest.ResponseRecorder) {
	h.t.Helper()
	declared := route.Operation.Responses.Status(recorder.Code)
	if declared == nil {
		return // the contract has no such response, and validation has said so
	}
	for _, name := range ownHeaders {
		if value := recorder.Header().Get(name); value != "" && declared.Value.Headers[name] == nil {
			h.t.Errorf("%s: %d has the header %s: %s, which the contract does not declare", route.Operation.OperationID, recorder.Code, name, value)
		}
	}
}

func (h *harness) checkShape(r *http.Request, recorder *httptest.ResponseRecorder) {
	h.t.Helper()
	name := "AppError"
	if strings.HasPrefix(r.URL.Path, "/api/v1/") {
		name = "Failure"
	}
	var body any
	if err := json.Unmarshal(recorder.Body.Bytes(), &body); err != nil {
		h.t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	if err := h.doc.Components.Schemas[name].Value.VisitJSON(body); err != nil {
		h.t.Errorf("%s %s: not an %s: %v", r.Method, r.URL.Path, name, err)
	}
}

// status fails the test if the response has another status.
func (r *response) status(want int) *response {
	r.t.Helper()
	if r.Code != want {
		r.t.Fatalf("got status %d, want %d: %s", r.Code, want, r.Body)
	}
	return r
}

// get returns the text or the number at a path such as "user.id" or "data.0.amount" of
// the JSON body.
func (r *response) get(path string) string {
	r.t.Helper()
	var value any
	if err := json.Unmarshal(r.Body.Bytes(), &value); err != nil {
		r.t.Fatalf("%v: %s", err, r.Body)
	}
	for name := range strings.SplitSeq(path, ".") {
		switch parent := value.(type) {
		case map[string]any:
			value = parent[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(parent) {
				r.t.Fatalf("no %s in %s: %s", name, path, r.Body)
			}
			value = parent[i]
		default:
			value = nil
		}
	}
	switch value := value.(type) {
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	r.t.Fatalf("no text and no number at %s: %s", path, r.Body)
	return ""
}

func (r *response) cookie(name string) string {
	r.t.Helper()
	for _, cookie := range r.Result().Cookies() {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	r.t.Fatalf("no cookie %s", name)
	return ""
}
