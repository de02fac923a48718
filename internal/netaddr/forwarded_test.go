package netaddr

import "testing"

func TestParseForwarded(t *testing.T) {
	for entry, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", " 203.0.113.7 ": "203.0.113.7", "203.0.113.7:4711": "203.0.113.7", `"203.0.113.7:4711"`: "203.0.113.7",
		"2001:db8::7": "2001:db8::7", "[2001:db8::7]": "2001:db8::7", "[2001:db8::7]:4711": "2001:db8::7", `"[2001:db8::7]"`: "2001:db8::7",
		"::ffff:203.0.113.7": "203.0.113.7", "[::ffff:203.0.113.7]:1": "203.0.113.7", "fe80::1%eth0": "fe80::1%eth0",
		"": "", "unknown": "", "_hidden": "", "203.0.113": "", "203.0.113.7:": "", "203.0.113.7:port": "", "[2001:db8::7": "", "[203.0.113.7": "",
		"203.0.113.7 198.51.100.1": "", "for=203.0.113.7": "", "203.0.113.7:99999": "",
	} {
		address, ok := ParseForwarded(entry)
		if ok != (want != "") || ok && address.String() != want {
			t.Errorf("%q: got %v, %t; want %q", entry, address, ok, want)
		}
	}
}
