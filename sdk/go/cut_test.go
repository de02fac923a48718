package alta_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	alta "example.com/alta/sdk/go"
)

// cutter is a server that sends a part of its answer to the first request, and the
// whole to later ones.
type cutter struct {
	net.Listener
	answer string

	mu    sync.Mutex
	bytes int      // of the answer to the next request; -1: all
	keys  []string // Idempotency-Keys of the requests
}

func startCutter(t *testing.T, answer string) *cutter {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Listener: listener, answer: answer, bytes: -1}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go c.serve(connection)
		}
	}()
	return c
}

var idempotencyKey = regexp.MustCompile(`(?im)^idempotency-key: (.*?)\r$`)

func (c *cutter) serve(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, 64<<10)
	n, err := connection.Read(buffer)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := ""
	if found := idempotencyKey.FindSubmatch(buffer[:n]); found != nil {
		key = string(found[1])
	}
	c.keys = append(c.keys, key)
	answer := c.answer
	if c.bytes >= 0 {
		answer = answer[:c.bytes]
	}
	c.bytes = -1
	_, _ = connection.Write([]byte(answer)) // the client may have gone
}

// cutAfter makes the next answer break off, and forgets the requests so far.
func (c *cutter) cutAfter(bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes, c.keys = bytes, nil
}

func (c *cutter) seen() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.keys
}

// TestAnswersThatBreakOff: wherever an answer breaks off, a call that may be repeated is
// made again with the same key, and another one fails.
func TestAnswersThatBreakOff(t *testing.T) {
	t.Parallel()
	const body = `{"message":"done","token":"t"}`
	head := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
	for name, answer := range map[string]string{
		"with a length":    fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(body), body),
		"in chunks":        fmt.Sprintf("%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", head, len(body), body),
		"until the end":    head + "\r\n" + body,
		"that is a status": "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startCutter(t, answer)
			client := must(alta.New("http://"+server.Addr().String(), alta.WithToken("t"), alta.WithRetries(alta.Retries{Max: 1, MaxWait: time.Millisecond})))
			succeeds := !strings.Contains(answer, " 503 ")
			for bytes := range len(answer) {
				server.cutAfter(bytes)
				if err := read(t.Context(), client); (err == nil) != succeeds || len(server.seen()) != 2 {
					t.Fatalf("a read, cut after %d bytes: %v after %d requests", bytes, err, len(server.seen()))
				}
				server.cutAfter(bytes)
				err := create(t.Context(), client)
				if keys := server.seen(); (err == nil) != succeeds || len(keys) != 2 || keys[0] == "" || keys[0] != keys[1] {
					t.Fatalf("a call with a key, cut after %d bytes: %v, keys %q", bytes, err, keys)
				}
				server.cutAfter(bytes)
				if err := login(t.Context(), client); succeeds && (err == nil || len(server.seen()) != 1) {
					t.Fatalf("a call without a key, cut after %d bytes: %v after %d requests", bytes, err, len(server.seen()))
				}
			}
		})
	}
}

// TestAnswersThatAreNotJSON: an answer that is not the promised JSON is asked for again,
// and then an InvalidResponseError.
func TestAnswersThatAreNotJSON(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"<html>Log in to the network</html>", "", `{"id":`, "null", `"text"`} {
		asked := 0
		client := must(alta.New("http://alta.example.com", alta.WithToken("t"), alta.WithRetries(alta.Retries{Max: 2}),
			alta.WithHTTPClient(&http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
				asked++
				return respond(200, http.Header{"X-Request-Id": {"7"}}, body), nil
			})})))
		err := read(t.Context(), client)
		var invalid *alta.InvalidResponseError
		if !errors.As(err, &invalid) || invalid.RequestID != "7" || invalid.Status != 200 || string(invalid.Body) != body || asked != 3 {
			t.Errorf("%q: %v after %d requests", body, err, asked)
		}
		if asked = 0; login(t.Context(), client) == nil || asked != 1 {
			t.Errorf("%q: a call that may not be repeated was made %d times", body, asked)
		}
	}
}

// TestEscapedBasePath: escapes in the path of the base URL stay as they are.
func TestEscapedBasePath(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"": "/api/v1/account/balance", "/": "/api/v1/account/balance", "/alta/": "/alta/api/v1/account/balance",
		"/a%2Fb%20c/": "/a%2Fb%20c/api/v1/account/balance", "/a%2F": "/a%2F/api/v1/account/balance",
	} {
		got := ""
		client := must(alta.New("http://alta.example.com"+base, alta.WithHTTPClient(&http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			got = r.URL.RequestURI()
			return respond(200, http.Header{}, "{}"), nil
		})})))
		if err := read(t.Context(), client); err != nil || got != want {
			t.Errorf("%s: %s was called, want %s: %v", base, got, want, err)
		}
	}
}
