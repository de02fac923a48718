package command

import (
	"context"
	"errors"
	"fmt"
	"time"
)

type migrateCommand struct {
	Up     migrateUpCommand     `cmd:"" help:"Run pending migrations."`
	Status migrateStatusCommand `cmd:"" help:"List migrations, with the time at which each was applied."`
}

type migrateUpCommand struct {
	StorageFlags `embed:""`
}

// Run applies pending migrations and prints their names.
func (c *migrateUpCommand) Run(ctx context.Context, env *Environment) (err error) {
	r, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	applied, err := r.MigrateWith(ctx, c.keyring)
	if err != nil {
		return err
	}
	for _, m := range applied {
		fmt.Fprintf(env.Stdout, "applied  %s\n", m.Name)
	}
	if len(applied) == 0 {
		fmt.Fprintln(env.Stdout, "nothing to do: the schema is up to date")
	}
	return nil
}

type migrateStatusCommand struct {
	StorageFlags `embed:""`
}

// Run prints every migration with its state.
func (c *migrateStatusCommand) Run(ctx context.Context, env *Environment) (err error) {
	r, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	migrations, err := r.Migrations(ctx)
	if err != nil {
		return err
	}
	for _, m := range migrations {
		state := "pending"
		if !m.AppliedAt.IsZero() {
			state = m.AppliedAt.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(env.Stdout, "%-20s  %s\n", state, m.Name)
	}
	return nil
}
