package mail

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// maxReply bounds a server's answer in an error, in bytes.
const maxReply = 500

// operatorCodes are permanent answers that are not about the mail: the server
// wants authentication or encryption (RFC 4954, section 6). The operator can
// correct the settings, so the mail is not refused for good.
var operatorCodes = []int{530, 534, 535, 538}

// misconfigured makes an error one of ErrMisconfigured, with the text that it has.
type misconfigured struct{ error }

// Is reports whether target is ErrMisconfigured.
func (misconfigured) Is(target error) bool { return target == ErrMisconfigured }

// Unwrap returns the error.
func (e misconfigured) Unwrap() error { return e.error }

// deliveryError returns the error of a failed delivery. If the server's answer is
// permanent, it wraps ErrRefused or, if the answer is not about the mail,
// ErrMisconfigured. MAIL FROM has nothing of the mail but the sender, who is the
// same for all mails.
func (s *SMTP) deliveryError(ctx context.Context, err error, recipient string) error {
	rejected, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return s.stepError(ctx, "the transaction", err, recipient)
	}
	code := rejected.ErrorCode() // 0: the server has not answered
	if code == 0 && ctx.Err() != nil {
		return fmt.Errorf("%s: %s: %w", s.server, rejected.Reason, ctx.Err())
	}
	answered := fmt.Errorf("%s: %s", s.server, s.redact(serverWords(rejected), recipient))
	switch {
	case code/100 != 5:
		return answered
	case rejected.Reason == gomail.ErrSMTPMailFrom, slices.Contains(operatorCodes, code):
		return misconfigured{answered}
	}
	return fmt.Errorf("%w: %w", ErrRefused, answered)
}

var quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// serverWords returns the step that failed and what the server answered to it.
// The library quotes the answer, which would hide a password from redact, and
// appends the recipient and the Message-ID.
func serverWords(rejected *gomail.SendError) string {
	text := rejected.Error()
	for _, appended := range []string{", affected message ID: ", ", affected recipient(s): "} {
		if at := strings.LastIndex(text, appended); at >= 0 {
			text = text[:at]
		}
	}
	return quotedText.ReplaceAllStringFunc(text, func(quoted string) string {
		if plain, err := strconv.Unquote(quoted); err == nil {
			return plain
		}
		return quoted
	})
}

// stepError returns an error that names the server, the step and the cause,
// without the recipient and the credentials. It wraps ErrMisconfigured if the server
// answers that it will never take the step.
func (s *SMTP) stepError(ctx context.Context, step string, err error, recipient string) error {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		answered := fmt.Errorf("%s answered to %s: %d %s", s.server, step, reply.Code, s.redact(reply.Msg, recipient))
		if reply.Code/100 == 5 { // no mail has been mentioned yet
			return misconfigured{answered}
		}
		return answered
	}
	if ctx.Err() != nil { // err is that of the closed connection
		return fmt.Errorf("%s: %s: %w", s.server, step, ctx.Err())
	}
	return fmt.Errorf("%s: %s: %s", s.server, step, s.redact(err.Error(), recipient))
}

var anyAddress = regexp.MustCompile(`[^\s<>(),;:]+@[^\s<>(),;]+`)

// redact removes the recipient and the credentials from a server's answer, which
// may repeat them in the forms in which the client sends them.
func (s *SMTP) redact(text, recipient string) string {
	text = strings.Join(strings.FieldsFunc(text, isSpaceOrControl), " ")
	if password := s.server.password; password != "" {
		encode := base64.StdEncoding.EncodeToString
		for _, secret := range []string{
			encode([]byte("\x00" + s.server.username + "\x00" + password)),
			encode([]byte(password)),
			password,
		} {
			text = strings.ReplaceAll(text, secret, "[password]")
		}
	}
	if to, err := parseRecipient(recipient); err == nil {
		quoted, _ := splitAddress(recipient)
		local, _ := splitAddress(to.Address)
		text = replaceWord(text, recipient, "[recipient]")
		text = replaceWord(text, to.Address, "[recipient]") // servers omit the quotes
		text = anyAddress.ReplaceAllString(text, "[address]")
		text = replaceWord(text, quoted, "[recipient]")
		text = replaceWord(text, local, "[recipient]")
	}
	if len(text) > maxReply {
		text = strings.ToValidUTF8(text[:maxReply], "") + "…"
	}
	return text
}

// replaceWord replaces each occurrence of word that no letter or digit touches,
// whatever its case.
func replaceWord(text, word, by string) string {
	found := regexp.MustCompile(`(?i)` + regexp.QuoteMeta(word))
	var b strings.Builder
	rest := 0
	for _, at := range found.FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]]) // at the ends RuneError, which is no letter
		after, _ := utf8.DecodeRuneInString(text[at[1]:])
		if isWordRune(before) || isWordRune(after) {
			continue
		}
		b.WriteString(text[rest:at[0]] + by)
		rest = at[1]
	}
	return b.String() + text[rest:]
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
