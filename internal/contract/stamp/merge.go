package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// line is a line that the rule derives: a key with a reference.
type line struct {
	name string // of the key
	key  string // as it is written, perhaps in quotes
	ref  string
}

// part is a key of a block with its value, as it should be written.
type part struct {
	name    string
	own     *entry // the author's entry; nil for a stamped one
	lines   []string
	stamped int // how many of lines the rule derives
}

// merge returns the wanted lines, and after them the author's own entries. An entry that is the rule's stays if it is
// wanted, and else goes; where the author has written something else under a wanted name, that stays.
func (o *operation) merge(written []entry, wanted []line, isStandard func(entry) bool) (parts []part) {
	for _, w := range wanted {
		switch i := indexOf(written, w.name); {
		case i < 0:
			parts = append(parts, part{name: w.name, lines: []string{o.write(w, written[0])}, stamped: 1})
		case isStandard(written[i]):
			parts = append(parts, o.renew(w, written[i]))
		}
	}
	for _, e := range written {
		isWanted := slices.ContainsFunc(wanted, func(w line) bool { return w.name == e.key.Value })
		switch {
		case !isStandard(e):
			parts = append(parts, part{name: e.key.Value, own: &e, lines: o.doc.lines[e.from:e.to]})
		case !isWanted && e.from < e.at:
			o.refuse(e.key, "%s is not the operation's any more, but the comment above it should not be lost", e.key.Value)
		}
	}
	return parts
}

// renew returns the rule's entry e with the reference that it should have, and with the comment above it. If it has
// that already, it stays as it is.
func (o *operation) renew(w line, e entry) part {
	lines := o.doc.lines[e.from:e.to]
	if refOf(e.value) != w.ref {
		lines = append(slices.Clone(o.doc.lines[e.from:e.at]), o.write(w, e))
	}
	return part{name: w.name, lines: lines, stamped: len(lines) - (e.at - e.from)}
}

// write returns the line for w, indented as the entry e is.
func (o *operation) write(w line, e entry) string {
	if o.doc.Resolve(w.ref) == nil {
		o.refuse(e.key, "%s: %s is not there", w.name, w.ref)
	}
	return fmt.Sprintf("%s%s: {$ref: %q}\n", strings.Repeat(" ", e.key.Column-1), w.key, w.ref)
}

// wantedResponses returns the responses that the rule derives for the operation.
func (o *operation) wantedResponses() (list []line) {
	for _, s := range standards {
		if name := strconv.Itoa(s.status); s.applies(o) {
			list = append(list, line{name: name, key: strconv.Quote(name), ref: responsesPath + o.component(s)})
		}
	}
	return list
}

// wantedHeaders returns the headers that the rule derives for a response of that status.
func (o *operation) wantedHeaders(status int) (list []line) {
	for _, h := range standardHeaders {
		if h.concerns(status) && h.applies(o, status) {
			list = append(list, line{name: h.name, key: h.name, ref: h.ref()})
		}
	}
	return list
}

// stampHeaders gives the author's response p the headers that the rule derives.
func (o *operation) stampHeaders(p part) part {
	if refOf(p.own.value) != "" {
		return p // its headers are where that leads
	}
	status, _ := strconv.Atoi(p.name) // check has refused what is no number
	wanted := o.wantedHeaders(status)
	key, value := p.own.value.Find("headers")
	if key == nil && len(wanted) == 0 {
		return p
	}
	fields, err := o.doc.entries(p.own.key, p.own.value)
	if err != nil {
		o.refuse(p.own.key, "response %w", err)
		return p
	}
	if key == nil {
		return o.addHeaders(p, fields[0], wanted)
	}
	written, err := o.doc.entries(key, value)
	if err != nil {
		o.refuse(key, "response %d: %w", status, err)
		return p
	}
	for _, h := range standardHeaders {
		if i := indexOf(written, h.name); i >= 0 && h.concerns(status) && !h.isAt(written[i]) {
			o.refuse(written[i].key, "response %d: the header %s is the same everywhere: %s", status, h.name, h.ref())
		}
	}
	isStandard := func(e entry) bool {
		return slices.ContainsFunc(standardHeaders, func(h header) bool { return h.concerns(status) && h.isAt(e) })
	}
	headers := o.merge(written, wanted, isStandard)
	at := fields[indexOf(fields, "headers")]
	at.to = written[len(written)-1].to // not with the blank lines after it
	return o.replaceHeaders(p, at, headers)
}

// addHeaders writes the wanted headers after the first field of a response that has none.
func (o *operation) addHeaders(p part, first entry, wanted []line) part {
	lines := slices.Clone(o.doc.lines[p.own.from:first.to])
	lines = append(lines, strings.Repeat(" ", first.key.Column-1)+"headers:\n")
	for _, w := range wanted {
		lines = append(lines, "  "+o.write(w, first))
	}
	p.stamped = 1 + len(wanted)
	p.lines = append(lines, o.doc.lines[first.to:p.own.to]...)
	return p
}

// replaceHeaders writes the headers of a response instead of those at the field at, and nothing if there are none left.
func (o *operation) replaceHeaders(p part, at entry, headers []part) part {
	lines, isOwn := slices.Clone(o.doc.lines[p.own.from:at.from]), false
	if len(headers) > 0 {
		lines = append(lines, o.doc.lines[at.from:at.at+1]...)
	}
	for _, h := range headers {
		lines, isOwn = append(lines, h.lines...), isOwn || h.own != nil
		p.stamped += h.stamped
	}
	if len(headers) > 0 && !isOwn {
		p.stamped++ // the key itself
	}
	p.lines = append(lines, o.doc.lines[at.to:p.own.to]...)
	return p
}
