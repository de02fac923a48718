package command

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/signin"
	"example.com/alta/repo"
)

type ledgerCommand struct {
	Verify ledgerVerifyCommand `cmd:"" help:"Check that every balance is the sum of its transactions."`
}

type ledgerVerifyCommand struct {
	StorageFlags `embed:""`
}

// Run checks every ledger and prints those that do not add up. It fails if there
// is one.
func (c *ledgerVerifyCommand) Run(ctx context.Context, env *Environment) error {
	return c.withRepo(ctx, func(r *repo.Repo) error {
		bad, total, err := r.VerifyLedgers(ctx)
		if err != nil {
			return err
		}
		for _, m := range bad {
			fmt.Fprintf(env.Stdout, "%s: balance %d, transactions sum up to %d\n", m.UserID, m.Balance, m.Sum)
		}
		if len(bad) > 0 {
			return fmt.Errorf("%d of %d ledgers do not add up", len(bad), total)
		}
		_, err = fmt.Fprintf(env.Stdout, "%d ledgers, all of them add up\n", total)
		return err
	})
}

type tokensCommand struct {
	Grant tokensGrantCommand `cmd:"" help:"Give tokens to a user, or take some back with a negative number."`
}

type tokensGrantCommand struct {
	StorageFlags `embed:""`
	Email        string `arg:"" help:"The user's address."`
	Tokens       string `arg:"" help:"Number of tokens, from -10000000 to 10000000."`
	Reason       string `required:"" help:"Reason, for the audit log." placeholder:"TEXT"`
}

// Run changes the user's balance and prints the new one.
func (c *tokensGrantCommand) Run(ctx context.Context, env *Environment) error {
	tokens, err := c.parse()
	if err != nil {
		return err
	}
	return c.withRepo(ctx, func(r *repo.Repo) error {
		email := identity.DisplayEmail(c.Email)
		balance, err := grantTokens(ctx, r, email, tokens, c.Reason)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.Stdout, "%s: %+d tokens, %d now\n", email, tokens, balance)
		return err
	})
}

// parse checks the arguments and returns the number of tokens.
func (c *tokensGrantCommand) parse() (tokens int64, err error) {
	c.Tokens, c.Reason = showMinus(c.Tokens), showMinus(c.Reason)
	number, err := boundsOf("grantTokens", "tokens")
	if err != nil {
		return 0, err
	}
	reason, err := boundsOf("grantTokens", "reason")
	if err != nil {
		return 0, err
	}
	tokens, err = strconv.ParseInt(c.Tokens, 10, 64)
	if err != nil || tokens == 0 || tokens < number.minimum || tokens > number.maximum {
		return 0, fmt.Errorf("%q is not a number of tokens; it takes one from %d to %d, and not 0", c.Tokens, number.minimum, number.maximum)
	}
	if c.Reason == "" || !reason.fits(c.Reason) {
		return 0, fmt.Errorf("--reason: takes 1 to %d characters, and no control or invisible characters", reason.maxLength)
	}
	return tokens, nil
}

// grantTokens changes the balance of the user with the address, and returns it.
func grantTokens(ctx context.Context, r *repo.Repo, email string, tokens int64, reason string) (balance int64, err error) {
	err = r.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.UserByEmail(ctx, identity.CanonicalEmail(email))
		if err != nil {
			return problem.IfNotFound(err, problem.ErrUserNotFound)
		}
		grant := signin.Grant{UserID: user.ID, Tokens: tokens, Reason: reason}
		if _, err := signin.GrantTokens(ctx, tx, signin.Operator(), grant); err != nil {
			return err
		}
		ledger, err := tx.Ledger(ctx, user.ID)
		balance = ledger.Balance
		return err
	})
	short, isShort := errors.AsType[*meter.Insufficient](err)
	switch {
	case isShort:
		return 0, fmt.Errorf("%s has %d tokens: nothing was taken", email, short.Balance)
	case errors.Is(err, problem.ErrUserNotFound):
		return 0, fmt.Errorf("no user has the address %s", email)
	case errors.Is(err, problem.ErrNotActive):
		return 0, fmt.Errorf("%s has no plan: give one with `alta user plan %s free`", email, email)
	}
	return balance, err
}
