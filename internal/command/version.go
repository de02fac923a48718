package command

import (
	"fmt"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

type versionCommand struct{}

// Run prints the version of the module and of Go.
func (versionCommand) Run(env *Environment) error {
	version, goVersion := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version, goVersion = info.Main.Version, info.GoVersion
	}
	_, err := fmt.Fprintf(env.Stdout, "alta %s %s\n", version, goVersion)
	return err
}

// versionFlag is --version.
type versionFlag bool

// BeforeReset prints the version in place of a command.
func (versionFlag) BeforeReset(app *kong.Kong, env *Environment) error {
	if err := (versionCommand{}).Run(env); err != nil {
		return err
	}
	app.Exit(exitOK)
	return nil
}
