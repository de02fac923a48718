package stage

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"example.com/alta/internal/contract"
)

// description describes a request with an Idempotency-Key.
type description struct {
	texts    []string // equal for equal requests only; the first is that of this release, the others of earlier ones
	password string   // that the request has; empty: none
}

// describeRequest describes the request. JSON that differs only in the order of
// members, white space and escapes is equal (RFC 8785). Passwords are left out: the
// fingerprint of the description is a fast hash, which would let whoever has it and
// the secret guess them. Earlier releases described the body with its password, or as
// it was sent. describeRequest reads the body, if the operation takes one, and leaves
// it to be read again.
func describeRequest(r *http.Request, op *contract.Operation) (d description, err error) {
	query := r.URL.Query()
	query.Del("apiKey")
	text := r.Method + " " + r.URL.Path + "?" + query.Encode() + "\n"
	if ifMatch := r.Header.Get(contract.HeaderIfMatch); ifMatch != "" && op.Conditional() {
		text += contract.HeaderIfMatch + ": " + ifMatch + "\n"
	}
	if op.Body == nil {
		return description{texts: []string{text}}, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return description{}, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	canonical := jsontext.Value(bytes.Clone(body))
	if err := canonical.Canonicalize(); err != nil {
		return description{}, err
	}
	public, password, err := withoutPassword(canonical, op)
	if err != nil {
		return description{}, err
	}
	d.password = password
	for _, form := range [][]byte{public, canonical, body} {
		if described := text + string(form); len(d.texts) == 0 || d.texts[len(d.texts)-1] != described {
			d.texts = append(d.texts, described)
		}
	}
	return d, nil
}

// withoutPassword returns the canonical body without the member that the contract
// calls a password, and the password.
func withoutPassword(canonical jsontext.Value, op *contract.Operation) (public jsontext.Value, password string, err error) {
	name := ""
	for _, p := range op.Body.Properties {
		if p.Schema.Format == contract.FormatPassword {
			name = p.Name
		}
	}
	if name == "" {
		return canonical, "", nil
	}
	members := map[string]jsontext.Value{}
	if err := json.Unmarshal(canonical, &members); err != nil {
		return nil, "", err
	}
	if err := json.Unmarshal(members[name], &password); err != nil {
		return nil, "", err
	}
	delete(members, name)
	encoded, err := json.Marshal(members)
	if err != nil {
		return nil, "", err
	}
	public = encoded
	return public, password, public.Canonicalize()
}
