package command

import (
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"path/filepath"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/netaddr"
)

// MailFlags are the settings of whatever sends mail.
type MailFlags struct {
	SMTPURL     string `name:"smtp-url" help:"smtp://user:password@host:587 (STARTTLS when offered; ?starttls=required) or smtps://…; without it mails are kept in <data dir>/mail." placeholder:"URL"`
	SMTPTimeout string `name:"smtp-timeout" help:"How long the mail server may take for one mail (default ${default})." default:"5s" placeholder:"DURATION"`
	MailFrom    string `help:"Sender of mails (default ${default})." default:"Alta <no-reply@localhost>" placeholder:"ADDRESS"`
}

// mailSettings are MailFlags, read and checked.
type mailSettings struct {
	server  *mail.Server // nil: the development mailbox
	timeout time.Duration
	from    *netmail.Address
}

// parse reads every setting. check is called for each with what is wrong with
// it, or nil.
func (f *MailFlags) parse(check func(name string, err error)) (m mailSettings) {
	if f.SMTPURL != "" {
		server, err := mail.ParseServer(f.SMTPURL)
		check("ALTA_SMTP_URL", err)
		m.server = &server
	}
	var err error
	m.timeout, err = parseDuration(f.SMTPTimeout, 100*time.Millisecond, 30*time.Second)
	check("ALTA_SMTP_TIMEOUT", err)
	m.from, err = parseSender(f.MailFrom)
	check("ALTA_MAIL_FROM", err)
	return m
}

func parseSender(text string) (*netmail.Address, error) {
	from, err := netmail.ParseAddress(text)
	// The default's domain has no top level, and is good for the development mailbox.
	if err != nil || identity.CheckEmail(from.Address) != nil && identity.CheckEmail(from.Address+".test") != nil {
		return nil, fmt.Errorf("%q is not a sender; it takes an address such as Alta <no-reply@example.com>", text)
	}
	return from, nil
}

// checkMailServer holds a server that others can reach to having a mail
// server: in the development mailbox nobody would look.
func checkMailServer(url, listen string) error {
	host, _, _ := net.SplitHostPort(listen)
	if url == "" && !netaddr.IsLoopbackHost(host) {
		return fmt.Errorf("is required when the server listens on %s, which is not loopback", listen)
	}
	return nil
}

// sender returns what mails are handed to; and the development mailbox, if it
// is that.
func (m mailSettings) sender(dataDir string) (mail.Sender, *mail.Mailbox) {
	if m.server != nil {
		return mail.NewSMTP(*m.server, m.from, m.timeout), nil
	}
	box := mail.NewMailbox(filepath.Join(dataDir, "mail"), m.from)
	return box, box
}

// problems collects what is wrong with settings, by name.
type problems []error

func (p *problems) check(name string, err error) {
	if err != nil {
		*p = append(*p, fmt.Errorf("%s: %w", name, err))
	}
}

func (p problems) err() error { return errors.Join(p...) }
