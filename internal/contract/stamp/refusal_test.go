package main

import (
	"strings"
	"testing"
)

// anybody changes the operation to one without a limit that anybody may call.
var anybody = []string{
	"      x-rate-class: data\n", "", "x-token-cost: 5", "x-token-cost: 0", "security: [{bearerAuth: []}, {apiKey: []}]", "security: []",
}

// TestStampRefuses: a contradiction is refused with the line, the operation and what is wrong.
func TestStampRefuses(t *testing.T) {
	response := func(status, value string) []string {
		return []string{`        "400":`, "        \"" + status + "\": " + value + "\n        \"400\":"}
	}
	for _, test := range []struct {
		name   string
		change []string // of the whole operation, which stands from line 4 on
		want   []string // problems without the operation, in order
	}{
		{"security missing", []string{"      security: [{bearerAuth: []}, {apiKey: []}]\n", ""},
			[]string{"line 5: security is missing; write [] if anyone may call"}},
		{"price missing", []string{"      x-token-cost: 5\n", ""}, []string{"line 5: x-token-cost is missing; write 0 if a call by API key is free"}},
		{"price in words", []string{"cost: 5", "cost: five"}, []string{"line 11: x-token-cost: wants a number of tokens"}},
		{"nobody pays", []string{", {apiKey: []}", ""},
			[]string{"line 11: x-token-cost: calls cost tokens, but security has no apiKey to take them from"}},
		{"no success", []string{`"201"`, `"404"`}, []string{"line 5: has no success response"}},
		{"no answer to bad input", []string{`"400"`, `"404"`}, []string{"line 5: takes input but has no response 400"}},
		{"no status", response("4XX", "{description: Wrong.}"), []string{`line 34: response 4XX: wants a status, such as "200"`}},
		{"no such status", response("99", "{description: Wrong.}"), []string{`line 34: response 99: wants a status, such as "200"`}},
		{"no description", response("404", "{content: {}}"), []string{"line 34: response 404: has no description"}},
		{"reference to nothing", response("404", `{$ref: "#/components/responses/Nothing"}`),
			[]string{"line 34: response 404: refers to #/components/responses/Nothing, which does not exist"}},
		{"reference to a response without its headers", []string{"AppRateLimited", "Bare"}, []string{
			"line 52: response 429: refers to #/components/responses/Bare, which has no header Retry-After",
			"line 52: response 429: refers to #/components/responses/Bare, which has no header X-Request-Id",
			"line 52: response 429: refers to #/components/responses/Bare, which has no header RateLimit",
			"line 52: response 429: refers to #/components/responses/Bare, which has no header RateLimit-Policy",
			"line 52: response 429: refers to #/components/responses/Bare, which has no header X-Token-Cost",
			"line 52: response 429: refers to #/components/responses/Bare, which has no header X-Token-Balance",
		}},
		{"status twice", response("400", "{description: Wrong.}"), []string{"line 17: responses: has 400 twice"}},
		{"standard response elsewhere", response("404", `{$ref: "#/components/responses/AppTooLarge"}`),
			[]string{"line 34: response 404: refers to #/components/responses/AppTooLarge, which is a response 413"}},
		{"too large without a body",
			[]string{"      requestBody: {content: {}}\n", "", `{$ref: "#/components/responses/AppTooLarge"}`, "\n          description: Too large."},
			[]string{"line 48: response 413: only an operation with a requestBody responds with it"}},
		{"limited without a class",
			append(anybody, `{$ref: "#/components/responses/AppRateLimited"}`, "\n          description: Too many."),
			[]string{"line 51: response 429: only an operation with an x-rate-class or a credential responds with it"}},
		{"comment above what goes", append(anybody, `        "429":`, "        # Why.\n        \"429\":"),
			[]string{"line 52: 429 no longer applies, but the comment above it would be lost"}},
		{"success in flow style", response("200", "{description: There it is.}"),
			[]string{"line 34: response 200: wants block style, a line for each key"}},
		{"headers in flow style", []string{"          content: {}\n", "          content: {}\n        \"200\":\n          description: One.\n          headers: {}\n"},
			[]string{"line 36: response 200: headers: wants block style, a line for each key"}},
		{"header of its own", []string{`{$ref: "#/components/headers/IdempotencyReplayed"}` + "\n            Location", "{schema: {type: string}}\n            Location"},
			[]string{"line 31: response 201: the header Idempotency-Replayed must refer to #/components/headers/IdempotencyReplayed"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := stamp([]byte(head + change(t, whole, test.change...) + tail))
			if err == nil {
				t.Fatal("stamp took it")
			}
			var want []string
			for _, problem := range test.want {
				line, says, _ := strings.Cut(problem, ": ")
				want = append(want, line+": POST /api/things (createThing): "+says)
			}
			if got := err.Error(); got != strings.Join(want, "\n") {
				t.Errorf("the error is\n%s\nwant\n%s", got, strings.Join(want, "\n"))
			}
		})
	}
}

// What is no document, or lacks what operations refer to, is refused as well.
func TestStampRefusesDocuments(t *testing.T) {
	for _, test := range []struct{ name, document, want string }{
		{"no YAML", "a: [", "did not find expected"},
		{"a list", "- a\n", "wants one object"},
		{"nothing", "", "wants one object"},
		{"no responses", head + "  /api/things:\n    get: {x-token-cost: 0, security: []}\n" + tail, "line 5: GET /api/things (): has no responses"},
		{"flow style", head + "  /api/things:\n    get: {x-token-cost: 0, security: [], responses: {}}\n" + tail, "responses: wants block style"},
		{"no component", head + whole + strings.Replace(tail, "    AppInternal:", "    Other:", 1), "refers to #/components/responses/AppInternal, which does not exist"},
		{"no component yet", head + bare + strings.Replace(tail, "    AppInternal:", "    Other:", 1), "500: #/components/responses/AppInternal does not exist"},
		{"no header", head + bare + strings.Replace(tail, "RequestID: {}, ", "", 1), "X-Request-Id: #/components/headers/RequestID does not exist"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, _, err := stamp([]byte(test.document)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want %s", err, test.want)
			}
		})
	}
}
