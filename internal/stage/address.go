package stage

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/netaddr"
	"example.com/alta/internal/text"
)

// unreadablePause is how long after one entry that cannot be read the next is
// logged.
const unreadablePause = time.Minute

// unreadable counts when an entry of X-Forwarded-For that cannot be read was last
// logged.
type unreadable struct{ logged atomic.Int64 } // Unix nanoseconds

// clientAddress finds the client's address: the peer's, or behind trusted proxies
// the right-most of X-Forwarded-For that is not one of them. An entry that cannot
// be read is a client of its own: never the proxy, whose address all clients would
// share.
func (s *Stages) clientAddress() echo.IPExtractor {
	direct := echo.ExtractIPDirect()
	if len(s.proxies) == 0 {
		return direct
	}
	return func(r *http.Request) string {
		peer := direct(r)
		address, err := netip.ParseAddr(peer)
		if err != nil || !s.isProxy(address) {
			return peer
		}
		entries := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, entry := range slices.Backward(entries) {
			if entry = strings.TrimSpace(entry); entry == "" {
				continue // RFC 9110 section 5.6.1.2
			}
			forwarded, ok := netaddr.ParseForwarded(entry)
			if !ok {
				return s.unknownClient(entry)
			}
			peer = forwarded.String()
			if !s.isProxy(forwarded) {
				break
			}
		}
		return peer
	}
}

func (s *Stages) isProxy(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	return slices.ContainsFunc(s.proxies, func(proxy netip.Prefix) bool { return proxy.Contains(address) })
}

// unknownClient names the client of an entry that cannot be read, and logs the
// entry unless one has been logged just now.
func (s *Stages) unknownClient(entry string) string {
	entry = strings.ToValidUTF8(strings.Map(printable, text.Truncate(entry, 64)), "?")
	now, last := s.now().UnixNano(), s.unreadable.logged.Load()
	if now-last >= int64(unreadablePause) && s.unreadable.logged.CompareAndSwap(last, now) {
		s.log.Warn("an entry of X-Forwarded-For cannot be read; it counts as a client of its own", "entry", entry)
	}
	return "unknown " + entry
}

// printable replaces what is not printable ASCII: the name goes to the log and to
// the database.
func printable(r rune) rune {
	if r < ' ' || r > '~' {
		return '?'
	}
	return r
}
