package mail

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

const (
	schemeStartTLS = "smtp"
	schemeTLS      = "smtps"
)

// Server is an SMTP server as ALTA_SMTP_URL names it.
type Server struct {
	scheme             string
	host, port         string
	username, password string // both empty: no authentication
	requireTLS         bool   // fail if the server does not offer STARTTLS
}

// errServerForm describes the syntax. Errors of ParseServer do not quote the
// text, because it may contain a password.
var errServerForm = errors.New("it takes smtp://USER:PASSWORD@HOST:PORT or smtps://USER:PASSWORD@HOST:PORT, " +
	"with what is special in a URL percent-encoded; the user and the port may be left out")

// ParseServer reads the URL of an SMTP server. smtp://user:password@host:587 uses
// STARTTLS if the server offers it (RFC 3207); with ?starttls=required, sending
// fails if the server does not. smtps://host:465 uses TLS from the start (RFC
// 8314). The ports shown are the defaults. User and password are percent-encoded
// and come together or not at all. Errors describe the syntax and never quote
// the text.
func ParseServer(text string) (Server, error) {
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || u.Hostname() == "" {
		return Server{}, errServerForm
	}
	if u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return Server{}, fmt.Errorf("there is something after the host: %w", errServerForm)
	}
	s := Server{scheme: u.Scheme, port: u.Port()}
	defaultPort := map[string]string{schemeStartTLS: "587", schemeTLS: "465"}[s.scheme]
	if defaultPort == "" {
		return Server{}, errServerForm
	}
	if s.port == "" {
		s.port = defaultPort
	}
	if n, err := strconv.ParseUint(s.port, 10, 16); err != nil || n == 0 {
		return Server{}, errors.New("the port has to be a number from 1 to 65535")
	}
	if s.host, err = asciiDomain(u.Hostname()); err != nil || strings.ContainsFunc(s.host, isSpaceOrControl) {
		return Server{}, fmt.Errorf("the host is not usable: %w", errServerForm)
	}
	if err := s.parseUser(u.User); err != nil {
		return Server{}, err
	}
	if err := s.parseParameters(u.RawQuery); err != nil {
		return Server{}, err
	}
	return s, nil
}

func (s *Server) parseUser(user *url.Userinfo) error {
	if user == nil {
		return nil
	}
	s.username = user.Username()
	s.password, _ = user.Password()
	if s.username == "" || s.password == "" {
		return fmt.Errorf("a user takes a password, and a password a user: %w", errServerForm)
	}
	if strings.ContainsFunc(s.username+s.password, unicode.IsControl) {
		return errors.New("user and password may not have control characters")
	}
	return nil
}

func (s *Server) parseParameters(query string) error {
	switch {
	case query == "":
		return nil
	case query == "starttls=required" && s.scheme == schemeStartTLS:
		s.requireTLS = true
		return nil
	}
	return errors.New("the only parameter there is, is ?starttls=required, of smtp://")
}

// String returns the server's URL without user and password, for example
// smtp://host:587.
func (s Server) String() string { return s.scheme + "://" + s.address() }

// GoString returns the same as String, because %#v would show the password.
func (s Server) GoString() string { return s.String() }

func (s Server) address() string { return net.JoinHostPort(s.host, s.port) }

func isSpaceOrControl(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
