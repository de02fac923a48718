package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"example.com/alta/internal/mail"
)

// maxInviteUses is the largest number of uses of an invite.
const maxInviteUses = 100_000

// mailTimeout bounds the wait for a mail.
const mailTimeout = 20 * time.Second

// developer is a user of the API door whose calls are limited neither by the plan
// nor by the balance.
type developer struct {
	email   string
	key     string
	session string
}

// newDeveloper signs a developer up as users do: with an invite and the mails that
// follow.
func (s *server) newDeveloper(ctx context.Context) (*developer, error) {
	d := &developer{email: newAddress()}
	c := newClient(ctx, s.address)
	defer c.close()
	invite, err := s.redeemInvite(ctx, c, 1)
	if err != nil {
		return nil, err
	}
	if err := signUpAPI(c, d.email, invite); err != nil {
		return nil, err
	}
	verification, err := s.awaitMail(ctx, d.email, linkToken)
	if err != nil {
		return nil, err
	}
	if d.key, err = s.awaitMail(ctx, d.email, apiKey); err != nil {
		return nil, err
	}
	if _, err := c.post("/api/v1/auth/verifyEmail", map[string]string{"token": verification}, 200); err != nil {
		return nil, err
	}
	for _, arguments := range [][]string{ // the largest values of a plan
		{"plan", "set", "paid", "--requests-per-minute", "1000000", "--tokens", "1000000000"},
		{"user", "plan", d.email, "paid"},
	} {
		if _, err := output(s.alta(ctx, arguments...)); err != nil {
			return nil, err
		}
	}
	body, err := c.post("/api/v1/auth/login", map[string]string{"email": d.email, "password": password}, 200)
	if err != nil {
		return nil, err
	}
	var session struct{ Token string }
	err = json.Unmarshal(body, &session)
	d.session = session.Token
	return d, err
}

// redeemInvite creates an invite with that number of uses. It returns the token for
// signing up, which is valid for 15 minutes.
func (s *server) redeemInvite(ctx context.Context, c *client, uses int) (token string, err error) {
	code, err := output(s.alta(ctx, "invite", "create", "--uses", fmt.Sprint(uses)))
	if err != nil {
		return "", err
	}
	body, err := c.post("/api/v1/auth/redeem-invite", map[string]string{"code": code}, 200)
	if err != nil {
		return "", err
	}
	var redeemed struct {
		Token string `json:"invite_token"`
	}
	err = json.Unmarshal(body, &redeemed)
	return redeemed.Token, err
}

// signUpAPI signs a user up at the API door. When it returns, the verification mail
// is in the mailbox; the welcome mail follows later.
func signUpAPI(c *client, email, inviteToken string) error {
	_, err := c.post("/api/v1/auth/register", map[string]string{
		"email": email, "password": password, "invite_token": inviteToken,
	}, 200)
	return err
}

var (
	linkToken = regexp.MustCompile(`[?&]token=([^\s&]+)`)
	apiKey    = regexp.MustCompile(`(alta_[0-9A-Za-z]{38})`)
)

// awaitMail waits for a mail to the address whose text has a match, and returns the
// match.
func (s *server) awaitMail(ctx context.Context, email string, wanted *regexp.Regexp) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	box := mail.NewMailbox(filepath.Join(s.engine.directory, "mail"), nil)
	for ctx.Err() == nil {
		mails, err := box.List()
		if err != nil {
			return "", err
		}
		for _, m := range mails {
			if found := wanted.FindStringSubmatch(m.Text); found != nil && strings.Contains(m.To, email) {
				return found[1], nil
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	return "", fmt.Errorf("no mail to %s has %s", email, wanted)
}

// output runs the command and returns its standard output. Its error has the text
// of standard error.
func output(command *exec.Cmd) (string, error) {
	text, err := command.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("%s: %w: %s", strings.Join(command.Args, " "), err, strings.TrimSpace(string(exit.Stderr)))
	}
	return strings.TrimSpace(string(text)), err
}
