package netaddr

import (
	"net/netip"
	"slices"
)

// Networks returns the networks around a client's address, the smallest first: of an
// IPv6 address the /64, the /56 and the /48, which one client may have as a whole, and
// of an IPv4 address itself and the /24. Another text is a network of its own.
func Networks(address string) []string {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return []string{address}
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return []string{addr.String(), netip.PrefixFrom(addr, 24).Masked().String()}
	}
	networks := make([]string, 0, 3)
	for _, bits := range []int{64, 56, 48} {
		networks = append(networks, netip.PrefixFrom(addr, bits).Masked().String())
	}
	return networks
}

// Contains reports whether one of the networks has the address. An IPv4 address that is
// written as one of IPv6 is in the networks of IPv4, and a zone does not count.
func Contains(networks []netip.Prefix, address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	return slices.ContainsFunc(networks, func(network netip.Prefix) bool { return network.Contains(address) })
}

// Site returns the largest of the Networks: what one client has at most.
func Site(address string) string {
	networks := Networks(address)
	return networks[len(networks)-1]
}
