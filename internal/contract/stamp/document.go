package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/alta/internal/contract/source"
)

// document is the contract as lines, and as a tree whose nodes know their lines.
type document struct {
	source.Document
	lines []string // each with its line break
}

// parse reads the contract. It fails if the text is not YAML, or not one object.
func parse(text []byte) (*document, error) {
	written, err := source.Parse(text)
	if err != nil {
		return nil, err
	}
	if !bytes.HasSuffix(text, []byte("\n")) {
		text = append(slices.Clone(text), '\n')
	}
	return &document{Document: written, lines: strings.SplitAfter(string(text), "\n")}, nil
}

// entry is a key of a block mapping with its value. Its lines start at from, with the comment above it, and end before to.
type entry struct {
	key, value   *source.Node
	from, at, to int // line numbers from 0; at has the key
}

// entries returns the entries of the mapping under key, which must be in block style.
func (d *document) entries(key, value *source.Node) ([]entry, error) {
	if value.Kind != yaml.MappingNode || value.IsFlow() || len(value.Content) == 0 {
		return nil, fmt.Errorf("%s: wants block style, a line for each key", key.Value)
	}
	var list []entry
	seen := map[string]bool{}
	for k, v := range value.Pairs() {
		if seen[k.Value] {
			return nil, fmt.Errorf("%s: has %s twice", key.Value, k.Value)
		}
		seen[k.Value] = true
		e := entry{key: k, value: v, from: d.above(k), at: k.Line - 1}
		if len(list) > 0 {
			list[len(list)-1].to = e.from
		}
		list = append(list, e)
	}
	list[len(list)-1].to = d.end(key)
	return list, nil
}

// indexOf returns where the key of that name is among the entries, or -1.
func indexOf(list []entry, name string) int {
	return slices.IndexFunc(list, func(e entry) bool { return e.key.Value == name })
}

// above returns the first line of the comment directly above the key, or the key's own line.
func (d *document) above(key *source.Node) int {
	line := key.Line - 1
	for line > 0 && isComment(d.lines[line-1]) && indentOf(d.lines[line-1]) == key.Column-1 {
		line--
	}
	return line
}

// end returns the line after the value of key. All lines that are indented deeper than the key belong to it, and blank
// lines and other comments between them.
func (d *document) end(key *source.Node) int {
	end := key.Line
	for i := key.Line; i < len(d.lines); i++ {
		switch line := d.lines[i]; {
		case strings.TrimSpace(line) == "":
		case indentOf(line) >= key.Column:
			end = i + 1
		case !isComment(line):
			return end
		}
	}
	return end
}

// replacement replaces the lines that start at from and end before to.
type replacement struct {
	from, to int
	lines    []string
}

// replace returns the text with the replacements, which must be in order and must not overlap.
func (d *document) replace(list []replacement) []byte {
	var out strings.Builder
	line := 0
	copyUpTo := func(end int) {
		for ; line < end; line++ {
			out.WriteString(d.lines[line])
		}
	}
	for _, r := range list {
		copyUpTo(r.from)
		for _, text := range r.lines {
			out.WriteString(text)
		}
		line = r.to
	}
	copyUpTo(len(d.lines))
	return []byte(out.String())
}

// refOf returns the target of a value that is just a reference, or "".
func refOf(value *source.Node) string {
	if ref := value.Get("$ref"); ref != nil && len(value.Content) == 2 {
		return ref.Value
	}
	return ""
}

// has reports whether an object has the key.
func has(object *source.Node, name string) bool { return object.Get(name) != nil }

// text returns the text under the key of an object, or "".
func text(object *source.Node, key string) string {
	if value := object.Get(key); value != nil && value.Kind == yaml.ScalarNode {
		return value.Value
	}
	return ""
}

func isComment(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "#") }

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
