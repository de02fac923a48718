package connlimit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/alta/internal/testkit"
)

// server is a real server behind a Listener.
type server struct {
	*Listener
	t    *testing.T
	addr string
	log  *testkit.Buffer
	busy chan struct{} // calls of /busy end when it is closed

	mu     sync.Mutex
	closed map[string]int
}

// closings returns how many connections were closed for the reason.
func (s *server) closings(reason string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed[reason]
}

func serve(t *testing.T, config Config) *server {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, addr: inner.Addr().String(), log: &testkit.Buffer{}, busy: make(chan struct{}), closed: map[string]int{}}
	config.Log = slog.New(slog.NewTextHandler(s.log, nil))
	config.Closed = func(reason string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.closed[reason]++
	}
	if config.IsProxy == nil {
		config.IsProxy = func(netip.Addr) bool { return false }
	}
	s.Listener = New(inner, config)
	mux := http.NewServeMux()
	mux.HandleFunc("/quick", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-s.busy:
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/body", func(w http.ResponseWriter, r *http.Request) {
		defer Waiting(r.Context())()
		_, _ = io.ReadAll(r.Body)
	})
	httpServer := &http.Server{Handler: mux, ConnState: s.Track, ConnContext: With}
	go httpServer.Serve(s.Listener)
	t.Cleanup(func() { httpServer.Close() })
	return s
}

// client is a connection from an address of its own.
type client struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

func (s *server) dial(from string) *client {
	s.t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 10 * time.Second}
	c, err := dialer.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	return &client{Conn: c, t: s.t, r: bufio.NewReader(c)}
}

func (c *client) send(text string) *client {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatal(err)
	}
	return c
}

// get sends a request and returns the status of the answer; 0: the connection ended.
func (c *client) get(path string) int {
	_, _ = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path)
	_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
	answer, err := http.ReadResponse(c.r, nil)
	if err != nil {
		if e, isNet := errors.AsType[net.Error](err); isNet && e.Timeout() {
			c.t.Fatal(err)
		}
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// wait waits until so many connections exist, and so many of them wait.
func (s *server) wait(all, waiting int) {
	s.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for ; ; time.Sleep(time.Millisecond) {
		n, idle := s.Count()
		switch {
		case n == all && idle == waiting:
			return
		case time.Now().After(deadline):
			s.t.Fatalf("%d connections, %d of them wait; want %d and %d", n, idle, all, waiting)
		}
	}
}

// TestIdleOnesMakeRoom: a client with many idle connections loses some of them to
// others, who are all served and keep theirs.
func TestIdleOnesMakeRoom(t *testing.T) {
	s := serve(t, Config{Total: 64, PerAddress: 64})
	honest := s.dial("127.0.0.2")
	if honest.get("/quick") != 200 {
		t.Fatal("the first client was not served")
	}
	for range 63 {
		s.dial("127.0.0.3")
	}
	s.wait(64, 64)
	for i := range 32 {
		if status := s.dial(fmt.Sprintf("127.0.1.%d", i+1)).get("/quick"); status != 200 {
			t.Errorf("client %d was answered %d", i, status)
		}
	}
	if status := honest.get("/quick"); status != 200 {
		t.Errorf("the first client was answered %d on its idle connection", status)
	}
	if all, _ := s.Count(); all > 64 || s.closings(Idle) < 32 || s.closings(Refused) != 0 {
		t.Errorf("%d connections; %d closed, %d refused", all, s.closings(Idle), s.closings(Refused))
	}
}

// TestStalledOnesMakeRoom: connections whose header or body does not arrive are closed
// like idle ones.
func TestStalledOnesMakeRoom(t *testing.T) {
	s := serve(t, Config{Total: 8, PerAddress: 8})
	for range 4 {
		s.dial("127.0.0.3").send("GET /quick HTTP/1.1\r\nHost: a\r\nX-Long: " + strings.Repeat("x", 8000))
		s.dial("127.0.0.3").send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
	}
	s.wait(8, 8)
	for i := range 8 {
		if status := s.dial(fmt.Sprintf("127.0.1.%d", i+1)).get("/quick"); status != 200 {
			t.Errorf("client %d was answered %d", i, status)
		}
	}
}

// TestBusyOnesAreKept: if every connection works, a new one is refused with 503 and a
// line in the log, and the others are answered.
func TestBusyOnesAreKept(t *testing.T) {
	s := serve(t, Config{Total: 4, PerAddress: 4})
	answers := make(chan int)
	for range 4 {
		c := s.dial("127.0.0.2")
		go func() { answers <- c.get("/busy") }()
	}
	s.wait(4, 0)
	for range 3 {
		if status := s.dial("127.0.0.3").get("/quick"); status != 503 && status != 0 {
			t.Errorf("beyond the limit: %d", status)
		}
	}
	close(s.busy)
	for range 4 {
		if status := <-answers; status != 200 {
			t.Errorf("a busy one was answered %d", status)
		}
	}
	if lines := strings.Count(s.log.String(), "connections are refused"); lines != 1 || s.closings(Refused) != 3 {
		t.Errorf("%d lines in the log and %d refused, want 1 and 3:\n%s", lines, s.closings(Refused), s.log)
	}
	if status := s.dial("127.0.0.3").get("/quick"); status != 200 {
		t.Errorf("afterwards: %d", status)
	}
}

// TestAddressesHaveALimit: one address gets its part, and proxies all.
func TestAddressesHaveALimit(t *testing.T) {
	proxy := netip.MustParseAddr("127.0.0.9")
	s := serve(t, Config{Total: 32, PerAddress: 4, IsProxy: func(a netip.Addr) bool { return a == proxy }})
	for range 8 {
		s.dial("127.0.0.2")
	}
	s.wait(4, 4)
	for range 16 {
		s.dial("127.0.0.9")
	}
	s.wait(20, 20)
	if s.closings(Idle) != 4 || s.closings(Refused) != 0 {
		t.Errorf("%d closed, %d refused, want 4 and none", s.closings(Idle), s.closings(Refused))
	}
}

// TestPlacesAreFreed: connections that end free their places, however they end.
func TestPlacesAreFreed(t *testing.T) {
	s := serve(t, Config{Total: 16, PerAddress: 16})
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			c := s.dial(fmt.Sprintf("127.0.0.%d", 2+i%4))
			if i%2 == 0 {
				c.get("/quick")
			}
			c.Close()
		})
	}
	all.Wait()
	s.wait(0, 0)
	s.Listener.mu.Lock()
	defer s.Listener.mu.Unlock()
	if len(s.byAddress) != 0 {
		t.Errorf("left: %v", s.byAddress)
	}
}

// exhausted is a listener that has descriptors for one connection only.
type exhausted struct {
	net.Listener
	first chan net.Conn
}

func (l exhausted) Accept() (net.Conn, error) {
	select {
	case c := <-l.first:
		return c, nil
	default:
		return nil, syscall.EMFILE
	}
}

// TestAcceptErrorsAreLogged: once in a while, and idle connections are closed.
func TestAcceptErrorsAreLogged(t *testing.T) {
	log, closed := &testkit.Buffer{}, 0
	ours, theirs := net.Pipe()
	first := make(chan net.Conn, 1)
	first <- ours
	l := New(exhausted{first: first}, Config{
		Total: 16, PerAddress: 16, Log: slog.New(slog.NewTextHandler(log, nil)), Closed: func(string) { closed++ },
	})
	if _, err := l.Accept(); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if _, err := l.Accept(); !errors.Is(err, syscall.EMFILE) {
			t.Fatal(err)
		}
	}
	if _, err := theirs.Read(make([]byte, 1)); !errors.Is(err, io.EOF) || closed != 1 {
		t.Errorf("the idle connection: %v, closed %d", err, closed)
	}
	if lines := strings.Count(log.String(), "level=WARN"); lines != 1 || !strings.Contains(log.String(), "too many open files") {
		t.Errorf("%d lines:\n%s", lines, log)
	}
}
