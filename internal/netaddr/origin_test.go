package netaddr

import "testing"

func TestOriginsAreAsBrowsersSendThem(t *testing.T) {
	for text, want := range map[string]string{
		"https://app.example.com": "https://app.example.com", "HTTPS://App.Example.COM": "https://app.example.com",
		"https://app.example.com:443": "https://app.example.com", "http://app.example.com:80": "http://app.example.com",
		"https://app.example.com:80": "https://app.example.com:80", "http://localhost:5173": "http://localhost:5173",
		"https://bücher.example": "https://xn--bcher-kva.example", "https://BÜCHER.example:443": "https://xn--bcher-kva.example",
		"https://straße.example": "https://xn--strae-oqa.example", "http://127.0.0.1:3000": "http://127.0.0.1:3000",
		"http://[::1]:3000": "http://[::1]:3000", "https://[2001:DB8::7]": "https://[2001:db8::7]",
		"": "", "app.example.com": "", "null": "", "*": "", "https://*": "", "https://*.example.com": "", "https://": "",
		"https://app.example.com/": "", "https://app.example.com?": "", "https://app.example.com#x": "", "https://me@app.example.com": "",
		"ftp://app.example.com": "", "https://app.example.com:": "", "https://app.example.com:port": "", "https://app%2eexample.com": "",
	} {
		got, err := Origin(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v; want %q", text, got, err, want)
		}
	}
}
