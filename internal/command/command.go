// Package command has the commands of `alta`.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"example.com/alta/repo"
)

// cli has every command with its flags. Each flag can also be set by an
// environment variable: --database-url by ALTA_DATABASE_URL.
type cli struct {
	Serve   serveCommand   `cmd:"" help:"Serve the API and the pages."`
	Migrate migrateCommand `cmd:"" help:"Bring the database schema up to date, or show its migrations."`
	Invite  inviteCommand  `cmd:"" help:"Create, list and revoke invites to the API door."`
	Plan    planCommand    `cmd:"" help:"List plans, and change their tokens, rate limit and price."`
	Tokens  tokensCommand  `cmd:"" help:"Give tokens to a user, or take some back."`
	Ledger  ledgerCommand  `cmd:"" help:"Check the token ledger."`
	User    userCommand    `cmd:"" help:"List, promote, suspend, reactivate and import users."`
	Doctor  doctorCommand  `cmd:"" help:"Check what a server needs: secret, disk, mail server, Redis, sign-in issuer, database, migrations, writes, clock."`
	OpenAPI openapiCommand `cmd:"" name:"openapi" help:"Print the contract, or a collection of its requests."`
	Version versionCommand `cmd:"" help:"Print the version."`

	ShowVersion versionFlag `name:"version" env:"-" help:"Print the version."`
}

// Environment is the input and output of a command besides its flags.
type Environment struct {
	Stdout   io.Writer
	Stderr   io.Writer
	Getenv   func(string) string
	Contract []byte // openapi.yaml as written

	Changelog string // CHANGELOG.md
}

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 80 // kong's own
)

// Run parses args and runs the command that they name, until it is done or ctx
// ends. It returns the exit status; errors are written to Stderr.
func Run(ctx context.Context, args []string, env Environment) int {
	exit := -1
	parser := newParser(env, func(code int) { exit = code })
	parsed, err := parser.Parse(hideMinus(expandHelp(args)))
	switch {
	case exit >= 0: // --help or --version
		return exit
	case err != nil:
		return failUsage(parser, args, env.Stderr, err)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(&env); err != nil {
		if !errors.Is(err, errSilent) {
			fmt.Fprintf(env.Stderr, "alta: %s\n", err)
		}
		return exitFailed
	}
	return exitOK
}

// newParser returns the parser of the command line. It calls exit when a flag
// such as --help has done its work.
func newParser(env Environment, exit func(code int)) *kong.Kong {
	parser, err := kong.New(&cli{},
		kong.Name("alta"),
		kong.Description("A contract-first server for sign-up, sessions and personal finance."),
		kong.DefaultEnvars("ALTA"),
		kong.Resolvers(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
			for _, name := range flag.Envs {
				if value := env.Getenv(name); value != "" {
					return value, nil
				}
			}
			if flag.HasDefault {
				return flag.Default, nil // an empty variable counts as unset
			}
			return nil, nil
		})),
		kong.Writers(env.Stdout, env.Stderr),
		kong.Exit(exit),
		kong.UsageOnError(),
		kong.Bind(&env),
	)
	if err != nil {
		panic(err) // cli itself is wrong
	}
	return parser
}

// errSilent fails a command that has already printed the cause.
var errSilent = errors.New("failed")

// open opens the database without a change to its schema. It does not if a running
// server has another file open than the one at the path.
func (f *StorageFlags) open(ctx context.Context) (*repo.Repo, error) {
	url := f.databaseURL()
	conns, err := f.databaseConns()
	if err != nil {
		return nil, fmt.Errorf("ALTA_DATABASE_CONNS: %w", err)
	}
	if !repo.IsPostgres(url) {
		if err := os.MkdirAll(f.DataDir, 0o700); err != nil {
			return nil, fmt.Errorf("ALTA_DATA_DIR: %w", err)
		}
	}
	if err := repo.CheckClaim(url); err != nil {
		return nil, fmt.Errorf("ALTA_DATABASE_URL: %w", err)
	}
	r, err := repo.Open(ctx, url, time.Now, repo.WithConns(conns))
	if err != nil {
		return nil, fmt.Errorf("ALTA_DATABASE_URL: %w", err)
	}
	return r, nil
}

// openMigrated opens the database and brings its schema up to date.
func (f *StorageFlags) openMigrated(ctx context.Context) (*repo.Repo, error) {
	r, err := f.open(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := r.MigrateWith(ctx, f.keyring); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// withRepo runs fn with the database, whose schema is up to date, and closes it
// afterwards.
func (f *StorageFlags) withRepo(ctx context.Context, fn func(*repo.Repo) error) (err error) {
	r, err := f.openMigrated(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return fn(r)
}
