package source

import (
	"bytes"
	"encoding/json"
	"errors"

	"go.yaml.in/yaml/v3"
)

// JSON returns the value as JSON without blanks, with its keys and numbers as
// they are written. It fails if the value has aliases.
func (n *Node) JSON() ([]byte, error) {
	var out bytes.Buffer
	err := n.writeJSON(&out)
	return out.Bytes(), err
}

func (n *Node) writeJSON(out *bytes.Buffer) error {
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
func (n *Node) writeList(out *bytes.Buffer, open, shut byte) error {
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
		if err := (*Node)(child).writeJSON(out); err != nil {
			return err
		}
	}
	out.WriteByte(shut)
	return nil
}

func (n *Node) writeScalar(out *bytes.Buffer) error {
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
