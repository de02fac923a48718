package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// clients is the number of concurrent clients.
const clients = 64

// race makes the same call from all clients at once and counts the responses by
// status.
func (h *harness) race(target string, body func(i int) string) map[int]int {
	h.t.Helper()
	return statuses(h.atOnce(func(i int) *http.Request { return request("POST", target, body(i)) }))
}

// atOnce makes a call from each of the clients at once.
func (h *harness) atOnce(call func(i int) *http.Request) []*response {
	h.t.Helper()
	return h.together(clients, call)
}

// together makes n calls at once and returns their answers.
func (h *harness) together(n int, call func(i int) *http.Request) []*response {
	h.t.Helper()
	answers := make([]*response, n)
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			answers[i] = &response{httptest.NewRecorder(), h.t}
			h.ServeHTTP(answers[i], call(i))
		})
	}
	done.Wait()
	for i, answer := range answers {
		h.checkResponse(call(i), answer.ResponseRecorder)
	}
	return answers
}

// statuses counts the answers by status.
func statuses(answers []*response) map[int]int {
	count := map[int]int{}
	for _, answer := range answers {
		count[answer.Code]++
	}
	return count
}

func expectStatuses(t *testing.T, want, got map[int]int) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}
