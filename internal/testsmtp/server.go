// Package testsmtp has a real SMTP server for tests, which can be made to fail
// in the ways that servers do.
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

// patience is how long a test waits for what has to come.
const patience = 30 * time.Second

// Config says how a Server behaves. The zero value accepts every mail, over a
// connection that is not encrypted.
type Config struct {
	// Username and Password are what the client has to authenticate with; both
	// empty: it cannot.
	Username, Password string
	// TLS offers STARTTLS, with a certificate made for the test. AUTH is offered
	// only after it.
	TLS bool
	// ImplicitTLS encrypts from the start, with a certificate made for the test.
	ImplicitTLS bool
	// WithoutSMTPUTF8 takes only addresses in ASCII.
	WithoutSMTPUTF8 bool
	// Behave is asked for each mail, with its recipient. Nil: Accept.
	Behave func(recipient string) Behaviour
}

// Server is an SMTP server on a loopback port. It ends with the test.
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

// Start starts a server for the test, which it fails when it cannot.
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

// URL returns how the server is reached, credentials included, as
// ALTA_SMTP_URL has it.
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

// CertificateFile returns a PEM file with the authority that the server's
// certificate is from, for SSL_CERT_FILE; "" without TLS.
func (s *Server) CertificateFile() string { return s.file }

// Pool returns the authority that the server's certificate is from; nil
// without TLS.
func (s *Server) Pool() *x509.CertPool { return s.pool }

// SetBehave replaces the Behave of the configuration, for mails to come.
func (s *Server) SetBehave(behave func(recipient string) Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behave = behave
}

// Mails returns the mails that were accepted, in that order.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Wait returns the mails when there are at least n, and fails the test when
// there are not within 30 seconds.
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

// Conversations returns how many connections have been made.
func (s *Server) Conversations() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conversations
}

// Stop closes the port and every connection. Mails that were accepted stay.
func (s *Server) Stop() {
	s.mu.Lock()
	running := s.running
	s.running = nil
	s.mu.Unlock()
	if running != nil {
		running.stop()
	}
}

// Restart opens the port that the server had, after Stop.
func (s *Server) Restart() {
	s.Stop()
	var err error
	// Another program may have the port for a moment.
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
	server.ErrorLog = log.New(io.Discard, "", 0) // it is the clients' errors that are tested
	l := &listener{Listener: inner, accepted: s.countConversation, server: server, done: make(chan struct{})}
	var serving net.Listener = l
	if s.certificate != nil {
		config := &tls.Config{Certificates: []tls.Certificate{*s.certificate}}
		if s.config.ImplicitTLS {
			serving = tls.NewListener(l, config)
		} else {
			server.TLSConfig = config
		}
	}
	l.served.Go(func() { _ = server.Serve(serving) }) // it ends when the listener is closed
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
