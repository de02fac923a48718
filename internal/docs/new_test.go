package docs

import (
	"strings"
	"sync"
	"testing"
)

// small is a valid contract. Tests change one part of it at a time.
const small = `
openapi: 3.0.3
info: {title: Things, version: 0.2.0, description: About things., license: {name: MIT}}
tags:
  - {name: things, description: What there is.}
x-body-limit: 1024
x-rate-classes: {}
x-statuses:
  - {status: 200, label: OK, description: Request succeeded.}
  - {status: 402, label: Payment Required, description: Pay first., link: {text: Top up, href: /pricing}}
paths:
  /things:
    get:
      operationId: listThings
      tags: [things]
      summary: List things
      description: Every thing.
      x-token-cost: 0
      x-since: 0.1.0
      x-why: One wants to know.
      x-use-case: A list.
      x-side-effects: [Counts the call.]
      security: []
      responses:
        "200":
          description: The things.
          content: {application/json: {schema: {type: array, items: {type: string}}, example: [b, a]}}
        "404": {$ref: "#/components/responses/Gone"}
components:
  responses:
    Gone:
      description: None.
      content:
        application/json: {schema: {type: object, properties: {code: {$ref: "#/components/schemas/ErrorCode"}}}, example: {code: not_found}}
  schemas:
    ErrorCode:
      type: string
      enum: [not_found]
      x-codes:
        not_found: {meaning: It is gone., cure: Look elsewhere.}
`

const smallChangelog = "# Changelog\n\n## 0.2.0 - 2026-03-04\n\n- Things.\n"

func TestNew(t *testing.T) {
	book, err := New([]byte(small), smallChangelog)
	if err != nil {
		t.Fatal(err)
	}
	if book.Title != "Things" || book.Version != "0.2.0" || book.Date != "2026-03-04" || book.Description != "About things." {
		t.Errorf("the book is of %s %s, %s: %s", book.Title, book.Version, book.Date, book.Description)
	}
	op := book.Operation("things", "get-things")
	if op == nil || op.Response(404) == nil || op.Response(404).Samples[0].Text != "{\n  \"code\": \"not_found\"\n}" {
		t.Fatalf("an answer that is only referred to is not read: %+v", op)
	}
	if code := book.ErrorCodes[0]; len(op.Codes) != 1 || op.Codes[0] != code || code.Statuses[0] != 404 || code.Operations[0] != op {
		t.Errorf("the code of the answer is %+v", code)
	}
	if got := op.Success().Samples[0].Text; got != "[\n  \"b\",\n  \"a\"\n]" {
		t.Errorf("the sample is %s", got)
	}
}

// TestNewRefuses: New requires everything that the pages show.
func TestNewRefuses(t *testing.T) {
	for _, test := range []struct{ name, old, with, want string }{
		{name: "no YAML", old: "openapi: 3.0.3", with: "openapi: [", want: "contract: "},
		{name: "a list", old: small, with: "[]", want: "wants one object"},
		{name: "nothing", old: small, want: "wants one object"},
		{name: "an alias", old: "[Counts the call.]", with: "[&one Counts., *one]", want: "aliases are not supported"},
		{name: "no rows", old: "x-statuses:", with: "x-other:", want: "x-statuses is missing"},
		{name: "a row without a label", old: "{status: 200, label: OK,", with: "{status: 200,", want: "x-statuses: 0: wants status, label and description"},
		{name: "a link that leads nowhere", old: "{text: Top up, href: /pricing}", with: "{text: Top up}", want: "x-statuses: 1: link: wants text and href"},
		{name: "no enum of codes", old: "\n    ErrorCode:\n", with: "\n    ErrorKind:\n", want: "ErrorCode"},
		{name: "a code without a meaning", old: "{meaning: It is gone., ", with: "{", want: "x-codes: not_found: wants meaning and cure"},
		{name: "a code without a cure", old: ", cure: Look elsewhere.}", with: "}", want: "x-codes: not_found: wants meaning and cure"},
		{name: "a code that is none", old: "      x-codes:\n", with: "      x-codes:\n        nope: {meaning: a, cure: b}\n", want: "x-codes has 2 codes, the enum 1"},
		{name: "side effects that are none", old: "[Counts the call.]", with: "[]", want: "GET /things: listThings: x-side-effects: wants sentences"},
		{name: "a tag that is not described", old: "{name: things,", with: "{name: other,", want: "GET /things: tag things is not described"},
		{name: "a tag in the way of a page", old: "{name: things,", with: "{name: errors,", want: "tag errors: its page is another one's"},
		{name: "two with one page", old: "components:\n", with: "  /Things: {get: {operationId: again, tags: [things], x-token-cost: 0, x-since: 0.1.0, x-why: a, x-use-case: b, " +
			"security: [], responses: {\"200\": {description: c}}}}\ncomponents:\n", want: "GET /Things: its page is another operation's, too"},
		{name: "an unknown reference", old: "responses/Gone\"", with: "responses/Nope\"", want: "Nope"},
		{name: "no info", old: "info: {", with: "x-info: {", want: "wants info, paths and components"},
		{name: "no paths", old: "paths:\n", with: "x-paths:\n", want: "wants info, paths and components"},
		{name: "no components", old: "\ncomponents:\n", with: "\nx-components:\n", want: "components"},
		{name: "an answer that is not described", old: "          description: The things.\n", want: "GET /things: answer 200: wants a description"},
		{name: "an answer by no number", old: `"404":`, with: "default:", want: "answer default"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(small, test.old) != 1 {
				t.Fatalf("%q is not in the contract once", test.old)
			}
			book, err := New([]byte(strings.Replace(small, test.old, test.with, 1)), smallChangelog)
			if err == nil || !strings.Contains(err.Error(), test.want) || book != nil {
				t.Errorf("New returns %v, want one with %q", err, test.want)
			}
		})
	}
}

// TestReproducible: the same sources make the same files, even with concurrent
// readers.
func TestReproducible(t *testing.T) {
	one, err := New([]byte(small), smallChangelog)
	if err != nil {
		t.Fatal(err)
	}
	again, err := New([]byte(small), smallChangelog)
	if err != nil {
		t.Fatal(err)
	}
	want := one.LLMsFull(base) + string(one.JSON())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			op := again.Operation("things", "get-things")
			if again.LLMsFull(base)+string(again.JSON()) != want || len(again.Search("things")) != 1 || again.Markdown(op, base) == "" {
				t.Error("the second book is another one")
			}
		})
	}
	readers.Wait()
	changed, err := New([]byte(small+"# more\n"), smallChangelog)
	if err != nil || changed.Hash == one.Hash {
		t.Errorf("a changed contract has the hash %s: %v", changed.Hash, err)
	}
}
