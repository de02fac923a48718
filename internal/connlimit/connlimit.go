// Package connlimit bounds the number of connections to a server, in all and for each
// client address. If there are too many, connections that wait for their client are
// closed first: idle ones, and those whose request has not arrived completely.
package connlimit

import (
	"cmp"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"example.com/alta/internal/seldom"
)

// Reasons to close a connection, for metrics.
const (
	Idle    = "idle"    // it waited for its client, and others needed its place
	Refused = "refused" // it was new, and no place was free
)

// Config has the settings of a Listener.
type Config struct {
	Total      int                   // connections at a time
	PerAddress int                   // of them, from one address (for IPv6, one /64)
	IsProxy    func(netip.Addr) bool // addresses that only Total counts for
	Closed     func(reason string)   // is told of each connection that is closed
	Log        *slog.Logger
}

// Listener accepts connections within the limits. Its Track method must be the
// ConnState hook of the server that it accepts for.
type Listener struct {
	net.Listener
	config  Config
	warning *seldom.Log

	mu        sync.Mutex
	count     int
	byAddress map[netip.Addr]map[*conn]struct{}
}

// New returns a Listener that accepts the connections of the given one.
func New(listener net.Listener, config Config) *Listener {
	return &Listener{
		Listener: listener, config: config, warning: seldom.New(config.Log), byAddress: map[netip.Addr]map[*conn]struct{}{},
	}
}

// conn is a connection that is counted.
type conn struct {
	net.Conn
	listener *Listener
	address  netip.Addr

	// These are guarded by the listener's mu.
	waits bool      // for its client
	since time.Time // it waits or works
	left  bool      // it is counted no longer
}

// Close closes the connection and frees its place.
func (c *conn) Close() error {
	c.listener.remove(c)
	return c.Conn.Close()
}

// CloseWrite lets the server end its response before it closes the connection.
func (c *conn) CloseWrite() error {
	if tcp, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return tcp.CloseWrite()
	}
	return nil
}

// ReadFrom lets the kernel send files.
func (c *conn) ReadFrom(r io.Reader) (int64, error) { return io.Copy(c.Conn, r) }

// Accept waits for the next connection that has a place. An error of the system, such
// as too many open files, is logged once in a while.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		accepted, err := l.Listener.Accept()
		if err != nil {
			l.acceptFailed(err)
			return nil, err
		}
		c := &conn{Conn: accepted, listener: l, address: l.addressOf(accepted), waits: true, since: time.Now()}
		closing, admitted := l.admit(c)
		for _, old := range closing {
			l.config.Closed(Idle)
			_ = old.Conn.Close() // its place is free already
		}
		if admitted {
			return c, nil
		}
		l.config.Closed(Refused)
		l.warning.Warn("connections are refused: there are too many", "address", c.address.String())
		refuse(accepted)
	}
}

// acceptFailed makes room for the next attempt.
func (l *Listener) acceptFailed(err error) {
	if isClosed(err) {
		return
	}
	l.warning.Warn("connections cannot be accepted", "error", err)
	l.mu.Lock()
	closing := l.evict(l.waiting(nil), l.batch())
	l.mu.Unlock()
	for _, old := range closing {
		l.config.Closed(Idle)
		_ = old.Conn.Close()
	}
}

// addressOf returns the address that the connection is counted for: that of the
// client, or its /64 network for IPv6. All proxies share the zero address.
func (l *Listener) addressOf(c net.Conn) netip.Addr {
	peer, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	address := peer.Addr().Unmap().WithZone("")
	switch {
	case l.config.IsProxy(address):
		return netip.Addr{}
	case address.Is6():
		return netip.PrefixFrom(address, 64).Masked().Addr()
	}
	return address
}

// batch is how many connections are closed at a time: looking for them takes a while.
func (l *Listener) batch() int { return 1 + l.config.Total/64 }

// admit counts the connection. It returns the connections to be closed for it, and
// whether it has a place.
func (l *Listener) admit(c *conn) (closing []*conn, admitted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if siblings := l.byAddress[c.address]; c.address.IsValid() && len(siblings) >= l.config.PerAddress {
		closing = l.evict(l.waiting(siblings), 1+l.config.PerAddress/16)
	}
	if l.count >= l.config.Total {
		closing = append(closing, l.evict(l.waiting(nil), l.batch())...)
	}
	if l.count >= l.config.Total || c.address.IsValid() && len(l.byAddress[c.address]) >= l.config.PerAddress {
		return closing, false
	}
	if l.byAddress[c.address] == nil {
		l.byAddress[c.address] = map[*conn]struct{}{}
	}
	l.byAddress[c.address][c] = struct{}{}
	l.count++
	return closing, true
}

// waiting returns the connections among siblings that wait for their client; nil: among
// all.
func (l *Listener) waiting(siblings map[*conn]struct{}) (found []*conn) {
	if siblings == nil {
		for _, siblings := range l.byAddress {
			found = append(found, l.waiting(siblings)...)
		}
		return found
	}
	for c := range siblings {
		if c.waits {
			found = append(found, c)
		}
	}
	return found
}

// evict removes up to n of the connections from the count and returns them: first those
// of the addresses that have the most, and of these the ones that have waited longest.
func (l *Listener) evict(from []*conn, n int) []*conn {
	held := func(c *conn) int {
		if !c.address.IsValid() {
			return 1 // a proxy's connections are its clients'
		}
		return len(l.byAddress[c.address])
	}
	slices.SortFunc(from, func(a, b *conn) int {
		return cmp.Or(cmp.Compare(held(b), held(a)), a.since.Compare(b.since))
	})
	closing := from[:min(n, len(from))]
	for _, c := range closing {
		l.drop(c)
	}
	return closing
}

func (l *Listener) remove(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(c)
}

// drop removes the connection from the count.
func (l *Listener) drop(c *conn) {
	if c.left {
		return
	}
	c.left = true
	l.count--
	delete(l.byAddress[c.address], c)
	if len(l.byAddress[c.address]) == 0 {
		delete(l.byAddress, c.address)
	}
}

// Count returns how many connections there are, and how many of them wait for their
// client.
func (l *Listener) Count() (all, waiting int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count, len(l.waiting(nil))
}
