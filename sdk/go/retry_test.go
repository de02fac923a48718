package alta_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	alta "example.com/alta/sdk/go"
)

// flaky is a transport that gives the answers in their order and then accepts
// everything. An answer of "" is a broken connection.
type flaky struct {
	answers []string // "503 Retry-After: 2"
	keys    []string // Idempotency-Keys of the calls
	bodies  []string
}

func (f *flaky) RoundTrip(r *http.Request) (*http.Response, error) {
	f.keys = append(f.keys, r.Header.Get("Idempotency-Key"))
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	f.bodies = append(f.bodies, string(body))
	if len(f.keys) > len(f.answers) {
		return respond(200, http.Header{}, `{"message": "done"}`), nil
	}
	answer := f.answers[len(f.keys)-1]
	if answer == "" {
		return nil, io.ErrUnexpectedEOF
	}
	header := http.Header{}
	status, rest, _ := strings.Cut(answer, " ")
	if name, value, found := strings.Cut(rest, ": "); found {
		header.Set(name, value)
	}
	return respond(map[string]int{"400": 400, "409": 409, "429": 429, "500": 500, "503": 503}[status], header, `{"message": "not now", "statusCode": 0}`), nil
}

func respond(status int, header http.Header, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

func (f *flaky) client(retries alta.Retries) *alta.Client {
	return must(alta.New("https://alta.example.com", alta.WithHTTPClient(&http.Client{Transport: f}), alta.WithRetries(retries)))
}

// The calls of the table: one that reads, one that has an Idempotency-Key, and
// one that changes something without.
var (
	read   = func(ctx context.Context, c *alta.Client) error { _, err := c.GetTokenBalance(ctx); return err }
	create = func(ctx context.Context, c *alta.Client) error {
		_, err := c.CreateAPIKey(ctx, alta.NewAPIKey{Name: "ci"})
		return err
	}
	login = func(ctx context.Context, c *alta.Client) error {
		_, err := c.LoginDeveloper(ctx, alta.Credentials{Email: "user@example.com", Password: password})
		return err
	}
)

func TestRetries(t *testing.T) {
	t.Parallel()
	date := func(after time.Duration) string { // in the bubble's time, which begins on that day
		return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(after).Format(http.TimeFormat)
	}
	for _, test := range []struct {
		name        string
		call        func(context.Context, *alta.Client) error
		answers     []string
		calls       int
		least, most time.Duration // sum of the pauses
		want        string
	}{
		{"seconds", login, []string{"503 Retry-After: 2", "429 Retry-After: 3"}, 3, 5 * time.Second, 5 * time.Second, ""},
		{"a date", login, []string{"503 Retry-After: " + date(7*time.Second)}, 2, 7 * time.Second, 7 * time.Second, ""},
		{"a date gone by", login, []string{"503 Retry-After: " + date(-time.Hour)}, 2, 0, 0, ""},
		{"no pause named", login, []string{"503", "503"}, 3, 1500 * time.Millisecond, 3 * time.Second, ""},
		{"longer than the longest", login, []string{"429 Retry-After: 31"}, 1, 0, 0, "429: not now: try again in 31s"},
		{"too often", read, []string{"503", "503", "503", "503"}, 4, 3500 * time.Millisecond, 7 * time.Second, "503: not now"},
		{"a broken connection: reading", read, []string{""}, 2, 500 * time.Millisecond, time.Second, ""},
		{"a broken connection: a key", create, []string{""}, 2, 500 * time.Millisecond, time.Second, ""},
		{"a broken connection: neither", login, []string{""}, 1, 0, 0, "unexpected EOF"},
		{"a failure: reading", read, []string{"500"}, 2, 500 * time.Millisecond, time.Second, ""},
		{"a failure: a key", create, []string{"500", ""}, 3, 1500 * time.Millisecond, 3 * time.Second, ""},
		{"a failure: neither", login, []string{"500"}, 1, 0, 0, "500: not now"},
		{"still under way", create, []string{"", "409 Retry-After: 1"}, 3, 1500 * time.Millisecond, 2 * time.Second, ""},
		{"a conflict", create, []string{"409"}, 1, 0, 0, "409: not now"},
		{"a refusal", read, []string{"400"}, 1, 0, 0, "400: not now"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &flaky{answers: test.answers}
				begin := time.Now()
				err := test.call(t.Context(), f.client(alta.Retries{Max: 3, Backoff: time.Second, MaxWait: 30 * time.Second}))
				if pauses := time.Since(begin); pauses < test.least || pauses > test.most {
					t.Errorf("it paused for %s, want %s to %s", pauses, test.least, test.most)
				}
				if len(f.keys) != test.calls {
					t.Errorf("%d calls, want %d", len(f.keys), test.calls)
				}
				if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.HasSuffix(err.Error(), test.want)) {
					t.Errorf("got error %v, want %s", err, test.want)
				}
				for i, key := range f.keys {
					if key != f.keys[0] || f.bodies[i] != f.bodies[0] {
						t.Errorf("attempt %d had the key %q and the body %q, the first had %q and %q", i, key, f.bodies[i], f.keys[0], f.bodies[0])
					}
				}
			})
		})
	}
}

func TestNoRetries(t *testing.T) {
	t.Parallel()
	f := &flaky{answers: []string{"503 Retry-After: 0"}}
	if err := read(t.Context(), f.client(alta.Retries{})); refusal(t, err).Status != 503 || len(f.keys) != 1 {
		t.Errorf("got %v after %d calls, want 503 after one", err, len(f.keys))
	}
}

// TestContextEndsThePause: if the context ends during a pause, the call returns at
// once, with the error of the last response.
func TestContextEndsThePause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		err := read(ctx, (&flaky{answers: []string{"503 Retry-After: 20"}}).client(alta.DefaultRetries))
		if !errors.Is(err, context.Canceled) || refusal(t, err).Status != 503 || time.Since(begin) != time.Second {
			t.Errorf("got %v after %s", err, time.Since(begin))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := read(ctx, (&flaky{answers: []string{"503 Retry-After: 20"}}).client(alta.DefaultRetries))
		if refusal(t, err).Status != 503 || time.Since(begin) != 0 {
			t.Errorf("a pause beyond the deadline: got %v after %s, want 503 at once", err, time.Since(begin))
		}
	})
}

// TestContextEndsTheCall: a call in flight is cancelled and not repeated.
func TestContextEndsTheCall(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	hanging := roundTripper(func(r *http.Request) (*http.Response, error) {
		calls++
		cancel()
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	client := must(alta.New("https://alta.example.com", alta.WithHTTPClient(&http.Client{Transport: hanging})))
	if err := read(ctx, client); !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("got %v after %d calls, want one that was cancelled", err, calls)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
