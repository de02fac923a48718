package docs

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestThen: the calls that can follow are in the book, and in each form of an
// operation's page.
func TestThen(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][]string{
		"createTransaction": {
			"GET /api/transactions/{id}: `id` is `id` of the response",
			"PATCH /api/transactions/{id}: `id` is `id` of the response",
			"DELETE /api/transactions/{id}: `id` is `id` of the response",
		},
		"findTransactions": {
			"GET /api/transactions/{id}: `id` is `data[0].id` of the response",
			"PATCH /api/transactions/{id}: `id` is `data[0].id` of the response",
			"DELETE /api/transactions/{id}: `id` is `data[0].id` of the response",
		},
		"loginAppUser": {
			"GET /api/users/me: the JWT is `token` of the response", "GET /api/accounts: the JWT is `token` of the response",
			"GET /api/v1/auth/sessions: the JWT is `token` of the response", "POST /api/v1/auth/logout: the JWT is `token` of the response",
		},
		"registerDeveloper": {"POST /api/v1/auth/resend-verification: `email` is `email` of the request"},
		"seedCategories":    {"GET /api/categories/{id}: `id` is `[0].id` of the response", "PATCH /api/categories/{id}: `id` is `[0].id` of the response", "DELETE /api/categories/{id}: `id` is `[0].id` of the response"},
		"rotateAPIKey":      {"GET /api/v1/sandbox: the API key is `key` of the response", "GET /api/v1/account/balance: the API key is `key` of the response", "DELETE /api/v1/account/api-keys/{id}: `id` is `id` of the response"},
		"deleteAccount":     nil,
		"listAuditEvents":   nil,
	} {
		op := operationOf(t, id)
		var got []string
		page, whole := testBook(t).Markdown(op, base), testBook(t).LLMsFull(base)
		for _, next := range op.Then {
			var carried []string
			for _, c := range next.Carried {
				carried = append(carried, c.Label()+" is "+c.Source())
			}
			words := strings.Join(carried, "; ")
			got = append(got, next.Target.Endpoint()+": "+words)
			contains(t, id, page, "- [`"+next.Target.Endpoint()+"`]("+base+next.Target.Page+".md): "+next.Target.Summary+". "+words+"\n")
			contains(t, id, whole, "- `"+next.Target.Endpoint()+"`: "+words+"\n")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
		if has := strings.Contains(page, "\n### Then\n"); has != (want != nil) {
			t.Errorf("%s: the page has the heading Then: %v", id, has)
		}
	}
}

// TestLinksThatLeadNowhere: a link that cannot be followed stops the book.
func TestLinksThatLeadNowhere(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const link = "getTransaction: {operationId: getTransaction, parameters: {id: $response.body#/id}}"
	for with, want := range map[string]string{
		"getTransaction: {operationId: getNothing, parameters: {id: $response.body#/id}}":      "createTransaction: link getTransaction: no operation is getNothing",
		"getTransaction: {operationId: getTransaction, parameters: {ID: $response.body#/id}}":  "createTransaction: link getTransaction: getTransaction takes no ID",
		"getTransaction: {operationId: getTransaction, requestBody: {id: $response.body#/id}}": "createTransaction: link getTransaction: getTransaction takes no id",
		"getTransaction: {operationRef: '#/paths', parameters: {id: $response.body#/id}}":      "createTransaction: link getTransaction: wants an operationId",
		"getTransaction: {operationId: getStatus, x-security: {session: $response.body#/id}}":  "createTransaction: link getTransaction: getStatus takes no session",
	} {
		changed := strings.Replace(string(document), link, with, 1)
		if _, err := New([]byte(changed), ""); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: the error is %v, want %s", with, err, want)
		}
	}
}
