package mail

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseServer(t *testing.T) {
	tests := []struct {
		text string
		want Server
		name string
	}{
		{"smtp://mail.example.com", Server{scheme: "smtp", host: "mail.example.com", port: "587"}, "smtp://mail.example.com:587"},
		{"smtps://mail.example.com/", Server{scheme: "smtps", host: "mail.example.com", port: "465"}, "smtps://mail.example.com:465"},
		{"SMTP://mail.example.com:25", Server{scheme: "smtp", host: "mail.example.com", port: "25"}, "smtp://mail.example.com:25"},
		{
			"smtp://ana:geheim@mail.example.com:2525?starttls=required",
			Server{scheme: "smtp", host: "mail.example.com", port: "2525", username: "ana", password: "geheim", requireTLS: true},
			"smtp://mail.example.com:2525",
		},
		{
			"smtps://ana%40example.com:p%40ss%2Fw%3Ard%25%C3%B1@[::1]",
			Server{scheme: "smtps", host: "::1", port: "465", username: "ana@example.com", password: "p@ss/w:rd%ñ"},
			"smtps://[::1]:465",
		},
		{"smtp://ñandú.example", Server{scheme: "smtp", host: "xn--and-6ma2c.example", port: "587"}, "smtp://xn--and-6ma2c.example:587"},
	}
	for _, test := range tests {
		got, err := ParseServer(test.text)
		if err != nil || got != test.want {
			t.Errorf("%s: got %#v, %v", test.text, got, err)
		}
		for _, verb := range []string{"%s", "%v", "%+v", "%#v"} {
			if name := fmt.Sprintf(verb, got); name != test.name {
				t.Errorf("%s by %s: got %s, want %s", test.text, verb, name, test.name)
			}
		}
	}
}

func TestParseServerRefuses(t *testing.T) {
	for _, text := range []string{
		"", "SECRET", "SECRET.example.com:587", "smtp:SECRET", "smtp://", "smtp:///SECRET", "smtp://:587",
		"http://SECRET.example.com", "smtp+tls://u:SECRET@h", "lmtp://u:SECRET@h", "://SECRET",
		"smtp://SECRET@h", "smtp://SECRET:@h", "smtp://:SECRET@h", "smtp://@h",
		"smtp://u:SECRET@", "smtp://u:SECRET@h:0", "smtp://u:SECRET@h:65536", "smtp://u:SECRET@h:x", "smtp://u:SECRET@h:-1",
		"smtp://u:SECRET@h/path", "smtp://u:SECRET@h#fragment", "smtp://u:SECRET#x@h", "smtp://u:SECRET/x@h",
		"smtp://u:SECRET@h?starttls=maybe", "smtp://u:SECRET@h?starttls", "smtp://u:SECRET@h?timeout=1", "smtp://u:SECRET@h?starttls=required&starttls=required",
		"smtps://u:SECRET@h?starttls=required", "smtp://u:SECRET%00@h", "smtp://u:SECRET%0D%0A@h", "smtp://u%0A:SECRET@h", "smtp://u:SECRET%zz@h",
		"smtp://u:SECRET@h%20h", "smtp://u:SE CRET@h",
	} {
		got, err := ParseServer(text)
		switch {
		case err == nil:
			t.Errorf("%s: got %#v, want an error", text, got)
		case got != Server{}:
			t.Errorf("%s: got a server beside the error", text)
		case strings.Contains(err.Error(), "SECRET"):
			t.Errorf("%s: the error quotes it: %v", text, err)
		}
	}
}
