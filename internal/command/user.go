package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

type userCommand struct {
	List    userListCommand    `cmd:"" help:"List users by address."`
	Promote userPromoteCommand `cmd:"" help:"Make a user an administrator."`
	Suspend userSuspendCommand `cmd:"" help:"Suspend a user and end every session."`
	Resume  userResumeCommand  `cmd:"" help:"Let a suspended user in again."`
	Plan    userPlanCommand    `cmd:"" help:"Put a user on a plan."`
	Import  userImportCommand  `cmd:"" help:"Import users with bcrypt hashes from a CSV file."`
}

type userListCommand struct {
	StorageFlags `embed:""`
	JSON         bool `help:"One JSON object a line." name:"json"`
}

// userLine is a user as the list shows one.
type userLine struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Door      repo.Door `json:"door"`
	Role      string    `json:"role"`
	Plan      string    `json:"plan"`
	Active    bool      `json:"active"`
	CreatedAt time.Time `json:"created_at"`
}

// listBatch is how many rows one query of a list reads. Tests make it smaller.
var listBatch = 500

// Run prints every user.
func (c *userListCommand) Run(ctx context.Context, env *Environment) error {
	return c.withRepo(ctx, func(r *repo.Repo) error {
		table := tabwriter.NewWriter(env.Stdout, 0, 8, 2, ' ', 0)
		lines := json.NewEncoder(env.Stdout)
		if !c.JSON {
			fmt.Fprintln(table, "EMAIL\tDOOR\tROLE\tPLAN\tSTATE\tCREATED\tID")
		}
		for after := ""; ; {
			users, err := r.Users(ctx, after, listBatch)
			if err != nil {
				return err
			}
			for _, u := range users {
				line := userLine{u.ID.String(), u.Email, u.Door, u.Role, u.Plan, u.IsActive, u.CreatedAt.UTC()}
				if c.JSON {
					err = lines.Encode(line)
				} else {
					_, err = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", line.Email, line.Door, line.Role, line.Plan,
						state(line.Active), line.CreatedAt.Format(time.DateOnly), line.ID)
				}
				if err != nil {
					return err
				}
				after = u.Email
			}
			if len(users) < listBatch {
				return table.Flush()
			}
		}
	})
}

func state(active bool) string {
	if active {
		return "active"
	}
	return "suspended"
}

// userChange is what the commands share that change one user.
type userChange struct {
	StorageFlags `embed:""`
	Email        string `arg:"" help:"The user's address."`
}

type (
	userPromoteCommand struct{ userChange }
	userSuspendCommand struct{ userChange }
	userResumeCommand  struct{ userChange }
)

// Run gives the user the role ADMIN.
func (c *userPromoteCommand) Run(ctx context.Context, env *Environment) error {
	return c.run(ctx, env, repo.AuditEvent{Kind: repo.AuditPromote}, "promoted", func(tx *repo.Tx, u repo.User) (bool, error) {
		return tx.SetRole(ctx, u.ID, repo.RoleAdmin)
	})
}

// Run suspends the user.
func (c *userSuspendCommand) Run(ctx context.Context, env *Environment) error {
	return c.run(ctx, env, repo.AuditEvent{Kind: repo.AuditSuspend}, "suspended, every session ended", func(tx *repo.Tx, u repo.User) (bool, error) {
		return tx.SetActive(ctx, u.ID, false)
	})
}

// Run lets the user in again.
func (c *userResumeCommand) Run(ctx context.Context, env *Environment) error {
	return c.run(ctx, env, repo.AuditEvent{Kind: repo.AuditResume}, "resumed", func(tx *repo.Tx, u repo.User) (bool, error) {
		return tx.SetActive(ctx, u.ID, true)
	})
}

// run changes the user and records that the operator did it. A change that
// changes nothing is not recorded.
func (c *userChange) run(
	ctx context.Context, env *Environment, event repo.AuditEvent, done string, change func(*repo.Tx, repo.User) (changed bool, err error),
) error {
	return c.withRepo(ctx, func(r *repo.Repo) error {
		email, changed := identity.CanonicalEmail(c.Email), false
		err := r.InTx(ctx, func(tx *repo.Tx) error {
			user, err := tx.UserByEmail(ctx, email)
			if err != nil {
				return err
			}
			if changed, err = change(tx, user); err != nil || !changed {
				return err
			}
			event.Actor, event.UserID = repo.ActorOperator, &user.ID
			return tx.Audit(ctx, event)
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
