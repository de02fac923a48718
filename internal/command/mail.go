package command

import (
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"path/filepath"
	"strconv"
	"strings"
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
	MailboxCap  string `help:"Most emails to one mailbox, an hour and a day, for example 5/h,10/d, or off (default ${default})." default:"5/h,10/d" placeholder:"CAPS"`
	Name        string `help:"Name of the product, as pages, emails and files have it (default ${default})." default:"Alta" placeholder:"TEXT"`
}

// mailSettings are the parsed MailFlags.
type mailSettings struct {
	name    string
	server  *mail.Server // nil: the development mailbox
	timeout time.Duration
	from    *netmail.Address
	caps    mail.Caps
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
	m.caps, err = parseCaps(f.MailboxCap)
	check("ALTA_MAILBOX_CAP", err)
	m.name = f.Name
	check("ALTA_NAME", product.CheckName(f.Name))
	m.from = &netmail.Address{Name: f.Name, Address: defaultSender}
	if f.MailFrom != "" {
		m.from, err = parseSender(f.MailFrom)
		check("ALTA_MAIL_FROM", err)
	}
	return m
}

// parseCaps reads "N/h,M/d", or "off".
func parseCaps(text string) (caps mail.Caps, err error) {
	if text == "off" {
		return mail.Caps{}, nil
	}
	hour, day, _ := strings.Cut(text, ",")
	caps.Hour, err = strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(hour), "/h"))
	if err == nil {
		caps.Day, err = strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(day), "/d"))
	}
	if err != nil || fmt.Sprintf("%d/h,%d/d", caps.Hour, caps.Day) != strings.ReplaceAll(text, " ", "") ||
		caps.Hour < 1 || caps.Day < caps.Hour || caps.Day > 10_000 {
		return mail.Caps{}, fmt.Errorf("%q is no cap on emails; it takes N/h,M/d with M from N to 10000, or off", text)
	}
	return caps, nil
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
