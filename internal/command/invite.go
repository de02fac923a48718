package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

type inviteCommand struct {
	Create inviteCreateCommand `cmd:"" help:"Make an invite and print its code."`
	List   inviteListCommand   `cmd:"" help:"List invites, the newest first."`
	Revoke inviteRevokeCommand `cmd:"" help:"Make an invite useless."`
}

// inviteLife is how long an invite lives unless the operator says otherwise.
const inviteLife = 7 * day

// Bounds of an invite, as the contract has them for administrators.
const (
	maxInviteUses = 100_000
	minInviteLife = time.Minute
	maxInviteLife = 365 * day
	maxInviteNote = 200 // characters
)

type inviteCreateCommand struct {
	StorageFlags `embed:""`
	Uses         string `help:"How many accounts it is good for (default ${default})." default:"1" placeholder:"N"`
	Expires      string `help:"How long it lives (default ${default})." default:"168h" placeholder:"DURATION"`
	Note         string `help:"What it is for." placeholder:"TEXT"`
}

// Run makes an invite and prints the bare code.
func (c *inviteCreateCommand) Run(ctx context.Context, env *Environment) error {
	uses, err := parseNumber(c.Uses, 1, maxInviteUses)
	if err != nil {
		return fmt.Errorf("--uses: %w", err)
	}
	life, err := parseDuration(c.Expires, minInviteLife, maxInviteLife)
	if err != nil {
		return fmt.Errorf("--expires: %w", err)
	}
	if utf8.RuneCountInString(c.Note) > maxInviteNote || strings.ContainsFunc(c.Note, unicode.IsControl) {
		return fmt.Errorf("--note: takes at most %d characters, and no control characters", maxInviteNote)
	}
	return c.withRepo(ctx, func(r *repo.Repo) error {
		invite := repo.Invite{Code: identity.NewInviteCode(), MaxUses: uses, Note: c.Note}
		err := r.InTx(ctx, func(tx *repo.Tx) (err error) {
			_, err = createInvite(ctx, tx, invite, life)
			return err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(env.Stdout, invite.Code)
		return err
	})
}

// createInvite adds the invite in the operator's name.
func createInvite(ctx context.Context, tx *repo.Tx, i repo.Invite, life time.Duration) (repo.Invite, error) {
	i.CreatedBy = repo.ActorOperator
	i, err := tx.CreateInvite(ctx, i, life)
	if err != nil {
		return i, err
	}
	return i, tx.Audit(ctx, inviteEvent(repo.AuditInviteCreate, i.Code))
}

func inviteEvent(kind, code string) repo.AuditEvent {
	return repo.AuditEvent{Kind: kind, Actor: repo.ActorOperator, Detail: "invite " + identity.MaskInviteCode(code)}
}

type inviteListCommand struct {
	StorageFlags `embed:""`
	JSON         bool `help:"One JSON object a line." name:"json"`
}

// inviteLine is an invite as the list shows one.
type inviteLine struct {
	Code      string     `json:"code"`
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
		table := tabwriter.NewWriter(env.Stdout, 0, 8, 2, ' ', 0)
		lines := json.NewEncoder(env.Stdout)
		if !c.JSON {
			fmt.Fprintln(table, "CODE\tSTATE\tUSES\tEXPIRES\tNOTE")
		}
		for offset := 0; ; offset += listBatch {
			invites, _, err := r.Invites(ctx, repo.Page{Offset: offset, Limit: listBatch})
			if err != nil {
				return err
			}
			for _, i := range invites {
				if c.JSON {
					err = lines.Encode(inviteLine{
						i.Code, i.State(time.Now()), i.Uses, i.MaxUses, i.Note, i.CreatedBy, i.CreatedAt.UTC(), i.ExpiresAt.UTC(), i.RevokedAt,
					})
				} else {
					_, err = fmt.Fprintf(table, "%s\t%s\t%d of %d\t%s\t%s\n", i.Code, i.State(time.Now()), i.Uses, i.MaxUses,
						i.ExpiresAt.UTC().Format(time.DateTime), i.Note)
				}
				if err != nil {
					return err
				}
			}
			if len(invites) < listBatch {
				return table.Flush()
			}
		}
	})
}

type inviteRevokeCommand struct {
	StorageFlags `embed:""`
	Code         string `arg:"" help:"The invite's code."`
}

// Run revokes the invite. One that is revoked stays so.
func (c *inviteRevokeCommand) Run(ctx context.Context, env *Environment) error {
	return c.withRepo(ctx, func(r *repo.Repo) error {
		code, changed := identity.CanonicalInviteCode(c.Code), false
		err := r.InTx(ctx, func(tx *repo.Tx) (err error) {
			if changed, err = tx.RevokeInvite(ctx, code); err != nil || !changed {
				return err
			}
			return tx.Audit(ctx, inviteEvent(repo.AuditInviteRevoke, code))
		})
		switch {
		case errors.Is(err, repo.ErrNotFound):
			return fmt.Errorf("there is no invite %s", code)
		case err != nil:
			return err
		case !changed:
			_, err = fmt.Fprintf(env.Stdout, "%s: nothing to change\n", code)
		default:
			_, err = fmt.Fprintf(env.Stdout, "%s: revoked\n", code)
		}
		return err
	})
}
