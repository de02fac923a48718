package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// line is a derived line: a key with a reference.
type line struct {
	name string // of the key
	key  string // as it is written, perhaps in quotes
	ref  string
}

// part is a key of a block with its value, as it must be written.
type part struct {
	name    string
	own     *entry // the author's entry; nil for a derived one
	lines   []string
	stamped int // how many of the lines are derived
}

// merge returns the wanted lines, followed by the author's own entries. A derived entry that is not wanted is left out.
// If the author has written something else under a wanted name, that is kept instead.
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
			o.refuse(e.key, "%s no longer applies, but the comment above it would be lost", e.key.Value)
		}
	}
	return parts
}

// renew returns the derived entry e with the reference w and the comment above it. An entry that has the reference
// already is unchanged.
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
		o.refuse(e.key, "%s: %s does not exist", w.name, w.ref)
	}
	return fmt.Sprintf("%s%s: {$ref: %q}\n", strings.Repeat(" ", e.key.Column-1), w.key, w.ref)
}

// wantedResponses returns the derived responses of the operation.
func (o *operation) wantedResponses() (list []line) {
	for _, s := range standards {
		if name := strconv.Itoa(s.status); s.applies(o) {
			list = append(list, line{name: name, key: strconv.Quote(name), ref: responsesPath + o.component(s)})
		}
	}
	return list
}

// wantedHeaders returns the derived headers of the response e with that status.
func (o *operation) wantedHeaders(status int, e entry) (list []line) {
	a := answer{operation: o, status: status, from: stageOf(e), tagged: o.isTagged(e.value)}
	for _, h := range standardHeaders {
		if h.concerns(status) && h.applies(a) {
			list = append(list, line{name: h.name, key: h.name, ref: h.ref()})
		}
	}
	return list
}

// stampHeaders adds the derived headers to the author's response p.
func (o *operation) stampHeaders(p part) part {
	if refOf(p.own.value) != "" {
		return p // checkHeaders has checked the headers of what it refers to
	}
	status, _ := strconv.Atoi(p.name) // check has refused other keys
	wanted := o.wantedHeaders(status, *p.own)
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
			o.refuse(written[i].key, "response %d: the header %s must refer to %s", status, h.name, h.ref())
		}
	}
	isStandard := func(e entry) bool {
		return slices.ContainsFunc(standardHeaders, func(h header) bool { return h.concerns(status) && h.isAt(e) })
	}
	headers := o.merge(written, wanted, isStandard)
	at := fields[indexOf(fields, "headers")]
	at.to = written[len(written)-1].to // without the blank lines after it
	return o.replaceHeaders(p, at, headers)
}

// addHeaders writes the wanted headers after the first field of a response without headers.
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

// replaceHeaders replaces the field at of a response with the headers, or removes it if there are none.
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
		p.stamped++ // the key
	}
	p.lines = append(lines, o.doc.lines[at.to:p.own.to]...)
	return p
}
