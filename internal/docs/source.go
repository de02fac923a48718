package docs

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
)

// source is the contract as it is written. Unlike the parsed one, it knows the
// order of keys.
type source struct{ root *node }

// node is a value of the document.
type node yaml.Node

func parseSource(document []byte) (source, error) {
	var file yaml.Node
	if err := yaml.Unmarshal(document, &file); err != nil {
		return source{}, err
	}
	if len(file.Content) != 1 || file.Content[0].Kind != yaml.MappingNode {
		return source{}, errors.New("wants one object")
	}
	return source{(*node)(file.Content[0])}, nil
}

// at returns the value under path, or nil. References are followed on the way.
func (s source) at(path ...string) *node {
	value := s.root
	for _, key := range path {
		value = s.follow(value.get(key))
	}
	return value
}

func (s source) follow(value *node) *node {
	if ref := value.get("$ref"); ref != nil {
		return s.at(strings.Split(strings.TrimPrefix(ref.Value, "#/"), "/")...)
	}
	return value
}

// get returns the value of the key, or nil.
func (n *node) get(key string) *node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return (*node)(n.Content[i+1])
		}
	}
	return nil
}

// keys returns the keys of an object as they are written.
func (n *node) keys() []string {
	var keys []string
	if n != nil && n.Kind == yaml.MappingNode {
		for i := 0; i < len(n.Content); i += 2 {
			keys = append(keys, n.Content[i].Value)
		}
	}
	return keys
}

// json returns the value as JSON without blanks, with its keys and numbers as
// they are written.
func (n *node) json() ([]byte, error) {
	var out bytes.Buffer
	err := n.writeJSON(&out)
	return out.Bytes(), err
}

func (n *node) writeJSON(out *bytes.Buffer) error {
	switch n.Kind {
	case yaml.MappingNode:
		return n.writeList(out, '{', '}')
	case yaml.SequenceNode:
		return n.writeList(out, '[', ']')
	case yaml.ScalarNode:
		return n.writeScalar(out)
	}
	return errors.New("aliases are not supported")
}

// writeList writes an array, or an object, whose keys and values take turns.
func (n *node) writeList(out *bytes.Buffer, open, shut byte) error {
	out.WriteByte(open)
	for i, child := range n.Content {
		if isKey := n.Kind == yaml.MappingNode && i%2 == 0; isKey {
			key := *child
			key.Tag = "!!str" // a status is written as a number now and then
			child = &key
		}
		switch {
		case i == 0:
		case n.Kind == yaml.MappingNode && i%2 == 1:
			out.WriteByte(':')
		default:
			out.WriteByte(',')
		}
		if err := (*node)(child).writeJSON(out); err != nil {
			return err
		}
	}
	out.WriteByte(shut)
	return nil
}

func (n *node) writeScalar(out *bytes.Buffer) error {
	var value any = n.Value
	switch (*yaml.Node)(n).ShortTag() {
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			out.WriteString(n.Value)
			return nil
		}
		fallthrough
	case "!!bool", "!!null":
		if err := (*yaml.Node)(n).Decode(&value); err != nil {
			return err
		}
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // the line break
	return nil
}
