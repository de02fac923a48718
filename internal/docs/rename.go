package docs

import (
	"bytes"
	"encoding/json"
	"regexp"
)

// titleLine is the contract's title: the name of the product.
var titleLine = regexp.MustCompile(`(?m)^  title: .*$`)

// Rename returns the contract, in YAML, with the name as its title. A name that is
// the title already leaves it as it is.
func Rename(document []byte, name string) []byte {
	place := titleLine.FindIndex(document)
	if place == nil || string(document[place[0]:place[1]]) == "  title: "+name {
		return document
	}
	quoted, err := json.Marshal(name) // a JSON string is a YAML scalar
	if err != nil {
		panic(err) // a string has a form in JSON
	}
	return bytes.Join([][]byte{document[:place[0]], []byte("  title: "), quoted, document[place[1]:]}, nil)
}
