package netaddr

import (
	"net/netip"
	"strings"
)

// ParseForwarded reads an entry of X-Forwarded-For in the forms that gateways
// write: an IPv4 or IPv6 address, in brackets or not, with a port or not, and in
// quotes or not.
func ParseForwarded(entry string) (address netip.Addr, ok bool) {
	entry = strings.Trim(strings.TrimSpace(entry), `"`)
	if withPort, err := netip.ParseAddrPort(entry); err == nil {
		return withPort.Addr().Unmap(), true
	}
	if inner, isBracketed := strings.CutPrefix(entry, "["); isBracketed {
		entry, ok = strings.CutSuffix(inner, "]")
		if !ok {
			return netip.Addr{}, false
		}
	}
	address, err := netip.ParseAddr(entry)
	return address.Unmap(), err == nil
}
