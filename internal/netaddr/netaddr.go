// Package netaddr answers what programs ask about hosts and addresses.
package netaddr

import "net/netip"

// IsLoopbackHost reports whether only this machine is reached by the host: the
// name localhost, or a loopback address of IPv4 or IPv6. An address is written
// without brackets and without a port.
func IsLoopbackHost(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.Unmap().IsLoopback()
}

// IsLoopbackPeer reports whether the peer of a connection runs on this machine.
// The peer is written as an address and a port, such as 127.0.0.1:50312.
func IsLoopbackPeer(peer string) bool {
	address, err := netip.ParseAddrPort(peer)
	return err == nil && address.Addr().Unmap().IsLoopback()
}
