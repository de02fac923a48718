// Command alta serves a contract-first API: sign-up, sessions and personal
// finance from one OpenAPI document. See README.md.
package main

import (
	"context"
	_ "embed"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // for TZ, whose zone the log's times are in, on machines without zones

	"github.com/redis/go-redis/v9/logging"

	"example.com/alta/internal/command"
)

var (
	//go:embed openapi.yaml
	contract []byte
	//go:embed CHANGELOG.md
	changelog string
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	logging.Disable()            // go-redis would write errors to stderr that it also returns
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run runs the command that args name until it is done or ctx ends. It returns the
// exit status.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	return command.Run(ctx, args, command.Environment{
		Stdout: stdout, Stderr: stderr, Getenv: getenv, Contract: contract, Changelog: changelog,
	})
}
