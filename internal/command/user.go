package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/signin"
	"example.com/alta/repo"
)

type userCommand struct {
	List    userListCommand    `cmd:"" help:"List users by address."`
	Promote userPromoteCommand `cmd:"" help:"Make a user an administrator."`
	Suspend userSuspendCommand `cmd:"" help:"Suspend a user and end every session of that user."`
	Resume  userResumeCommand  `cmd:"" help:"Reactivate a suspended user."`
	Plan    userPlanCommand    `cmd:"" help:"Put a user on a plan."`
	Import  userImportCommand  `cmd:"" help:"Import users with bcrypt hashes from a CSV file."`
}

type userListCommand struct {
	StorageFlags `embed:""`
	JSON         bool `help:"Print one JSON object per line." name:"json"`
}

// userLine is a user in the list.
type userLine struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Door      repo.Door `json:"door"`
	Role      string    `json:"role"`
	Plan      string    `json:"plan"`
	Active    bool      `json:"active"`
	Verified  bool      `json:"verified"`
	CreatedAt time.Time `json:"created_at"`
}

// listBatch is the number of entries that a list reads at once. Tests reduce it.
var listBatch = 500

// Run prints every user.
func (c *userListCommand) Run(ctx context.Context, env *Environment) error {
	return c.withRepo(ctx, func(r *repo.Repo) error {
		list, err := newListing(env.Stdout, c.JSON, "EMAIL\tVERIFIED\tDOOR\tROLE\tPLAN\tSTATE\tCREATED\tID")
		if err != nil {
			return err
		}
		for after := ""; ; {
			users, err := r.Users(ctx, after, listBatch)
			if err != nil {
				return err
			}
			for _, u := range users {
				line := newUserLine(u)
				err := list.add(line, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", line.Email, yesOrNo(line.Verified), line.Door, line.Role, line.Plan,
					state(line.Active), line.CreatedAt.Format(time.DateOnly), line.ID)
				if err != nil {
					return err
				}
				after = u.Email
			}
			if len(users) < listBatch {
				return list.flush()
			}
		}
	})
}

func newUserLine(u repo.User) userLine {
	return userLine{
		ID:        u.ID.String(),
		Email:     u.DisplayEmail,
		Door:      u.Door,
		Role:      u.Role,
		Plan:      u.Plan,
		Active:    u.IsActive,
		Verified:  u.EmailVerifiedAt != nil,
		CreatedAt: u.CreatedAt.UTC(),
	}
}

func yesOrNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func state(active bool) string {
	if active {
		return "active"
	}
	return "suspended"
}

// userChange has the arguments of the commands that change one user.
type userChange struct {
	StorageFlags `embed:""`
	Email        string `arg:"" help:"The user's address."`
}

type (
	userPromoteCommand struct {
		userChange
		Force bool `help:"Promote a user whose address is not verified, too." env:"-"`
	}
	userSuspendCommand struct{ userChange }
	userResumeCommand  struct{ userChange }
)

// Run gives the user the role ADMIN.
func (c *userPromoteCommand) Run(ctx context.Context, env *Environment) error {
	return c.administer(ctx, env, "promoted, every session ended", func(a *signin.Administration, tx *repo.Tx, u repo.User) (bool, error) {
		changed, err := a.Promote(ctx, tx, signin.Operator(), u, c.Force)
		if errors.Is(err, signin.ErrUnproved) {
			return false, fmt.Errorf("%s is not verified, so anybody may have registered it: let its owner verify it first, or use --force", u.DisplayEmail)
		}
		return changed, err
	})
}

// Run suspends the user.
func (c *userSuspendCommand) Run(ctx context.Context, env *Environment) error {
	return c.administer(ctx, env, "suspended, every session ended", func(a *signin.Administration, tx *repo.Tx, u repo.User) (bool, error) {
		_, changed, err := a.SetActive(ctx, tx, signin.Operator(), u.ID, false)
		return changed, err
	})
}

// Run reactivates the user.
func (c *userResumeCommand) Run(ctx context.Context, env *Environment) error {
	return c.administer(ctx, env, "resumed", func(a *signin.Administration, tx *repo.Tx, u repo.User) (bool, error) {
		_, changed, err := a.SetActive(ctx, tx, signin.Operator(), u.ID, true)
		return changed, err
	})
}

// administer changes the user, with whatever change records and mails, and prints done.
// A server sends the mail.
func (c *userChange) administer(
	ctx context.Context, env *Environment, done string,
	change func(*signin.Administration, *repo.Tx, repo.User) (changed bool, err error),
) error {
	keys, err := c.keyring()
	if err != nil {
		return err
	}
	administration := signin.NewAdministration(mail.NewOutbox(mail.OutboxConfig{Keys: keys}))
	return c.run(ctx, env, done, func(tx *repo.Tx, u repo.User) (bool, error) { return change(administration, tx, u) })
}

// run changes the user, with whatever change records, and prints done.
func (c *userChange) run(
	ctx context.Context, env *Environment, done string, change func(*repo.Tx, repo.User) (changed bool, err error),
) error {
	return c.withRepo(ctx, func(r *repo.Repo) error {
		email, changed := identity.DisplayEmail(c.Email), false
		err := r.InTx(ctx, func(tx *repo.Tx) error {
			user, err := tx.UserByEmail(ctx, identity.CanonicalEmail(c.Email))
			if err != nil {
				return err
			}
			changed, err = change(tx, user)
			return err
		})
		switch {
		case errors.Is(err, repo.ErrNotFound):
			return fmt.Errorf("no user has the address %s", email)
		case err != nil:
			return err
		case !changed:
			_, err = fmt.Fprintf(env.Stdout, "%s: nothing to change\n", email)
		default:
			_, err = fmt.Fprintf(env.Stdout, "%s: %s\n", email, done)
		}
		return err
	})
}
