// Package collection makes collections of requests for HTTP clients from the
// documentation. Each operation is there with its example; variables stand for
// values that only the sender knows.
package collection

import (
	"slices"
	"strings"

	"example.com/alta/internal/docs"
)

// DefaultBaseURL is where a server listens by default.
const DefaultBaseURL = "http://127.0.0.1:8080"

// variable is a name that stands for a value in requests.
type variable struct {
	kind        string // of the credential; empty: none
	name        string
	value       string
	description string
}

var baseURL = variable{name: "baseURL", description: "Where the server is."}

var (
	apiKey = variable{
		kind: docs.CredentialSessionOrKey, name: "apiKey",
		description: "An API key, as it is shown when it is made. Calls by key cost tokens.",
	}
	token = variable{
		kind: docs.CredentialSession, name: "token", description: "The token that a registration or a log-in was answered with.",
	}
	metricsToken = variable{
		kind: docs.CredentialOperator, name: "metricsToken", description: "The ALTA_METRICS_TOKEN of the server, where it has one.",
	}
)

var credentials = []variable{apiKey, token, metricsToken}

// variables returns the variables that the requests to the server use. The values
// of credentials are the placeholders of the documentation.
func variables(book *docs.Book, serverURL string) []variable {
	list := []variable{baseURL}
	list[0].value = serverURL
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

// reference returns the variable as requests contain it, in every client alike.
func (v variable) reference() string { return "{{" + v.name + "}}" }

// credential returns the variable that the operation's example is sent with. It
// reports false if anyone may call the operation.
func credential(op *docs.Operation) (v variable, asked bool) {
	i := slices.IndexFunc(credentials, func(v variable) bool { return v.kind == op.Credential.Kind })
	if i < 0 {
		return variable{}, false
	}
	return credentials[i], true
}

// headerValue returns the value of the credential's header, with the variable
// in it.
func headerValue(op *docs.Operation, v variable) string {
	return strings.ReplaceAll(op.Credential.Value, op.Credential.Placeholder, v.reference())
}
