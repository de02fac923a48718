package testsmtp

import (
	"crypto/subtle"
	"errors"
	"io"
	"regexp"
	"slices"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"example.com/alta/internal/mail/eml"
)

// Behaviour is how a Server treats a mail.
type Behaviour int

// The behaviours of a Server.
const (
	Accept          Behaviour = iota
	RejectRecipient           // 550 to RCPT TO; the answer repeats the recipient
	RejectData                // 554 after the final dot
	Defer                     // 451 to RCPT TO
	DeferData                 // 452 after the final dot
	Hang                      // does not answer the final dot before the server is stopped
	Drop                      // closes the connection after the final dot
	Trickle                   // accepts, and answers one byte per second
	HangAtQuit                // accepts, and does not answer any further command
	AcceptThenDrop            // accepts, and closes the connection
)

// Mail is a mail that a Server has accepted.
type Mail struct {
	From      string   // of the envelope
	To        []string // of the envelope
	Raw       []byte
	MessageID string // without angle brackets
	Subject   string // decoded
	Text      string // lines end in LF
	HTML      string
	Received  time.Time
}

var linkWithToken = regexp.MustCompile(`https?://\S*[?&]token=([^\s&]+)`)

// Link returns the first URL with a token in the text, or "" if there is none.
func (m Mail) Link() string { return linkWithToken.FindString(m.Text) }

// Token returns the token of Link, as it is written there.
func (m Mail) Token() string {
	if found := linkWithToken.FindStringSubmatch(m.Text); found != nil {
		return found[1]
	}
	return ""
}

// session handles the commands of one connection.
type session struct {
	server        *Server
	conn          *smtp.Conn
	authenticated bool
	mail          Mail
	behaviour     Behaviour
}

func (s *Server) newSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{server: s, conn: c}, nil
}

// AuthMechanisms returns the mechanisms that the server offers.
func (s *session) AuthMechanisms() []string {
	if s.server.config.Username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth begins an authentication.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	if !slices.Contains(s.AuthMechanisms(), mechanism) {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	return sasl.NewPlainServer(func(_, username, password string) error {
		config := s.server.config
		if username != config.Username || subtle.ConstantTimeCompare([]byte(password), []byte(config.Password)) == 0 {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "wrong user or password"}
		}
		s.authenticated = true
		return nil
	}), nil
}

// Mail begins a mail.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.config.Username != "" && !s.authenticated {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "authentication required"}
	}
	s.mail = Mail{From: eml.Address(from)}
	return nil
}

// Rcpt adds a recipient. The last recipient determines the behaviour for the
// mail.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	to = eml.Address(to)
	s.behaviour = s.server.behaviour(to)
	switch s.behaviour {
	case RejectRecipient:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<" + to + ">: no such user here"}
	case Defer:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "<" + to + ">: greylisted, come back later"}
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

// Data reads the mail and treats it as Behave has said.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	conn := ownConn(s.conn.Conn())
	switch s.behaviour {
	case RejectData:
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "this content is not wanted"}
	case DeferData:
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "the disk is full"}
	case Hang:
		<-conn.done
		return errors.New("stopped")
	case Drop:
		return conn.Close()
	}
	parsed, err := eml.Parse(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
	}
	s.mail.Raw, s.mail.Received = raw, time.Now()
	s.mail.MessageID, s.mail.Subject = parsed.MessageID, parsed.Subject
	s.mail.Text, s.mail.HTML = parsed.Text, parsed.HTML
	conn.fail(s.behaviour)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, s.mail)
	return nil
}

// Reset discards the mail that was begun.
func (s *session) Reset() { s.mail = Mail{} }

// Logout ends the session.
func (s *session) Logout() error { return nil }
