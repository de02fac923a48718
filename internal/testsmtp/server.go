// Package testsmtp is a real SMTP server for tests, which can fail in the ways
// that real servers do.
package testsmtp

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// patience is how long a test waits for mails.
const patience = 30 * time.Second

// Config configures a Server. The zero value accepts every mail, without
// encryption.
type Config struct {
	// Username and Password are the client's credentials. If both are empty,
	// authentication is not offered.
	Username, Password string
	// TLS offers STARTTLS, with a certificate made for the test. AUTH is
	// offered only after it.
	TLS bool
	// ImplicitTLS encrypts from the start, with a certificate made for the test.
	ImplicitTLS bool
	// WithoutSMTPUTF8 accepts ASCII addresses only.
	WithoutSMTPUTF8 bool
	// LowerCase writes answers in lower case, until the connection is encrypted.
	LowerCase bool
	// Behave is called for each mail, with its recipient. If it is nil, the
	// server accepts all mails.
	Behave func(recipient string) Behaviour
}

// Server is an SMTP server on a loopback port. It stops when the test ends.
type Server struct {
	config      Config
	address     string
	certificate *tls.Certificate // nil: no TLS
	pool        *x509.CertPool
	file        string

	mu            sync.Mutex
	running       *listener // nil: stopped
	behave        func(recipient string) Behaviour
	mails         []Mail
	conversations int
}

// Start starts a server for the test. If it cannot, the test fails.
func Start(t testing.TB, configure ...func(*Config)) *Server {
	t.Helper()
	s := &Server{address: "127.0.0.1:0"}
	for _, f := range configure {
		f(&s.config)
	}
	s.behave = s.config.Behave
	if s.config.TLS || s.config.ImplicitTLS {
		certificate, authority, err := makeCertificate()
		if err != nil {
			t.Fatalf("make a certificate: %v", err)
		}
		s.certificate = &certificate
		s.pool = x509.NewCertPool()
		s.pool.AppendCertsFromPEM(authority)
		s.file = filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(s.file, authority, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.listen(); err != nil {
		t.Fatalf("start the SMTP server: %v", err)
	}
	t.Cleanup(s.Stop)
	return s
}

// URL returns the server's URL with credentials, in the format of
// ALTA_SMTP_URL.
func (s *Server) URL() string {
	u := url.URL{Scheme: "smtp", Host: s.address}
	if s.config.ImplicitTLS {
		u.Scheme = "smtps"
	}
	if s.config.Username != "" {
		u.User = url.UserPassword(s.config.Username, s.config.Password)
	}
	if s.config.TLS {
		u.RawQuery = "starttls=required"
	}
	return u.String()
}

// CertificateFile returns a PEM file with the server's certificate authority,
// for SSL_CERT_FILE, or "" without TLS.
func (s *Server) CertificateFile() string { return s.file }

// Pool returns the server's certificate authority, or nil without TLS.
func (s *Server) Pool() *x509.CertPool { return s.pool }

// SetBehave replaces the configuration's Behave for further mails.
func (s *Server) SetBehave(behave func(recipient string) Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behave = behave
}

// OfferSMTPUTF8 restarts the server, and from then on it offers the extension.
func (s *Server) OfferSMTPUTF8() {
	s.Stop()
	s.config.WithoutSMTPUTF8 = false
	s.Restart()
}

// Mails returns the accepted mails, in order.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Wait waits until there are at least n mails and returns them. The test fails
// if that takes longer than 30 seconds.
func (s *Server) Wait(t testing.TB, n int) []Mail {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		mails := s.Mails()
		if len(mails) >= n {
			return mails
		}
		if time.Now().After(end) {
			t.Fatalf("after %s the SMTP server has accepted %d mails, want %d", patience, len(mails), n)
		}
	}
}

// Conversations returns the number of connections so far.
func (s *Server) Conversations() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conversations
}

// Stop closes the port and all connections. Accepted mails are kept.
func (s *Server) Stop() {
	s.mu.Lock()
	running := s.running
	s.running = nil
	s.mu.Unlock()
	if running != nil {
		running.stop()
	}
}

// Restart opens the same port again, after Stop.
func (s *Server) Restart() {
	s.Stop()
	var err error
	// Another program may use the port for a moment.
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if err = s.listen(); err == nil {
			return
		}
	}
	panic("testsmtp: restart: " + err.Error())
}

func (s *Server) listen() error {
	inner, err := net.Listen("tcp", s.address)
	if err != nil {
		return err
	}
	server := smtp.NewServer(smtp.BackendFunc(s.newSession))
	server.Domain = "mail.test"
	server.EnableSMTPUTF8 = !s.config.WithoutSMTPUTF8
	server.AllowInsecureAuth = !s.config.TLS
	server.ErrorLog = log.New(io.Discard, "", 0) // tests check the clients' errors
	l := &listener{Listener: inner, lowerCase: s.config.LowerCase, accepted: s.countConversation, server: server, done: make(chan struct{})}
	var serving net.Listener = l
	if s.certificate != nil {
		config := &tls.Config{Certificates: []tls.Certificate{*s.certificate}}
		if s.config.ImplicitTLS {
			serving = tls.NewListener(l, config)
		} else {
			server.TLSConfig = config
		}
	}
	l.served.Go(func() { _ = server.Serve(serving) }) // returns when the listener is closed
	s.mu.Lock()
	defer s.mu.Unlock()
	s.address = inner.Addr().String()
	s.running = l
	return nil
}

func (s *Server) countConversation() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conversations++
}

func (s *Server) behaviour(recipient string) Behaviour {
	s.mu.Lock()
	behave := s.behave
	s.mu.Unlock()
	if behave == nil {
		return Accept
	}
	return behave(recipient)
}
