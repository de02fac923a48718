// Command stamp completes openapi.yaml, as gofmt completes the layout of Go. A rule
// derives standard responses and headers from the rest of each operation: stamp adds
// those that are missing and removes those that no longer apply. Everything else is
// kept byte for byte. `make generate` runs it:
//
//	go run ./internal/contract/stamp -ordered bin/openapi.json openapi.yaml
//
// If an operation contradicts itself, stamp prints the operation, the line and the
// problem, exits with status 1 and writes nothing.
//
// With -ordered it also writes the contract as JSON in which each property has its
// position, for code generators. With -currencies it writes the table of currencies for
// internal/money, and with -bounds the bounds of what a user may have for
// internal/bounds. With -lines it prints the lengths of operations.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"

	"example.com/alta/internal/contract/source"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process. It returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("stamp", flag.ContinueOnError)
	flags.SetOutput(stderr)
	currencies := flags.String("currencies", "", "write the currencies of the contract as Go to this `file`")
	bounds := flags.String("bounds", "", "write the bounds of the contract as Go to this `file`")
	ordered := flags.String("ordered", "", "write the contract as JSON with the order of properties to this `file`")
	lines := flags.Bool("lines", false, "print the lengths of operations, with and without derived lines")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() != 1 {
		fmt.Fprintln(stderr, "stamp: wants one file, for example openapi.yaml")
		return 2
	}
	lengths, err := stampFile(flags.Arg(0), *ordered)
	if err != nil {
		fmt.Fprintf(stderr, "stamp: %s:\n%v\n", flags.Arg(0), err)
		return 1
	}
	for _, table := range []struct {
		to   string
		make func(source.Document) ([]byte, error)
	}{{*currencies, currencyTable}, {*bounds, boundTable}} {
		if table.to == "" {
			continue
		}
		if err := writeTable(flags.Arg(0), table.to, table.make); err != nil {
			fmt.Fprintf(stderr, "stamp: %s: %v\n", flags.Arg(0), err)
			return 1
		}
	}
	if *lines {
		fmt.Fprintln(stdout, summary(lengths))
	}
	return 0
}

// stampFile stamps the document at path and writes it if it changes. Unless ordered is "", it also writes the document
// there, as JSON with the order of properties. It returns the lengths of operations.
func stampFile(path, ordered string) ([]length, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	stamped, lengths, err := stamp(text)
	if err != nil {
		return nil, err
	}
	raw, err := orderedJSON(stamped)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(text, stamped) {
		if err := os.WriteFile(path, stamped, 0o644); err != nil {
			return nil, err
		}
	}
	if ordered != "" {
		err = os.WriteFile(ordered, raw, 0o644)
	}
	return lengths, err
}

// orderedJSON returns the document as JSON in which each property has its position.
func orderedJSON(document []byte) ([]byte, error) {
	written, err := source.Parse(document)
	if err != nil {
		return nil, err
	}
	return written.OrderedJSON()
}
