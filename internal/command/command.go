// Package command is what `alta` does on the command line.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"example.com/alta/repo"
)

// cli is every command with its flags. Each flag is an environment variable,
// too: --database-url is ALTA_DATABASE_URL.
type cli struct {
	Serve   serveCommand   `cmd:"" help:"Serve the API."`
	Migrate migrateCommand `cmd:"" help:"Bring the database's schema up to date, or show where it stands."`
	Invite  inviteCommand  `cmd:"" help:"Create, list and revoke invites to the API door."`
	Plan    planCommand    `cmd:"" help:"List plans, and change what they give and cost."`
	Tokens  tokensCommand  `cmd:"" help:"Give tokens to a user, or take some."`
	Ledger  ledgerCommand  `cmd:"" help:"Check the token ledger."`
	User    userCommand    `cmd:"" help:"List, promote, suspend, resume and import users."`
	Doctor  doctorCommand  `cmd:"" help:"Check what a server needs: database, migrations, secret, clock, disk, mail server, Redis."`
	OpenAPI openapiCommand `cmd:"" name:"openapi" help:"Print the contract, or a collection of its requests."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// Environment is what a command has besides its flags.
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

// Run parses args and runs the command that they name, until it is done or
// ctx ends. It returns the exit status; what went wrong is on Stderr.
func Run(ctx context.Context, args []string, env Environment) int {
	var commands cli
	exit := -1
	parser, err := kong.New(&commands,
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
				return flag.Default, nil // an empty variable is one that is not set
			}
			return nil, nil
		})),
		kong.Writers(env.Stdout, env.Stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.UsageOnError(),
	)
	if err != nil {
		panic(err) // cli itself is wrong
	}
	parsed, err := parser.Parse(hideMinus(args))
	if exit >= 0 { // --help
		return exit
	}
	if err != nil {
		fmt.Fprintf(env.Stderr, "alta: %s\nTry: alta --help\n", err)
		return exitUsage
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

// minus stands for the sign of a negative number while the arguments of `tokens`
// are parsed: the parser would take it for a flag, and there are no flags that
// are numbers.
const minus = "\u2212"

func hideMinus(args []string) []string {
	if len(args) == 0 || args[0] != "tokens" {
		return args
	}
	hidden := slices.Clone(args)
	for i, arg := range hidden {
		if number, isNegative := strings.CutPrefix(arg, "-"); isNegative && number != "" && strings.Trim(number, "0123456789") == "" {
			hidden[i] = minus + number
		}
	}
	return hidden
}

func showMinus(text string) string { return strings.ReplaceAll(text, minus, "-") }

// errSilent fails a command that has said why already.
var errSilent = errors.New("failed")

// open opens the database and leaves its schema alone.
func (f *StorageFlags) open(ctx context.Context) (*repo.Repo, error) {
	url := f.databaseURL()
	if !repo.IsPostgres(url) {
		if err := os.MkdirAll(f.DataDir, 0o700); err != nil {
			return nil, fmt.Errorf("ALTA_DATA_DIR: %w", err)
		}
	}
	r, err := repo.Open(ctx, url, time.Now)
	if err != nil {
		return nil, fmt.Errorf("ALTA_DATABASE_URL: %w", err)
	}
	return r, nil
}

// openMigrated opens the database with the schema that this binary needs.
func (f *StorageFlags) openMigrated(ctx context.Context) (*repo.Repo, error) {
	r, err := f.open(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := r.Migrate(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// withRepo runs fn with the database open and migrated.
func (f *StorageFlags) withRepo(ctx context.Context, fn func(*repo.Repo) error) (err error) {
	r, err := f.openMigrated(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return fn(r)
}
