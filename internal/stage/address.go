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

// unreadablePause is the least time between two log entries about unreadable
// entries of X-Forwarded-For.
const unreadablePause = time.Minute

// unreadable records when an unreadable entry of X-Forwarded-For was last logged.
type unreadable struct{ logged atomic.Int64 } // Unix nanoseconds

// clientAddress returns the function that finds the client's address: that of the
// peer, or behind trusted proxies the right-most address in X-Forwarded-For that is
// not a trusted proxy. An unreadable entry counts as a client of its own. It never
// counts as the proxy, whose address all clients would share.
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

func (s *Stages) isProxy(address netip.Addr) bool { return netaddr.Contains(s.proxies, address) }

// unknownClient returns a name for the client of an unreadable entry. It logs the
// entry, unless another was logged recently.
func (s *Stages) unknownClient(entry string) string {
	entry = strings.ToValidUTF8(strings.Map(printable, text.Truncate(entry, 64)), "?")
	now, last := s.now().UnixNano(), s.unreadable.logged.Load()
	if now-last >= int64(unreadablePause) && s.unreadable.logged.CompareAndSwap(last, now) {
		s.log.Warn("an entry of X-Forwarded-For cannot be read; it counts as a client of its own", "entry", entry)
	}
	return "unknown " + entry
}

// printable replaces characters that are not printable ASCII, since the name goes to
// the log and to the database.
func printable(r rune) rune {
	if r < ' ' || r > '~' {
		return '?'
	}
	return r
}
