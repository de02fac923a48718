package e2e

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// proxy stands between a server and PostgreSQL.
type proxy struct {
	url             string
	network, target string
	mu              sync.Mutex
	open            map[net.Conn]bool
	state           string // "", "cut" or "hung"

	// lose is called at each COMMIT that passes, and returns what gets lost:
	// "request", "answer" or "" for nothing. The connection is lost with it.
	lose func() string
}

func newProxy(t *testing.T, databaseURL string) *proxy {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{network: "tcp", target: u.Host, open: map[net.Conn]bool{}}
	query := u.Query()
	if dir := query.Get("host"); strings.HasPrefix(dir, "/") {
		p.network, p.target = "unix", dir+"/.s.PGSQL.5432"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		listener.Close()
		p.cut()
	})
	query.Del("host")
	u.Host, u.RawQuery = listener.Addr().String(), query.Encode()
	p.url = u.String()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p
}

// serve carries bytes both ways. Bytes that are sent while the database hangs are
// lost.
func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	database, err := net.Dial(p.network, p.target)
	if err != nil {
		return
	}
	defer database.Close()
	p.mu.Lock()
	if p.state == "cut" {
		p.mu.Unlock()
		return
	}
	p.open[client], p.open[database] = true, true
	p.mu.Unlock()
	t := &proxied{proxy: p, client: client, database: database}
	go func() {
		p.carry(toDatabase{t}, client)
		client.Close() // ends the other direction, too
		database.Close()
	}()
	p.carry(toServer{t}, database)
}

// proxied is one connection through the proxy.
type proxied struct {
	*proxy
	client, database io.Writer
	lost             atomic.Bool // the database's answers are dropped
}

type (
	toDatabase struct{ *proxied }
	toServer   struct{ *proxied }
)

var errLost = errors.New("the connection is lost")

// Write carries what the server sends.
func (u toDatabase) Write(b []byte) (int, error) {
	if lose := u.losing(); lose != nil && bytes.Contains(b, []byte("COMMIT\x00")) {
		switch lose() {
		case "request":
			return 0, errLost
		case "answer":
			u.lost.Store(true)
		}
	}
	return u.database.Write(b)
}

// Write carries what the database answers.
func (d toServer) Write(b []byte) (int, error) {
	if d.lost.Load() {
		return 0, errLost
	}
	return d.client.Write(b)
}

func (p *proxy) losing() func() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lose
}

// setLose sets what is lost from now on.
func (p *proxy) setLose(lose func() string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lose = lose
}

func (p *proxy) carry(to io.Writer, from io.Reader) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if p.is("hung") {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (p *proxy) is(state string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state == state
}

func (p *proxy) set(state string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = state
	if state == "hung" {
		return
	}
	for conn := range p.open {
		conn.Close()
		delete(p.open, conn)
	}
}

func (p *proxy) cut()  { p.set("cut") }
func (p *proxy) hang() { p.set("hung") }
func (p *proxy) heal() { p.set("") }
