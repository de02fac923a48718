package e2e

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
)

// dialFrom opens a connection to the server from the address, which stays open.
func (s *server) dialFrom(t *testing.T, address string) net.Conn {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}, Timeout: patience}
	c, err := dialer.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// clientFrom returns a client with that address.
func clientFrom(address string) *http.Client {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}, Timeout: patience}
	return &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}, Timeout: patience}
}

// resident returns how much memory the process has, in MiB.
func (s *server) resident(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		testkit.Missing(t, "the system does not tell how much memory a process has")
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmRSS:" {
			kilobytes, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(err)
			}
			return kilobytes >> 10
		}
	}
	t.Fatalf("no VmRSS:\n%s", status)
	return 0
}

// stall begins hundreds of requests whose headers and forms do not end, from many
// addresses.
func (s *server) stall(t *testing.T, each int) {
	t.Helper()
	header := "GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + strings.Repeat("x", 12_000)
	form := "POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 64000\r\n\r\n" +
		"email=" + strings.Repeat("x", 60_000)
	for i := range each {
		for j, text := range []string{header, form} {
			c := s.dialFrom(t, fmt.Sprintf("127.%d.%d.1", 10+j, 1+i%200))
			_ = c.SetWriteDeadline(time.Now().Add(patience))
			_, _ = c.Write([]byte(text)) // the server may have closed it already
		}
	}
}

// TestStalledClientsCostLittle: beside hundreds of headers and forms that do not end,
// a server with little memory stays within it, and serves exports and pages to others.
func TestStalledClientsCostLittle(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.SQLite(t)
	s := launch(t, serve("--form-rate", "off"), environ(t, databaseURL, "GOMEMLIMIT=80MiB"))
	token := s.register(t, "john.doe@example.com")
	before := s.resident(t)
	s.stall(t, 500)
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			client := clientFrom(fmt.Sprintf("127.0.3.%d", 1+i))
			for _, path := range []string{"/api/reports/export/csv", "/api/users/me/export", "/api/accounts", "/login"} {
				r, err := http.NewRequest("GET", s.url+path, nil)
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("Authorization", "Bearer "+token)
				answer, err := client.Do(r)
				if err != nil {
					t.Errorf("%s: %v", path, err)
					continue
				}
				answer.Body.Close()
				if answer.StatusCode != 200 && answer.StatusCode != 503 {
					t.Errorf("%s: %d", path, answer.StatusCode)
				}
			}
		})
	}
	all.Wait()
	if now := s.resident(t); now > before+100 {
		t.Errorf("the process has %d MiB, after %d MiB before", now, before)
	}
	s.call(t, 200, "GET", "/api/accounts", "", bearer(token))
}

// TestFewDescriptorsAreShared: with 256 descriptors, 400 idle connections of one address
// keep nobody out, and the log says what happens to them.
func TestFewDescriptorsAreShared(t *testing.T) {
	t.Parallel()
	cmd := serve()
	cmd.Args = append([]string{"sh", "-c", `ulimit -Sn 64; ulimit -Hn 256; exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)
	shell, err := exec.LookPath("sh")
	if err != nil {
		testkit.Missing(t, "there is no shell to set the limit of descriptors")
	}
	cmd.Path = shell
	s := launch(t, cmd, environ(t, testdb.SQLite(t)))
	if !strings.Contains(s.log.String(), `"descriptors":25`) { // Go raises it to one below the limit
		t.Errorf("the limit of descriptors was not raised:\n%s", s.log)
	}
	for range 400 {
		s.dialFrom(t, "127.0.0.66")
	}
	for i := range 32 {
		answer, err := clientFrom(fmt.Sprintf("127.0.4.%d", 1+i)).Get(s.url + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != 200 {
			t.Errorf("another client is answered %d", answer.StatusCode)
		}
	}
	s.register(t, "john.doe@example.com") // needs the database
	if open := s.metric(t, "alta_connections"); open > 96 {
		t.Errorf("%d connections are open", open)
	}
	if closed := s.metric(t, `alta_connections_closed_total{reason="idle"}`); closed < 300 {
		t.Errorf("%d idle connections were closed", closed)
	}
}

// TestHeadersHaveABound: 16 kB.
func TestHeadersHaveABound(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.SQLite(t))
	for size, want := range map[int]int{15_000: 200, 17_000: 431} {
		c := s.dialFrom(t, "127.0.0.1")
		_, _ = fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: %s\r\n\r\n", strings.Repeat("x", size))
		_ = c.SetReadDeadline(time.Now().Add(patience))
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("a header of %d bytes is answered %d, want %d", size, answer.StatusCode, want)
		}
	}
}

// TestRefusalsDoNotWaitForTheBody: a call that is refused before its body is read is
// answered although the body never arrives.
func TestRefusalsDoNotWaitForTheBody(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.SQLite(t))
	for target, want := range map[string]int{"POST /api/accounts": 401, "POST /api/nope": 404, "GET /healthz": 200} {
		c := s.dialFrom(t, "127.0.0.1")
		_, _ = fmt.Fprintf(c, "%s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{", target)
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Second)) // the server would wait for the body for 30
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Errorf("%s: %v", target, err)
			continue
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s is answered %d, want %d", target, answer.StatusCode, want)
		}
	}
}
