package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// report is what was measured, to be printed as two tables: the figures, and
// how the load generator did while they were taken.
type report struct {
	title  string
	facts  []string // lines before the tables
	rows   [][]string
	loads  [][]string
	failed bool
}

// bar is what the design asks of a figure. The zero bar asks nothing.
type bar struct {
	limit float64
	text  string
	most  bool // the figure may be at most the limit, rather than at least
}

func atLeast(limit float64, text string) bar { return bar{limit, "at least " + text, false} }
func atMost(limit float64, text string) bar  { return bar{limit, "at most " + text, true} }

func (b bar) verdict(value float64) string {
	switch {
	case b.text == "":
		return ""
	case math.IsNaN(value):
		return "?"
	case value == b.limit || (value < b.limit) == b.most:
		return "met"
	}
	return "MISSED"
}

// add adds a figure. The loads are those it was taken under: errors in them
// mark it.
func (r *report) add(figure, text string, value float64, b bar, note string, under ...*load) {
	verdict := b.verdict(value)
	for _, l := range under {
		if l.failures > 0 {
			verdict = strings.TrimSpace(verdict + " (errors!)")
			break
		}
	}
	r.rows = append(r.rows, []string{figure, text, b.text, verdict, note})
}

// info adds a figure that has no bar.
func (r *report) info(figure, text, note string, under ...*load) {
	r.add(figure, text, 0, bar{}, note, under...)
}

// note adds lines before the tables that are not there yet.
func (r *report) note(facts ...string) {
	for _, fact := range facts {
		if !slices.Contains(r.facts, fact) {
			r.facts = append(r.facts, fact)
		}
	}
}

// measure runs a measurement and records when it could not be made. What it
// has added by then stays.
func (r *report) measure(ctx context.Context, what string, run func(context.Context, *report) error) {
	fmt.Fprintf(os.Stderr, "bench: %s: %s\n", r.title, what)
	err := context.Cause(ctx)
	if err == nil {
		err = run(ctx, r)
	}
	if err != nil {
		r.fail(what, err)
	}
}

func (r *report) fail(what string, err error) {
	r.failed = true
	r.facts = append(r.facts, fmt.Sprintf("NOT MEASURED: %s: %s", what, strings.ReplaceAll(err.Error(), "\n", "; ")))
}

func (r *report) print(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n", strings.ToUpper(r.title))
	for _, fact := range r.facts {
		fmt.Fprintf(w, "  %s\n", fact)
	}
	table(w, []string{"figure", "value", "bar", "", "how"}, r.rows)
	table(w, []string{"load generator", "calls", "errors", "processors", "offered", "first error"}, r.loads)
}

// table prints rows in aligned columns, and nothing where there are none.
func table(w io.Writer, header []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintln(w)
	aligned := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer aligned.Flush()
	for _, row := range append([][]string{header}, rows...) {
		fmt.Fprintf(aligned, "  %s\n", strings.TrimRight(strings.Join(row, "\t"), "\t"))
	}
}
