package e2e

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"testing"
)

// request is a call to be made.
type request struct {
	method, path, body string
	headers            []string // "Name: value"
}

// load makes the same kind of call from many clients, again and again, and keeps
// what the server answered.
type load struct {
	clients int
	next    func(n int) request // the n-th call, 1 being the first

	mu          sync.Mutex
	made        int
	statuses    map[int]int     // how often each status was answered
	succeeded   []success       // calls that were answered 200 or 201
	unavailable map[string]bool // request ids of calls that were answered 503
	unanswered  int             // calls whose connection broke
}

// success is a call that was answered 200 or 201.
type success struct {
	n         int // its number
	requestID string
}

func newLoad(clients int, next func(n int) request) *load {
	return &load{clients: clients, next: next, statuses: map[int]int{}, unavailable: map[string]bool{}}
}

// getByKey reads the path by API key.
func getByKey(path, key string) func(int) request {
	return func(int) request { return request{method: "GET", path: path, headers: []string{byKey(key)}} }
}

// start has the clients call, client i at server i of them in turn, until they
// are stopped. A client stops by itself at a broken connection, and when the
// tokens are used up.
func (l *load) start(ctx context.Context, servers ...*server) (stop func()) {
	ended := make(chan struct{})
	var clients sync.WaitGroup
	for i := range l.clients {
		clients.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
				}
				if !l.callOnce(ctx, servers[i%len(servers)]) {
					return
				}
			}
		})
	}
	return func() {
		close(ended)
		clients.Wait()
	}
}

// callOnce makes the next call, and reports whether the client goes on.
func (l *load) callOnce(ctx context.Context, s *server) (goOn bool) {
	l.mu.Lock()
	l.made++
	n := l.made
	l.mu.Unlock()
	r := l.next(n)
	a, err := s.try(ctx, r.method, r.path, r.body, r.headers...)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.unanswered++
		return false
	}
	l.statuses[a.status]++
	switch id := a.header.Get("X-Request-Id"); a.status {
	case 200, 201:
		l.succeeded = append(l.succeeded, success{n: n, requestID: id})
	case 503:
		l.unavailable[id] = true
	}
	return a.status != 402
}

// count returns how many calls were answered with the status so far.
func (l *load) count(status int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.statuses[status]
}

// successes returns how many calls succeeded so far.
func (l *load) successes() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.succeeded)
}

// awaitStatus waits until n calls have been answered with the status.
func (l *load) awaitStatus(t *testing.T, status, n int) {
	t.Helper()
	awaitCount(t, fmt.Sprintf("calls are answered %d", status), n, func() int { return l.count(status) })
}

// awaitSuccesses waits until n calls have succeeded.
func (l *load) awaitSuccesses(t *testing.T, n int) {
	t.Helper()
	awaitCount(t, "calls succeed", n, l.successes)
}

func awaitCount(t *testing.T, what string, want int, count func() int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d %s", want, what), func() error {
		if got := count(); got < want {
			return fmt.Errorf("%d so far", got)
		}
		return nil
	})
}

// expectOnly fails the test if a call was answered with another status than
// those.
func (l *load) expectOnly(t *testing.T, statuses ...int) {
	t.Helper()
	others := 0
	for _, n := range l.statuses {
		others += n
	}
	for _, status := range statuses {
		others -= l.statuses[status]
	}
	if others != 0 {
		t.Errorf("the calls were answered %v, want none but %v", l.statuses, statuses)
	}
}

// metric returns the value of a series, or 0 if it is not exported.
func (s *server) metric(t *testing.T, series string) int {
	t.Helper()
	body := s.call(t, 200, "GET", "/metrics", "").body
	match := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(series) + ` (\d+)$`).FindStringSubmatch(body)
	if match == nil {
		return 0
	}
	n, err := strconv.Atoi(match[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
