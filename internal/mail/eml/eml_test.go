package eml

import "testing"

const header = "From: Ana <ana@example.com>\r\nTo: \"a b\"@example.com, <josé@ñandú.example>\r\nSubject: =?utf-8?q?=C3=B1?= x\r\nMessage-ID: <1@example.com>\r\n"

func TestParse(t *testing.T) {
	for name, body := range map[string]string{
		"as it is":         "Content-Type: text/plain\r\n\r\nñ\r\n",
		"base64":           "Content-Type: text/plain\r\nContent-Transfer-Encoding: BASE64\r\n\r\nw7EN\r\nCg==\r\n",
		"quoted-printable": "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=\r\n=B1\r\n",
		"parts": "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
			"--b\r\nContent-Type: text/plain\r\n\r\nñ\r\n\r\n--b--\r\n--a\r\nContent-Type: text/plain\r\n\r\nother\r\n--a--\r\n",
	} {
		m, err := Parse([]byte(header + body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if m.Text != "ñ\n" || m.HTML != "" || m.From != "Ana <ana@example.com>" || m.To != `"a b"@example.com, josé@ñandú.example` ||
			m.Subject != "ñ x" || m.MessageID != "1@example.com" {
			t.Errorf("%s: got %+v", name, m)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	const body = "Content-Type: text/plain\r\n\r\nx\r\n"
	for name, raw := range map[string]string{
		"nothing":           "",
		"no header":         "x",
		"no From":           "To: a@example.com\r\n" + body,
		"no To":             "From: a@example.com\r\n" + body,
		"a broken To":       "From: a@example.com\r\nTo: a\r\n" + body,
		"a broken Subject":  "From: a@example.com\r\nTo: a@example.com\r\nSubject: =?x-none?q?a?=\r\n" + body,
		"no type":           header + "\r\nx\r\n",
		"no text":           header + "Content-Type: image/png\r\n\r\nx\r\n",
		"an empty text":     header + "Content-Type: text/plain\r\n\r\n",
		"no boundary":       header + "Content-Type: multipart/mixed\r\n\r\nx\r\n",
		"no end":            header + "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\nx\r\n",
		"no type of a part": header + "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n",
		"broken base64":     header + "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n",
	} {
		if m, err := Parse([]byte(raw)); err == nil {
			t.Errorf("%s: got %+v, want an error", name, m)
		}
	}
}

func TestAddress(t *testing.T) {
	for address, want := range map[string]string{
		"ana@example.com": "ana@example.com",
		"a b@example.com": `"a b"@example.com`,
		`a"b@example.com`: `"a\"b"@example.com`,
		"a@b@example.com": `"a@b"@example.com`,
		"josé@ñ.example":  "josé@ñ.example",
		"ana@[192.0.2.1]": "ana@[192.0.2.1]",
	} {
		if got := Address(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}
