package docs

import (
	"errors"
	"fmt"
	"strings"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/contract/source"
)

// NextCall is a call that can follow a successful one, with values that it takes over.
type NextCall struct {
	Target  *Operation
	Carried []Carried
}

// Carried is a value that a link takes over from the first call.
type Carried struct {
	Name       string // of the parameter, or of the credential's security scheme
	In         string // path, query, body or security
	Expression string // such as $response.body#/id
}

// Places where a link has a value, besides those of parameters.
const inSecurity = "security"

// IsCredential reports whether the value is what the second call is made with.
func (c Carried) IsCredential() bool { return c.In == inSecurity }

// IsKey reports whether the value is an API key, with which the second call is made.
func (c Carried) IsKey() bool { return c.IsCredential() && c.Name == contract.SchemeAPIKey }

// Label names where the value goes, in Markdown.
func (c Carried) Label() string {
	switch {
	case !c.IsCredential():
		return "`" + c.Name + "`"
	case c.IsKey():
		return "the API key"
	}
	return "the JWT"
}

// Source names where the value comes from, in Markdown.
func (c Carried) Source() string {
	whose, pointer, _ := strings.Cut(strings.TrimPrefix(c.Expression, "$"), ".body#/")
	var path strings.Builder
	for part := range strings.SplitSeq(pointer, "/") {
		switch {
		case strings.Trim(part, "0123456789") == "":
			path.WriteString("[" + part + "]")
		case path.Len() > 0:
			path.WriteString("." + part)
		default:
			path.WriteString(part)
		}
	}
	return fmt.Sprintf("`%s` of the %s", &path, whose)
}

// addLinks adds the links of all operations, which may lead to any other. Its
// error names a link that leads nowhere or carries what its target does not take.
func (w *writer) addLinks() error {
	for _, op := range w.book.Operations {
		responses := w.source.At("paths", op.Path, strings.ToLower(op.Method), "responses")
		response := w.source.Follow(responses.Get(fmt.Sprint(op.Success().Status)))
		for name, value := range response.Get("links").Pairs() {
			link, err := w.link(w.source.Follow(value))
			if err != nil {
				return fmt.Errorf("%s: link %s: %w", op.ID, name.Value, err)
			}
			op.Then = append(op.Then, link)
		}
	}
	return nil
}

func (w *writer) link(written *source.Node) (l NextCall, err error) {
	id := written.Get("operationId")
	if id == nil {
		return l, errors.New("wants an operationId")
	}
	if l.Target = w.book.operation(id.Value); l.Target == nil {
		return l, fmt.Errorf("no operation is %s", id.Value)
	}
	for _, field := range []string{"parameters", "requestBody", "x-security"} {
		for name, expression := range written.Get(field).Pairs() {
			c := Carried{Name: name.Value, In: inSecurity, Expression: expression.Value}
			if field != "x-security" {
				c.In = l.Target.placeOf(c.Name, field == "requestBody")
			}
			if c.In == "" || c.IsCredential() && l.Target.Credential.Kind == CredentialNone {
				return l, fmt.Errorf("%s takes no %s", id.Value, c.Name)
			}
			l.Carried = append(l.Carried, c)
		}
	}
	return l, nil
}

// placeOf returns where the operation has the parameter of that name, or "".
func (o *Operation) placeOf(name string, ofBody bool) string {
	for _, p := range o.Parameters {
		if p.Name == name && (p.In == inBody) == ofBody {
			return p.In
		}
	}
	return ""
}
