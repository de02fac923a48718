package command

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// expandHelp turns `alta help COMMAND` into `alta COMMAND --help`.
func expandHelp(args []string) []string {
	if len(args) == 0 || args[0] != "help" {
		return args
	}
	return append(slices.Clone(args[1:]), "--help")
}

// failUsage explains a command line that cannot be parsed. It returns the exit
// status.
func failUsage(parser *kong.Kong, args []string, stderr io.Writer, err error) int {
	failed, ok := errors.AsType[*kong.ParseError](err)
	if ok && len(args) == 0 {
		parser.Stdout = stderr // standard output is for results
		if err := failed.Context.PrintUsage(false); err == nil {
			return exitUsage
		}
	}
	command := "alta"
	if ok {
		for _, step := range failed.Context.Path {
			if step.Command != nil {
				command += " " + step.Command.Name
			}
		}
	}
	fmt.Fprintf(stderr, "alta: %s\nTry: %s --help\n", err, command)
	return exitUsage
}

// minus replaces the sign of a negative number while the arguments of `tokens`
// are parsed. The parser takes an argument that begins with a hyphen for a flag;
// its option WithHyphenPrefixedParameters is about the values of flags only.
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
