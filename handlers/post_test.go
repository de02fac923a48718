package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/repo"
)

// post is a mail server that keeps what it is given. Conversations with real
// ones are tested in internal/mail and internal/e2e.
type post struct {
	mu    sync.Mutex
	down  bool
	fail  func(to, subject string) error // nil: nothing fails
	tries []mail.Message                 // each that was handed over
	mails []mail.Message                 // those that were accepted
	shown int                            // how many of them mails has shown
}

var errPostDown = errors.New("connection refused")

func (p *post) Send(ctx context.Context, m mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tries = append(p.tries, m)
	if p.down {
		return errPostDown
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

// refuse has mails with the subject refused as err says; a nil err ends that.
func (p *post) refuse(subject string, err error) {
	p.meet(func(_, got string) error {
		if got == subject {
			return err
		}
		return nil
	})
}

// meet has the mail server ask fail about each mail.
func (p *post) meet(fail func(to, subject string) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = fail
}

func (p *post) setDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// to returns the mails to the address that have been accepted, in order.
func (p *post) to(address string) (mails []mail.Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.mails {
		if m.To == address {
			mails = append(mails, m)
		}
	}
	return mails
}

// secretTexts find what is secret in mails, by kind.
var secretTexts = map[string]*regexp.Regexp{
	"verification": regexp.MustCompile(`/verifyEmail\?token=([\w-]{64})`),
	"reset":        regexp.MustCompile(`/verifyPasswordLink\?token=([\w-]{64})`),
	"deletion":     regexp.MustCompile(`/confirm-deletion\?token=([\w-]{64})`),
	"key":          regexp.MustCompile(`(alta_\w{38})`),
}

// secrets returns the newest secret of each kind.
func (p *post) secrets() map[string]any {
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

// mails sends what is due and returns a line for each mail that was accepted
// since it was called last.
func (h *harness) mails() string {
	h.t.Helper()
	if err := h.SendMails(h.t.Context()); err != nil {
		h.t.Error(err)
	}
	h.post.mu.Lock()
	defer h.post.mu.Unlock()
	var lines []string
	for _, m := range h.post.mails[h.post.shown:] {
		lines = append(lines, fmt.Sprintf("Mail to %s: %s\n", m.To, m.Subject))
	}
	h.post.shown = len(h.post.mails)
	slices.Sort(lines) // they are sent at once
	return strings.Join(lines, "")
}

// secret returns the newest secret of the kind (verification, reset, key) that
// was mailed, after sending what is due.
func (h *harness) secret(kind string) string {
	h.t.Helper()
	h.mails()
	text, ok := h.post.secrets()[kind].(string)
	if !ok {
		h.t.Fatalf("no mail holds a secret of the kind %s", kind)
	}
	return text
}

// invite makes an invite and returns its code.
func (h *harness) invite(uses int) string {
	h.t.Helper()
	i := repo.Invite{Code: identity.NewInviteCode(), MaxUses: uses, CreatedBy: repo.ActorOperator}
	err := h.repo.InTx(h.t.Context(), func(tx *repo.Tx) error {
		_, err := tx.CreateInvite(h.t.Context(), i, 7*24*time.Hour)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return i.Code
}

// inviteToken redeems a fresh invite.
func (h *harness) inviteToken(uses int) string {
	h.t.Helper()
	return h.do("POST", "/api/v1/auth/redeem-invite", `{"code":"`+h.invite(uses)+`"}`).status(200).get("invite_token")
}

// promote makes the user an administrator.
func (h *harness) promote(email string) {
	h.t.Helper()
	err := h.repo.InTx(h.t.Context(), func(tx *repo.Tx) error {
		user, err := tx.UserByEmail(h.t.Context(), email)
		if err != nil {
			return err
		}
		_, err = tx.SetRole(h.t.Context(), user.ID, repo.RoleAdmin)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// develop signs somebody up at the API door, verified and logged in, and
// returns the header that speaks for them.
func (h *harness) develop(email string) (bearer string) {
	h.t.Helper()
	h.do("POST", "/api/v1/auth/register", developer(email, h.inviteToken(1))).status(200)
	h.do("POST", "/api/v1/auth/verifyEmail", `{"token":"`+h.secret("verification")+`"}`).status(200)
	return "Authorization: Bearer " + h.do("POST", "/api/v1/auth/login", credentials(email, password)).status(200).get("token")
}

func developer(email, inviteToken string) string {
	return `{"email":"` + email + `","password":"` + password + `","invite_token":"` + inviteToken + `"}`
}
