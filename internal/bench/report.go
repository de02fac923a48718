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

// report is the result of measurements. It is printed as two tables: the figures,
// and the performance of the load generator.
type report struct {
	title  string
	facts  []string // lines before the tables
	rows   [][]string
	loads  [][]string
	failed bool
}

// bar is the design's limit for a figure. The zero bar has no limit.
type bar struct {
	limit  float64
	text   string
	isMost bool // the limit is a maximum, not a minimum
}

func atLeast(limit float64, text string) bar { return bar{limit: limit, text: "at least " + text} }

func atMost(limit float64, text string) bar {
	return bar{limit: limit, text: "at most " + text, isMost: true}
}

// figure is a measured value.
type figure struct {
	name  string
	text  string // the value as the report shows it
	value float64
	bar   bar
	note  string
}

func (b bar) verdict(value float64) string {
	switch {
	case b.text == "":
		return ""
	case math.IsNaN(value):
		return "?"
	case value == b.limit || (value < b.limit) == b.isMost:
		return "met"
	}
	return "MISSED"
}

// add adds a figure that was measured under the loads. It marks the figure if one of
// them had errors.
func (r *report) add(f figure, under ...*load) {
	verdict := f.bar.verdict(f.value)
	for _, l := range under {
		if l.failures > 0 {
			verdict = strings.TrimSpace(verdict + " (errors!)")
			break
		}
	}
	r.rows = append(r.rows, []string{f.name, f.text, f.bar.text, verdict, f.note})
}

// info adds a figure without a bar.
func (r *report) info(name, text, note string, under ...*load) {
	r.add(figure{name: name, text: text, note: note}, under...)
}

// note adds lines before the tables, unless they are there already.
func (r *report) note(facts ...string) {
	for _, fact := range facts {
		if !slices.Contains(r.facts, fact) {
			r.facts = append(r.facts, fact)
		}
	}
}

// measure runs a measurement and records its error. Figures that it added before
// the error stay.
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

// table prints rows in aligned columns. Without rows it prints nothing.
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
