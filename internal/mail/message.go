package mail

import (
	"errors"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"
)

// validID matches an ID that is safe in a header and in a file name.
var validID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// build makes a message (RFC 5322) of m, from the given address. Its errors wrap
// ErrRefused and do not show the recipient.
func build(m Message, from *netmail.Address) (*gomail.Msg, error) {
	to, err := parseRecipient(m.To)
	if err != nil {
		return nil, err
	}
	if !validID.MatchString(m.ID) {
		return nil, fmt.Errorf("%w: its ID is not usable in a header", ErrRefused)
	}
	_, domain := splitAddress(from.Address)
	if domain, err = asciiDomain(domain); err != nil {
		return nil, fmt.Errorf("%w: the sender's domain is not usable: %w", ErrRefused, err)
	}
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(from)
	message.ToMailAddress(to)
	message.Subject(strings.Map(spaceForControl, m.Subject))
	message.SetDateWithValue(m.Date.UTC())
	message.SetMessageIDWithValue(m.ID + "@" + domain)
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834
	message.SetBodyString(gomail.TypeTextPlain, m.Text)
	message.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return message, nil
}

// parseRecipient reads a bare address. It refuses a name, a list, and control
// characters, which could end the line of the header.
func parseRecipient(text string) (*netmail.Address, error) {
	if utf8.ValidString(text) && strings.IndexFunc(text, unicode.IsControl) < 0 {
		if to, err := netmail.ParseAddress("<" + text + ">"); err == nil {
			return to, nil
		}
	}
	return nil, fmt.Errorf("%w: the recipient is not an address that can be written", ErrRefused)
}

func spaceForControl(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// splitAddress cuts an address at its last @.
func splitAddress(address string) (local, domain string) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address, ""
	}
	return address[:at], address[at+1:]
}

// asciiDomain returns the domain in the ASCII form (RFC 5890), which every server
// understands.
func asciiDomain(domain string) (string, error) {
	if domain == "" {
		return "", errors.New("it is empty")
	}
	if isASCII(domain) {
		return domain, nil
	}
	return idna.Lookup.ToASCII(domain)
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}
