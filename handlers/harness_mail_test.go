package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"example.com/alta/internal/mail"
)

// mailServer keeps the mails that it is given. internal/mail and internal/e2e test
// conversations with real ones.
type mailServer struct {
	mu    sync.Mutex
	down  bool
	fail  func(to, subject string) error // nil: nothing fails
	tries []mail.Message                 // each that was handed over
	mails []mail.Message                 // those that were accepted
	shown int                            // how many of them mails has shown
}

var errMailServerDown = errors.New("connection refused")

var errRefused = fmt.Errorf("550 no such user: %w", mail.ErrRefused)

func (p *mailServer) Send(ctx context.Context, m mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tries = append(p.tries, m)
	if p.down {
		return errMailServerDown
	}
	if p.fail != nil {
		if err := p.fail(m.To, m.Subject); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil { // a conversation is cut off then
		return err
	}
	p.mails = append(p.mails, m)
	return nil
}

// refuse makes mails with the subject fail with err; a nil err ends that.
func (p *mailServer) refuse(subject string, err error) {
	p.failWith(func(_, got string) error {
		if got == subject {
			return err
		}
		return nil
	})
}

// failWith makes each mail fail with the error that fail returns for it; nil ends that.
func (p *mailServer) failWith(fail func(to, subject string) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = fail
}

func (p *mailServer) setDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// to returns the mails to the address that have been accepted, in order.
func (p *mailServer) to(address string) (mails []mail.Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.mails {
		if m.To == address {
			mails = append(mails, m)
		}
	}
	return mails
}

// secretTexts match the secrets in mails, by kind.
var secretTexts = map[string]*regexp.Regexp{
	"verification": regexp.MustCompile(`/verifyEmail\?token=([\w-]{64})`),
	"reset":        regexp.MustCompile(`/verifyPasswordLink\?token=([\w-]{64})`),
	"deletion":     regexp.MustCompile(`/confirm-deletion\?token=([\w-]{64})`),
	"key":          regexp.MustCompile(`(alta_\w{38})`),
}

// secrets returns the newest secret of each kind.
func (p *mailServer) secrets() map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := map[string]any{}
	for _, m := range p.mails {
		for kind, text := range secretTexts {
			if match := text.FindStringSubmatch(m.Text); match != nil {
				found[kind] = match[1]
			}
		}
	}
	return found
}

// mails sends all due mails and returns a line for each mail that was accepted since
// the last call.
func (h *harness) mails() string {
	h.t.Helper()
	if err := h.SendMails(h.t.Context()); err != nil {
		h.t.Error(err)
	}
	h.mailServer.mu.Lock()
	defer h.mailServer.mu.Unlock()
	var lines []string
	for _, m := range h.mailServer.mails[h.mailServer.shown:] {
		lines = append(lines, fmt.Sprintf("Mail to %s: %s\n", m.To, m.Subject))
	}
	h.mailServer.shown = len(h.mailServer.mails)
	slices.Sort(lines) // they are sent at once
	return strings.Join(lines, "")
}

// secret sends all due mails and returns the newest secret of the kind:
// verification, reset, deletion or key.
func (h *harness) secret(kind string) string {
	h.t.Helper()
	h.mails()
	text, ok := h.mailServer.secrets()[kind].(string)
	if !ok {
		h.t.Fatalf("no mail holds a secret of the kind %s", kind)
	}
	return text
}

const (
	mailVerify  = "Mail to ada@example.com: Verify your email\n"
	mailWelcome = "Mail to ada@example.com: Welcome to Alta: your API key\n"
	mailReset   = "Mail to ada@example.com: Choose a new password\n"
)

// expectMails sends all due mails and fails the test unless exactly these were
// accepted.
func (h *harness) expectMails(want string) {
	h.t.Helper()
	if got := h.mails(); got != want {
		h.t.Errorf("got the mails %q, want %q", got, want)
	}
}

// registerWithoutMail registers Ada while her verification mail fails.
func (h *harness) registerWithoutMail(err error) {
	h.t.Helper()
	h.mailServer.refuse("Verify your email", err)
	answer := h.do("POST", "/api/v1/auth/register", apiRegistration("ada@example.com", h.inviteToken(1))).status(500)
	if code := answer.get("code"); code != "mail_failed" {
		h.t.Errorf("code is %s", code)
	}
	h.expectMails(mailWelcome)
	h.mailServer.refuse("", nil)
}

// tokenOf returns the token in the n-th verification or reset mail that was tried,
// accepted or not.
func (h *harness) tokenOf(n int) string {
	h.t.Helper()
	h.mailServer.mu.Lock()
	defer h.mailServer.mu.Unlock()
	for _, m := range h.mailServer.tries {
		for _, kind := range []string{"verification", "reset"} {
			if match := secretTexts[kind].FindStringSubmatch(m.Text); match != nil {
				if n--; n == 0 {
					return match[1]
				}
			}
		}
	}
	h.t.Fatal("there was no such mail")
	return ""
}
