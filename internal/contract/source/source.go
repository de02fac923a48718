// Package source reads the contract as it is written: unlike the parsed one, it
// knows the order of keys and the lines where they are.
package source

import (
	"errors"
	"iter"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Document is the contract as it is written.
type Document struct{ Root *Node }

// Node is a value of the document, or a key.
type Node yaml.Node

// Parse reads a contract in YAML. It fails unless that is one object.
func Parse(text []byte) (Document, error) {
	var file yaml.Node
	if err := yaml.Unmarshal(text, &file); err != nil {
		return Document{}, err
	}
	if len(file.Content) != 1 || file.Content[0].Kind != yaml.MappingNode {
		return Document{}, errors.New("wants one object")
	}
	return Document{Root: (*Node)(file.Content[0])}, nil
}

// At returns the value under path, or nil. References are followed on the way.
func (d Document) At(path ...string) *Node {
	value := d.Root
	for _, key := range path {
		value = d.Follow(value.Get(key))
	}
	return value
}

// Follow returns what value refers to, or nil if that is not there. A value that is no reference is returned itself.
func (d Document) Follow(value *Node) *Node {
	if ref := value.Get("$ref"); ref != nil {
		return d.Resolve(ref.Value)
	}
	return value
}

// Resolve returns what a reference such as #/components/schemas/Account leads to, or nil.
func (d Document) Resolve(ref string) *Node {
	return d.At(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
}

// Get returns the value of the key, or nil.
func (n *Node) Get(key string) *Node {
	_, value := n.Find(key)
	return value
}

// Find returns the key of that name and its value, or nil for both.
func (n *Node) Find(name string) (key, value *Node) {
	for k, v := range n.Pairs() {
		if k.Value == name {
			return k, v
		}
	}
	return nil, nil
}

// Keys returns the keys of an object as they are written.
func (n *Node) Keys() []string {
	var keys []string
	for key := range n.Pairs() {
		keys = append(keys, key.Value)
	}
	return keys
}

// Pairs yields the keys and values of an object as they are written. Anything else has none.
func (n *Node) Pairs() iter.Seq2[*Node, *Node] {
	return func(yield func(*Node, *Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i < len(n.Content); i += 2 {
			if !yield((*Node)(n.Content[i]), (*Node)(n.Content[i+1])) {
				return
			}
		}
	}
}

// Items yields the elements of an array. Anything else has none.
func (n *Node) Items() iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		if n == nil || n.Kind != yaml.SequenceNode {
			return
		}
		for _, item := range n.Content {
			if !yield((*Node)(item)) {
				return
			}
		}
	}
}

// IsFlow reports whether an object or array is written in braces or brackets.
func (n *Node) IsFlow() bool { return n.Style&yaml.FlowStyle != 0 }
