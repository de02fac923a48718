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
	"example.com/alta/internal/product"
)

// MailFlags are the settings for mails.
type MailFlags struct {
	SMTPURL     string `name:"smtp-url" help:"Mail server: smtp://user:password@host:587 (uses STARTTLS if offered; ?starttls=required insists on it) or smtps://…; if unset, emails are kept in <data dir>/mail." placeholder:"URL"`
	SMTPTimeout string `name:"smtp-timeout" help:"Time-out for one email (default ${default})." default:"5s" placeholder:"DURATION"`
	MailFrom    string `help:"Sender of emails; no-reply@localhost with the name of the product if unset." placeholder:"ADDRESS"`
	Name        string `help:"Name of the product, as pages, emails and files have it (default ${default})." default:"Alta" placeholder:"TEXT"`
}

// mailSettings are the parsed MailFlags.
type mailSettings struct {
	name    string
	server  *mail.Server // nil: the development mailbox
	timeout time.Duration
	from    *netmail.Address
}

// parse reads every setting and calls check with the error of each, or nil.
func (f *MailFlags) parse(check checkFunc) (m mailSettings) {
	if f.SMTPURL != "" {
		server, err := mail.ParseServer(f.SMTPURL)
		check("ALTA_SMTP_URL", err)
		m.server = &server
	}
	var err error
	m.timeout, err = parseDuration(f.SMTPTimeout, 100*time.Millisecond, 30*time.Second)
	check("ALTA_SMTP_TIMEOUT", err)
	m.name = f.Name
	check("ALTA_NAME", product.CheckName(f.Name))
	m.from = &netmail.Address{Name: f.Name, Address: defaultSender}
	if f.MailFrom != "" {
		m.from, err = parseSender(f.MailFrom)
		check("ALTA_MAIL_FROM", err)
	}
	return m
}

// defaultSender is the address of emails in the development mailbox.
const defaultSender = "no-reply@localhost"

func parseSender(text string) (*netmail.Address, error) {
	from, err := netmail.ParseAddress(text)
	// The default domain, localhost, is valid only with a top-level domain. It is good
	// enough for the development mailbox.
	if err != nil || identity.CheckEmail(from.Address) != nil && identity.CheckEmail(from.Address+".test") != nil {
		return nil, fmt.Errorf("%q is not a sender; it takes an address such as Alta <no-reply@example.com>", text)
	}
	return from, nil
}

// checkMailServer requires a mail server if others can reach this server: nobody
// would look into the development mailbox.
func checkMailServer(url, listen string) error {
	host, _, _ := net.SplitHostPort(listen)
	if url == "" && !netaddr.IsLoopbackHost(host) {
		return fmt.Errorf("is required when the server listens on %s, which is not loopback", listen)
	}
	return nil
}

// sender returns the Sender of mails. Without a mail server, it is the development
// mailbox, which sender then returns as well.
func (m mailSettings) sender(dataDir string) (mail.Sender, *mail.Mailbox) {
	if m.server != nil {
		return mail.NewSMTP(*m.server, m.from, m.timeout), nil
	}
	box := mail.NewMailbox(filepath.Join(dataDir, "mail"), m.from)
	return box, box
}

// problems collects the errors of settings.
type problems []error

func (p *problems) check(name string, err error) {
	if err != nil {
		*p = append(*p, fmt.Errorf("%s: %w", name, err))
	}
}

func (p problems) err() error { return errors.Join(p...) }
