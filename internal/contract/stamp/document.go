package main

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is the contract as text, and as the tree that says where in the text things stand.
type document struct {
	lines []string // each with its line break
	root  *yaml.Node
}

// parse reads the contract. The error says why it is no YAML, or no object.
func parse(text []byte) (*document, error) {
	var file yaml.Node
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	if len(file.Content) != 1 || file.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("wants one object")
	}
	return &document{lines: strings.SplitAfter(string(text), "\n"), root: file.Content[0]}, nil
}

// entry is a key of a block mapping with its value, as the lines from (its comment) up to, and not with, to.
type entry struct {
	key, value   *yaml.Node
	from, at, to int // line numbers from 0; at has the key
}

// entries returns what stands under key, whose value must be written as a block: a key a line.
func (d *document) entries(key, value *yaml.Node) ([]entry, error) {
	if value.Kind != yaml.MappingNode || value.Style&yaml.FlowStyle != 0 || len(value.Content) == 0 {
		return nil, fmt.Errorf("%s: wants block style, a line for each key", key.Value)
	}
	var list []entry
	seen := map[string]bool{}
	for k, v := range pairs(value) {
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

// above returns the line where the comment right above the key begins, or the key's own line.
func (d *document) above(key *yaml.Node) int {
	line := key.Line - 1
	for line > 0 && isComment(d.lines[line-1]) && indentOf(d.lines[line-1]) == key.Column-1 {
		line--
	}
	return line
}

// end returns the line after the value of key: what is indented deeper than the key belongs to it. Blank lines
// and comments at its end do only if they are indented as the value is.
func (d *document) end(key *yaml.Node) int {
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

// replacement says which lines take the place of those from up to, and not with, to.
type replacement struct {
	from, to int
	lines    []string
}

// replace returns the text with the replacements, which are in the order of lines and do not overlap.
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

// at returns the value that path leads to from the root, or nil.
func (d *document) at(path ...string) *yaml.Node {
	node := d.root
	for _, key := range path {
		_, node = find(node, key)
	}
	return node
}

// resolve returns what a reference leads to, or nil.
func (d *document) resolve(ref string) *yaml.Node {
	return d.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
}

// follow returns what a value refers to, or the value if it is no reference.
func (d *document) follow(value *yaml.Node) *yaml.Node {
	if ref := refOf(value); ref != "" {
		return d.resolve(ref)
	}
	return value
}

// refOf returns where a value that is nothing but a reference leads, or "".
func refOf(value *yaml.Node) string {
	if _, ref := find(value, "$ref"); ref != nil && len(value.Content) == 2 {
		return ref.Value
	}
	return ""
}

// find returns the key of that name in a mapping and its value, or nil twice.
func find(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	for k, v := range pairs(mapping) {
		if k.Value == name {
			return k, v
		}
	}
	return nil, nil
}

// has reports whether a mapping has the key.
func has(mapping *yaml.Node, name string) bool {
	key, _ := find(mapping, name)
	return key != nil
}

// text returns the text under the key of a mapping, or "".
func text(mapping *yaml.Node, key string) string {
	if _, value := find(mapping, key); value != nil && value.Kind == yaml.ScalarNode {
		return value.Value
	}
	return ""
}

// pairs yields each key of a mapping with its value. Anything else has none.
func pairs(mapping *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(*yaml.Node, *yaml.Node) bool) {
		if mapping == nil || mapping.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i < len(mapping.Content); i += 2 {
			if !yield(mapping.Content[i], mapping.Content[i+1]) {
				return
			}
		}
	}
}

func isComment(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "#") }

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
