package netaddr

import "testing"

func TestIsLoopbackHost(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.8.9.10": true, "::1": true, "::ffff:127.0.0.1": true,
		"": false, "0.0.0.0": false, "::": false, "192.0.2.1": false, "2001:db8::1": false, "::ffff:192.0.2.1": false,
		"example.com": false, "localhost.example.com": false, "LOCALHOST": false, "127.0.0.1:80": false, "[::1]": false, "127.1": false,
	} {
		if got := IsLoopbackHost(host); got != want {
			t.Errorf("%q: got %t", host, got)
		}
	}
}

func TestIsLoopbackPeer(t *testing.T) {
	for peer, want := range map[string]bool{
		"127.0.0.1:50312": true, "[::1]:50312": true, "[::ffff:127.0.0.1]:50312": true,
		"": false, "127.0.0.1": false, "::1": false, "localhost:50312": false, "192.0.2.1:50312": false, "[2001:db8::1]:50312": false,
		"/run/alta.sock": false, "@": false,
	} {
		if got := IsLoopbackPeer(peer); got != want {
			t.Errorf("%q: got %t", peer, got)
		}
	}
}
