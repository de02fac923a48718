// Command stamp completes openapi.yaml, as gofmt completes the layout of Go: it
// writes the responses and headers that a rule derives from the rest of an
// operation, and takes away those that the rule no longer has. Everything else
// stays as it is written, byte for byte. `make generate` runs it:
//
//	go run ./internal/contract/stamp -ordered bin/openapi.json openapi.yaml
//
// If an operation contradicts itself, stamp says so, names the operation and
// the line, exits with status 1 and writes nothing.
//
// With -ordered it also writes the contract as JSON for generators of code,
// which need to be told the order of properties. With -lines it prints how long
// operations are.
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

// run is main without the process around it. It returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("stamp", flag.ContinueOnError)
	flags.SetOutput(stderr)
	ordered := flags.String("ordered", "", "write the contract, with the order of properties, as JSON to this `file`")
	lines := flags.Bool("lines", false, "print how many lines operations have, and how many they have without stamped ones")
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
	if *lines {
		fmt.Fprintln(stdout, summary(lengths))
	}
	return 0
}

// stampFile stamps the document at path and writes it if that changes it. Unless ordered is "", it writes the
// document as JSON with the order of properties to that path.
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

// orderedJSON returns the document as JSON in which properties have their order.
func orderedJSON(document []byte) ([]byte, error) {
	written, err := source.Parse(document)
	if err != nil {
		return nil, err
	}
	return written.OrderedJSON()
}
