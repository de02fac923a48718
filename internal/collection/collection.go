// Package collection makes collections of requests for HTTP clients from the
// documentation: every operation with its example, and variables for what
// only whoever sends them knows.
package collection

import (
	"slices"
	"strings"

	"example.com/alta/internal/docs"
)

// defaultBaseURL is where a server listens unless it is told otherwise.
const defaultBaseURL = "http://127.0.0.1:8080"

// variable is a name that stands in the place of a value in requests.
type variable struct {
	kind        string // of credential; empty: none
	name        string
	value       string
	description string
}

var baseURL = variable{name: "baseURL", value: defaultBaseURL, description: "Where the server is."}

// credentials are variables whose values are the placeholders of the
// documentation.
var credentials = []variable{
	{kind: docs.CredentialSessionOrKey, name: "apiKey", description: "An API key, as it is shown when it is made. Calls by key cost tokens."},
	{kind: docs.CredentialSession, name: "token", description: "The token that a registration or a log-in was answered with."},
	{kind: docs.CredentialOperator, name: "metricsToken", description: "The ALTA_METRICS_TOKEN of the server, where it has one."},
}

// variables returns those that the requests use.
func variables(book *docs.Book) []variable {
	list := []variable{baseURL}
	for _, v := range credentials {
		for _, op := range book.Operations {
			if op.Credential.Kind == v.kind {
				v.value = op.Credential.Placeholder
				list = append(list, v)
				break
			}
		}
	}
	return list
}

// use is how the variable is written in a request, in all clients alike.
func (v variable) use() string { return "{{" + v.name + "}}" }

// credential returns the variable that the operation's example is sent with, or
// reports false where anyone may call.
func credential(op *docs.Operation) (v variable, asked bool) {
	i := slices.IndexFunc(credentials, func(v variable) bool { return v.kind == op.Credential.Kind })
	if i < 0 {
		return variable{}, false
	}
	return credentials[i], true
}

// headerValue is that of the credential's header, with the variable in it.
func headerValue(op *docs.Operation, v variable) string {
	return strings.ReplaceAll(op.Credential.Value, op.Credential.Placeholder, v.use())
}
