package docs

import (
	"bytes"
	"encoding/json"
	"regexp"
)

// Server is what a published contract says of the server that publishes it. An empty
// field leaves the contract as it is written.
type Server struct {
	Name          string // of the product
	URL           string // where people reach the server
	SessionCookie string // name of the cookie that has the session
}

// Lines of the contract that a server has its own values in.
var (
	titleLine  = regexp.MustCompile(`(?m)^  title: (.*)$`)
	urlLine    = regexp.MustCompile(`(?m)^servers:\n  - url: (.*)$`)
	cookieLine = regexp.MustCompile(`(?m)^    sessionCookie:\n(?: {6}.*\n)*?      name: (.*)$`)
)

// Publish returns the contract, in YAML, with the server's values. Without a host in
// `servers`, clients that import the contract do not know where to send calls.
func (s Server) Publish(document []byte) []byte {
	document = setLine(document, titleLine, s.Name)
	document = setLine(document, urlLine, s.URL)
	return setLine(document, cookieLine, s.SessionCookie)
}

// setLine puts the value in the place of the line's own, unless it is the same or
// empty. The line's only group is that place.
func setLine(document []byte, line *regexp.Regexp, value string) []byte {
	place := line.FindSubmatchIndex(document)
	if place == nil || value == "" || string(document[place[2]:place[3]]) == value {
		return document
	}
	quoted, err := json.Marshal(value) // a JSON string is a YAML scalar
	if err != nil {
		panic(err) // a string has a form in JSON
	}
	return bytes.Join([][]byte{document[:place[2]], quoted, document[place[3]:]}, nil)
}
