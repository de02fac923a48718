package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

// firstInviteNote marks the invite that the first start makes.
const firstInviteNote = "first start"

const welcomeText = `
Alta is at {url}, and nobody has signed up yet. Paste these to be the first developer:

  INVITE_TOKEN=$(curl -s {url}/api/v1/auth/redeem-invite -H 'Content-Type: application/json' \
    -d '{"code": "{code}"}' | sed 's/.*"invite_token":"\([^"]*\)".*/\1/')

  curl {url}/api/v1/auth/register -H 'Content-Type: application/json' \
    -d '{"email": "user@example.com", "password": "correct horse battery staple", "invite_token": "'$INVITE_TOKEN'"}'

{mail}

  curl {url}/api/v1/auth/login -H 'Content-Type: application/json' \
    -d '{"email": "user@example.com", "password": "correct horse battery staple"}'

The app door, POST {url}/api/auth/register, takes anybody and logs in at once.

In a browser: {url}/join with the code {code}, {url}/register without one. Docs: {url}/docs

`

// welcome tells whoever starts a server that nobody uses yet how to sign up.
// On the embedded database it makes an invite for that, the same one at each
// start until it is used.
func welcome(ctx context.Context, w io.Writer, r *repo.Repo, s settings, isPostgres bool) error {
	users, err := r.Users(ctx, "", 1)
	if err != nil || len(users) > 0 {
		return err
	}
	if isPostgres {
		_, err := fmt.Fprintf(w, "\nAlta is at %[1]s, and nobody has signed up yet. `alta invite create` makes a code for the first developer. Docs: %[1]s/docs\n\n", s.publicURL)
		return err
	}
	code, err := firstInvite(ctx, r)
	if err != nil {
		return err
	}
	about := "Two mails are then at " + s.publicURL.String() + "/dev/mailbox. Open the link of the one that asks for it, and log in:"
	if s.mail.server != nil {
		about = "Put in your own address: two mails are sent to it. Open the link of the one that asks for it, and log in:"
	}
	_, err = strings.NewReplacer("{url}", s.publicURL.String(), "{code}", code, "{mail}", about).WriteString(w, welcomeText)
	return err
}

// firstInvite returns the code of the first start, which it makes where there
// is none that can be used.
func firstInvite(ctx context.Context, r *repo.Repo) (code string, err error) {
	err = r.InTx(ctx, func(tx *repo.Tx) error {
		invites, _, err := tx.Invites(ctx, repo.Page{Limit: 100})
		if err != nil {
			return err
		}
		for _, i := range invites {
			if code = i.Code; i.Note == firstInviteNote && i.Err(tx.Now()) == nil {
				return nil
			}
		}
		code = identity.NewInviteCode()
		_, err = createInvite(ctx, tx, repo.Invite{Code: code, MaxUses: 1, Note: firstInviteNote}, inviteLife)
		return err
	})
	return code, err
}
