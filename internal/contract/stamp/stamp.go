package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// methods are the keys of a path that are operations.
var methods = []string{"get", "put", "post", "delete", "patch"}

// stamp returns the contract with all derived lines, and the length of each operation. The error lists every
// contradiction.
func stamp(contract []byte) ([]byte, []length, error) {
	d, err := parse(contract)
	if err != nil {
		return nil, nil, err
	}
	var (
		changes  []replacement
		lengths  []length
		problems []error
	)
	for path, item := range d.At("paths").Pairs() {
		for key, value := range item.Pairs() {
			if !slices.Contains(methods, key.Value) {
				continue
			}
			o := readOperation(d, path.Value, key, value, item.Get("parameters"))
			change, stamped := o.stamp()
			if problems = append(problems, o.problems...); len(problems) == 0 {
				changes, lengths = append(changes, change), append(lengths, o.measure(change, stamped))
			}
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, nil, err
	}
	return d.replace(changes), lengths, nil
}

// stamp returns the lines that the operation's responses must have, and how many of them are derived.
func (o *operation) stamp() (change replacement, stamped int) {
	key, value := o.value.Find("responses")
	if key == nil {
		o.refuse(o.key, "has no responses")
		return change, 0
	}
	written, err := o.doc.entries(key, value)
	if err != nil {
		o.refuse(key, "%w", err)
		return change, 0
	}
	if o.check(written); len(o.problems) > 0 {
		return change, 0
	}
	parts := o.merge(written, o.wantedResponses(), isStandard)
	for i, p := range parts {
		if p.own != nil {
			parts[i] = o.stampHeaders(p)
		}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.name, b.name) })
	change = replacement{from: written[0].from, to: written[len(written)-1].to}
	for _, p := range parts {
		change.lines, stamped = append(change.lines, p.lines...), stamped+p.stamped
	}
	return change, stamped
}

// isStandard reports whether the entry is a standard response of its status, so that it is derived and not the author's.
func isStandard(e entry) bool {
	return slices.ContainsFunc(standards, func(s standard) bool { return strconv.Itoa(s.status) == e.key.Value && s.isAt(e) })
}

// length is the number of lines of an operation, without blank lines and its path.
type length struct{ whole, authored int }

// measure returns the operation's length after the change.
func (o *operation) measure(change replacement, stamped int) length {
	isText := func(line string) bool { return strings.TrimSpace(line) != "" }
	count := func(lines []string) (n int) {
		for _, line := range lines {
			if isText(line) {
				n++
			}
		}
		return n
	}
	lines := o.doc.lines
	whole := count(lines[o.key.Line-1:change.from]) + count(change.lines) + count(lines[change.to:o.doc.end(o.key)])
	return length{whole: whole, authored: whole - stamped}
}

// summary returns the median and the maximum of the lengths as a sentence.
func summary(lengths []length) string {
	if len(lengths) == 0 {
		return "0 operations"
	}
	figures := func(of func(length) int) string {
		var list []int
		for _, l := range lengths {
			list = append(list, of(l))
		}
		slices.Sort(list)
		return fmt.Sprintf("%d in the median, %d at most", list[len(list)/2], list[len(list)-1])
	}
	return fmt.Sprintf("lines of %d operations: %s; without stamped ones %s", len(lengths),
		figures(func(l length) int { return l.whole }), figures(func(l length) int { return l.authored }))
}
