// Package eml reads the mails that Alta writes: a text, and the same text as
// HTML.
package eml

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
)

// Mail is a decoded message. Lines of the bodies end in LF.
type Mail struct {
	Header    mail.Header // as it was received
	MessageID string      // without angle brackets
	From      string      // addresses as Address writes them, separated by commas
	To        string
	Subject   string
	Text      string
	HTML      string
}

// Parse reads a message (RFC 5322, with UTF-8 in headers by RFC 6532). If several
// parts have the same type, it keeps the first. It returns an error if the
// message is malformed or has neither a text nor HTML.
func Parse(raw []byte) (Mail, error) {
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, fmt.Errorf("read the header: %w", err)
	}
	m := Mail{
		Header:    message.Header,
		MessageID: strings.Trim(message.Header.Get("Message-ID"), "<>"),
	}
	if m.From, err = addresses(message.Header, "From"); err != nil {
		return Mail{}, err
	}
	if m.To, err = addresses(message.Header, "To"); err != nil {
		return Mail{}, err
	}
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject")); err != nil {
		return Mail{}, fmt.Errorf("read the Subject header: %w", err)
	}
	if err := m.readPart(textproto.MIMEHeader(message.Header), message.Body); err != nil {
		return Mail{}, err
	}
	if m.Text == "" && m.HTML == "" {
		return Mail{}, errors.New("the mail has neither a text nor HTML")
	}
	return m, nil
}

// Address formats an address without a name, as it is typed. It quotes the local
// part if necessary (RFC 5322, section 3.4.1).
func Address(address string) string {
	written := (&mail.Address{Address: address}).String()
	return strings.TrimSuffix(strings.TrimPrefix(written, "<"), ">")
}

// addresses returns the addresses in the header, separated by commas. Each is
// "name <address>", or the bare address if it has no name.
func addresses(header mail.Header, name string) (string, error) {
	list, err := header.AddressList(name)
	if err != nil {
		return "", fmt.Errorf("read the %s header: %w", name, err)
	}
	written := make([]string, len(list))
	for i, entry := range list {
		written[i] = Address(entry.Address)
		if entry.Name != "" {
			written[i] = entry.Name + " <" + written[i] + ">"
		}
	}
	return strings.Join(written, ", "), nil
}

// readPart reads a body into m. It reads each part of a multipart body.
func (m *Mail) readPart(header textproto.MIMEHeader, body io.Reader) error {
	mediaType, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("read the Content-Type header: %w", err)
	}
	if strings.HasPrefix(mediaType, "multipart/") {
		return m.readParts(multipart.NewReader(body, parameters["boundary"]))
	}
	content, err := io.ReadAll(decode(header.Get("Content-Transfer-Encoding"), body))
	if err != nil {
		return fmt.Errorf("decode the %s: %w", mediaType, err)
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	switch {
	case mediaType == "text/plain" && m.Text == "":
		m.Text = text
	case mediaType == "text/html" && m.HTML == "":
		m.HTML = text
	}
	return nil
}

func (m *Mail) readParts(parts *multipart.Reader) error {
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the parts: %w", err)
		}
		if err := m.readPart(part.Header, part); err != nil {
			return err
		}
	}
}

func decode(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}
