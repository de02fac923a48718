package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/signin"
	"example.com/alta/repo"
)

// firstInviteNote marks the invite that the first start creates.
const firstInviteNote = "first start"

const welcomeText = `
Alta is at {url}, and nobody has signed up yet. Paste these commands to sign up as the first developer:

  INVITE_TOKEN=$(curl -s {url}/api/v1/auth/redeem-invite -H 'Content-Type: application/json' \
    -d '{"code": "{code}"}' | sed 's/.*"invite_token":"\([^"]*\)".*/\1/')

  curl {url}/api/v1/auth/register -H 'Content-Type: application/json' \
    -d '{"email": "user@example.com", "password": "correct horse battery staple", "invite_token": "'$INVITE_TOKEN'"}'

{mail}

  curl {url}/api/v1/auth/login -H 'Content-Type: application/json' \
    -d '{"email": "user@example.com", "password": "correct horse battery staple"}'

The app door, POST {url}/api/auth/register, needs no invite and logs the new user in at once.

In a browser: {url}/join with the code {code}, {url}/register without one. Docs: {url}/docs

`

// welcome prints how to sign up, if there are no users yet. With SQLite it prints
// an invite, too: each start prints the same one until it is used.
func welcome(ctx context.Context, w io.Writer, p *process, isPostgres bool) error {
	users, err := p.repo.Users(ctx, "", 1)
	if err != nil || len(users) > 0 {
		return err
	}
	if isPostgres {
		_, err := fmt.Fprintf(w, "\nAlta is at %[1]s, and nobody has signed up yet. `alta invite create` prints an invite code for the first developer. Docs: %[1]s/docs\n\n", p.publicURL)
		return err
	}
	code, err := firstInvite(ctx, p.repo, p.keys)
	if err != nil {
		return err
	}
	about := "Then read the two emails at " + p.publicURL.String() + "/dev/mailbox. Open the link in the one that asks you to verify your email, and log in:"
	if p.mail.server != nil {
		about = "Put in your own address: you will get two emails. Open the link in the one that asks you to verify your email, and log in:"
	}
	_, err = strings.NewReplacer("{url}", p.publicURL.String(), "{code}", code, "{mail}", about).WriteString(w, welcomeText)
	return err
}

// firstInvite returns the code of the first start's invite. If it cannot be used
// any more, or does not exist, firstInvite creates another.
func firstInvite(ctx context.Context, r *repo.Repo, keys *identity.Keyring) (code string, err error) {
	err = r.InTx(ctx, func(tx *repo.Tx) (err error) {
		code, err = signin.NewInvites(keys).FirstInvite(ctx, tx, signin.NewInvite{Uses: 1, Note: firstInviteNote, Life: inviteLife})
		return err
	})
	return code, err
}
