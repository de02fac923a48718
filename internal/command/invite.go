package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/signin"
	"example.com/alta/repo"
)

type inviteCommand struct {
	Create inviteCreateCommand `cmd:"" help:"Create an invite and print its code."`
	List   inviteListCommand   `cmd:"" help:"List invites, newest first."`
	Revoke inviteRevokeCommand `cmd:"" help:"Revoke an invite."`
}

// inviteLife is the life of an invite unless the operator chooses another.
const inviteLife = 7 * day

type inviteCreateCommand struct {
	StorageFlags `embed:""`
	Uses         string `help:"Number of accounts that can sign up with it (default ${default})." default:"1" placeholder:"N"`
	Expires      string `help:"Time until it expires (default ${default})." default:"168h" placeholder:"DURATION"`
	Note         string `help:"Note on its purpose." placeholder:"TEXT"`
}

// Run creates an invite and prints its code.
func (c *inviteCreateCommand) Run(ctx context.Context, env *Environment) error {
	uses, life, err := c.parse()
	if err != nil {
		return err
	}
	return c.withInvites(ctx, func(r *repo.Repo, invites signin.Invites) error {
		var code string
		err := r.InTx(ctx, func(tx *repo.Tx) (err error) {
			code, _, err = invites.CreateInvite(ctx, tx, signin.Operator(), signin.NewInvite{Uses: uses, Note: c.Note, Life: life})
			return err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(env.Stdout, code)
		return err
	})
}

// withInvites runs fn with the database and what makes and finds its invites.
func (f *StorageFlags) withInvites(ctx context.Context, fn func(*repo.Repo, signin.Invites) error) error {
	keys, err := f.keyring()
	if err != nil {
		return err
	}
	return f.withRepo(ctx, func(r *repo.Repo) error { return fn(r, signin.NewInvites(keys)) })
}

// parse holds the options to the contract's bounds.
func (c *inviteCreateCommand) parse() (uses int, life time.Duration, err error) {
	usesBounds, err := boundsOf("createInvite", "uses")
	if err != nil {
		return 0, 0, err
	}
	lifeBounds, err := boundsOf("createInvite", "expires_in") // seconds
	if err != nil {
		return 0, 0, err
	}
	noteBounds, err := boundsOf("createInvite", "note")
	if err != nil {
		return 0, 0, err
	}
	if uses, err = parseNumber(c.Uses, int(usesBounds.minimum), int(usesBounds.maximum)); err != nil {
		return 0, 0, fmt.Errorf("--uses: %w", err)
	}
	shortest, longest := time.Duration(lifeBounds.minimum)*time.Second, time.Duration(lifeBounds.maximum)*time.Second
	if life, err = parseDuration(c.Expires, shortest, longest); err != nil {
		return 0, 0, fmt.Errorf("--expires: %w", err)
	}
	if !noteBounds.fits(c.Note) {
		return 0, 0, fmt.Errorf("--note: takes at most %d characters, and no control or invisible characters", noteBounds.maxLength)
	}
	return uses, life, nil
}

type inviteListCommand struct {
	StorageFlags `embed:""`
	JSON         bool `help:"Print one JSON object per line." name:"json"`
}

// inviteLine is an invite in the list.
type inviteLine struct {
	ID        string     `json:"id"`
	Code      string     `json:"code"` // masked
	State     string     `json:"state"`
	Uses      int        `json:"uses"`
	MaxUses   int        `json:"max_uses"`
	Note      string     `json:"note"`
	CreatedBy string     `json:"created_by"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	RevokedAt *time.Time `json:"revoked_at"`
}

// Run prints every invite.
func (c *inviteListCommand) Run(ctx context.Context, env *Environment) error {
	return c.withRepo(ctx, func(r *repo.Repo) error {
		list, err := newListing(env.Stdout, c.JSON, "ID\tCODE\tSTATE\tUSES\tEXPIRES\tNOTE")
		if err != nil {
			return err
		}
		for offset := 0; ; offset += listBatch {
			invites, _, err := r.Invites(ctx, repo.Page{Offset: offset, Limit: listBatch})
			if err != nil {
				return err
			}
			for _, invite := range invites {
				line := newInviteLine(invite)
				err := list.add(line, "%s\t%s\t%s\t%d of %d\t%s\t%s", line.ID, line.Code, line.State, line.Uses, line.MaxUses,
					line.ExpiresAt.Format(time.DateTime), line.Note)
				if err != nil {
					return err
				}
			}
			if len(invites) < listBatch {
				return list.flush()
			}
		}
	})
}

func newInviteLine(i repo.Invite) inviteLine {
	return inviteLine{
		ID:        i.ID.String(),
		Code:      i.Masked,
		State:     i.State(time.Now()),
		Uses:      i.Uses,
		MaxUses:   i.MaxUses,
		Note:      i.Note,
		CreatedBy: i.CreatedBy,
		CreatedAt: i.CreatedAt.UTC(),
		ExpiresAt: i.ExpiresAt.UTC(),
		RevokedAt: i.RevokedAt,
	}
}

type inviteRevokeCommand struct {
	StorageFlags `embed:""`
	Code         string `arg:"" help:"The invite's code, or its id."`
}

// Run revokes the invite. If it has been revoked already, nothing changes.
func (c *inviteRevokeCommand) Run(ctx context.Context, env *Environment) error {
	return c.withInvites(ctx, func(r *repo.Repo, invites signin.Invites) error {
		name, changed := c.Code, false
		if uuid.Validate(name) != nil {
			name = identity.CanonicalInviteCode(name)
		}
		err := r.InTx(ctx, func(tx *repo.Tx) (err error) {
			changed, err = invites.RevokeInvite(ctx, tx, signin.Operator(), c.Code)
			return err
		})
		switch {
		case errors.Is(err, problem.ErrInviteNotFound):
			return fmt.Errorf("there is no invite %s", name)
		case err != nil:
			return err
		case !changed:
			_, err = fmt.Fprintf(env.Stdout, "%s: nothing to change\n", name)
		default:
			_, err = fmt.Fprintf(env.Stdout, "%s: revoked\n", name)
		}
		return err
	})
}
