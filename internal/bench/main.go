// Command bench measures a built alta against the bars of its design. It uses real
// databases, which it creates and removes:
//
//	scripts/with-services go run ./internal/bench bin/alta
//
// It prints figures and asserts nothing, because they depend on the machine and on
// other programs. The exit status is 1 only if a measurement failed.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// bench has the settings of all measurements.
type bench struct {
	binary      string
	cost        int
	clients     int
	connections int
	rate        float64
	duration    time.Duration // of each load
	engines     []string
	what        []string // names of the measurements
	users, rows int      // users and rows of the ledger in the large database of scale
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	if len(os.Args) == 2 && os.Args[1] == floorArgument {
		if err := serveFloor(ctx); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	b := parseFlags()
	failed := b.run(ctx)
	stop()
	if failed {
		os.Exit(1)
	}
}

func parseFlags() *bench {
	b := &bench{}
	seconds := flag.Float64("seconds", 9, "duration of each load")
	engines := flag.String("engines", "sqlite,postgres", "engines to measure")
	what := flag.String("measure", "calls,loads,timing,metered,finance,writes,neighbours,start,validation",
		"what to measure; scale, which fills a large database, has to be named")
	flag.IntVar(&b.cost, "cost", 12, "bcrypt cost of the server")
	flag.IntVar(&b.clients, "clients", 50, "concurrent clients that sign up and log in")
	flag.IntVar(&b.connections, "connections", 8, "connections of the data calls")
	flag.Float64Var(&b.rate, "rate", 400, "data calls offered per second")
	flag.IntVar(&b.users, "users", 1_000_000, "users of the large database of scale")
	flag.IntVar(&b.rows, "rows", 10_000_000, "rows of its ledger")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: bench [flags] BINARY")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 || *seconds <= 0 || b.clients < 1 || b.connections < 1 || b.rate <= 0 ||
		b.users < smallUsers || b.rows < b.users {
		flag.Usage()
		os.Exit(2)
	}
	b.binary = flag.Arg(0)
	b.duration = time.Duration(*seconds * float64(time.Second))
	b.engines, b.what = strings.Split(*engines, ","), strings.Split(*what, ",")
	return b
}

// run prints the facts of the machine, a report for each engine and one for the
// contract. It reports whether a measurement failed.
func (b *bench) run(ctx context.Context) (failed bool) {
	printMachine(os.Stdout, b.binary)
	for _, name := range b.engines {
		r := b.measureEngine(ctx, name)
		r.print(os.Stdout)
		failed = failed || r.failed
	}
	if !slices.Contains(b.what, "validation") {
		return failed
	}
	r := &report{title: "contract"}
	r.measure(ctx, "validation", measureValidation)
	r.print(os.Stdout)
	return failed || r.failed
}

// measureEngine makes the measurements that need a database.
func (b *bench) measureEngine(ctx context.Context, name string) *report {
	r := &report{title: name}
	e, err := openEngine(ctx, name)
	if err != nil {
		r.fail("database", err)
		return r
	}
	defer func() {
		if err := e.close(); err != nil {
			r.fail("clean-up", err)
		}
	}()
	for _, part := range []struct {
		name string
		run  func(context.Context, *engine, *report) error
	}{
		{"calls", b.measureCalls}, {"loads", b.measureLoads}, {"timing", b.measureTiming}, {"metered", b.measureMetered},
		{"finance", b.measureFinance}, {"writes", b.measureWrites}, {"neighbours", b.measureNeighbours}, {"start", b.measureStart},
		{"scale", b.measureScale},
	} {
		if slices.Contains(b.what, part.name) {
			r.measure(ctx, part.name, func(ctx context.Context, r *report) error { return part.run(ctx, e, r) })
		}
	}
	return r
}

// measureLoads runs one server through all measurements under load.
func (b *bench) measureLoads(ctx context.Context, e *engine, r *report) error {
	return b.withServer(ctx, e, b.cost, func(s *server) error {
		facts, err := s.doctor(ctx)
		if err != nil {
			return err
		}
		r.note(slices.Concat(e.facts, facts)...)
		users, err := b.measurePasswords(ctx, s, r)
		if err != nil {
			return err
		}
		return b.measureData(ctx, s, users, r)
	})
}
