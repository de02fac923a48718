package mail

import (
	"strings"
	"testing"

	"github.com/wneessen/go-mail/smtp"
)

func TestCredentialsChooseAMechanism(t *testing.T) {
	for offered, want := range map[string]string{
		"CRAM-MD5 LOGIN PLAIN XOAUTH2":                  "PLAIN",
		"GSSAPI NTLM login SCRAM-SHA-256":               "LOGIN",
		"CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256":            "SCRAM-SHA-256",
		"CRAM-MD5 SCRAM-SHA-1-PLUS SCRAM-SHA-1":         "SCRAM-SHA-1",
		"CRAM-MD5 NTLM":                                 "CRAM-MD5",
		"GSSAPI NTLM SCRAM-SHA-256-PLUS XOAUTH2 PLAIN2": "",
		"": "",
	} {
		login := &credentials{server: Server{username: "ana", password: "geheim"}, conn: &trackedConn{}, encrypted: true}
		got, _, err := login.Start(&smtp.ServerInfo{Name: "mail.example.com", Auth: strings.Fields(offered)})
		if got != want || (err != nil) != (want == "") {
			t.Errorf("offered %q: got %q, %v; want %q", offered, got, err, want)
		}
	}
}
