package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStamp(t *testing.T) {
	got, lengths := stamped(t, bare)
	if diff := cmp.Diff(whole, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if want := []length{{whole: 48, authored: 24}}; !cmp.Equal(want, lengths, cmp.AllowUnexported(length{})) {
		t.Errorf("lengths are %v, want %v", lengths, want)
	}
}

// TestStampChanges stamps the whole operation after a change of what it is.
func TestStampChanges(t *testing.T) {
	const (
		limit    = "            RateLimit: {$ref: \"#/components/headers/RateLimit\"}\n            RateLimit-Policy: {$ref: \"#/components/headers/RateLimitPolicy\"}\n"
		tokens   = "            X-Token-Cost: {$ref: \"#/components/headers/TokenCost\"}\n            X-Token-Balance: {$ref: \"#/components/headers/TokenBalance\"}\n"
		replayed = "            Idempotency-Replayed: {$ref: \"#/components/headers/IdempotencyReplayed\"}\n"
		later    = "            Retry-After: {$ref: \"#/components/headers/RetryAfter\"}\n"
		id       = "            X-Request-Id: {$ref: \"#/components/headers/RequestID\"}\n"
		failure  = "          headers:\n            Alta-Error: {$ref: \"#/components/headers/ErrorCode\"}\n" + later + id + limit + tokens + replayed
		tag      = "            ETag: {$ref: \"#/components/headers/ETag\"}\n"
		own      = "            Location: {schema: {type: string}} # absolute\n"
	)
	response := func(status, name string) string {
		return "        \"" + status + "\": {$ref: \"#/components/responses/" + name + "\"}\n"
	}
	for _, test := range []struct {
		name   string
		change []string // of the operation
		want   []string // what that changes among the lines that are derived
	}{
		{
			"anyone may call, at no price", []string{"x-token-cost: 5", "x-token-cost: 0", "[{bearerAuth: []}, {apiKey: []}]", "[]"},
			[]string{
				tokens, "", response("401", "AppUnauthorized"), "", response("402", "AppInsufficientTokens"), "",
				response("403", "AppForbidden"), "",
			},
		},
		{
			"free for keys", []string{"x-token-cost: 5", "x-token-cost: 0"},
			[]string{tokens, "", response("402", "AppInsufficientTokens"), ""},
		},
		{
			"by session alone", []string{"x-token-cost: 5", "x-token-cost: 0", ", {apiKey: []}", ""},
			[]string{tokens, "", response("402", "AppInsufficientTokens"), "", "AppForbidden", "AppCrossOrigin"},
		},
		{
			"by session alone, to read", []string{"x-token-cost: 5", "x-token-cost: 0", ", {apiKey: []}", "", "    post:", "    get:"},
			[]string{tokens, "", response("402", "AppInsufficientTokens"), "", "AppForbidden", "AppKeyRefused"},
		},
		{
			"to read", []string{"    post:", "    get:"}, []string{"AppForbidden", "AppKeyForbidden"},
		},
		{
			"by administrators", []string{"      x-rate-class", "      x-role: ADMIN\n      x-rate-class"}, []string{"AppForbidden", "AppAdminOnly"},
		},
		{
			"by operators", []string{"x-token-cost: 5", "x-token-cost: 0", "[{bearerAuth: []}, {apiKey: []}]", "[{operator: []}]"},
			[]string{tokens, "", response("402", "AppInsufficientTokens"), "", response("403", "AppForbidden"), ""},
		},
		{
			"no limit", []string{"      x-rate-class: data\n", ""},
			[]string{limit, ""}, // calls with a bad credential are counted
		},
		{
			"no body", []string{"      requestBody: {content: {}}\n", ""},
			[]string{response("413", "AppTooLarge"), "", response("415", "AppUnsupportedMediaType"), ""},
		},
		{
			"with an If-Match", []string{"IdempotencyKey\"}\n", "IdempotencyKey\"}\n        - {$ref: \"#/components/parameters/IfMatch\"}\n"},
			[]string{response("413", "AppTooLarge"), response("412", "AppPreconditionFailed") + response("413", "AppTooLarge")},
		},
		{
			"with a tagged resource", []string{"          content: {}\n", "          content: {application/json: {schema: {$ref: \"#/components/schemas/Tagged\"}}}\n"},
			[]string{own, tag + own},
		},
		{
			"to delete a tagged resource", []string{
				"    post:", "    delete:", "          content: {}\n", "          content: {application/json: {schema: {$ref: \"#/components/schemas/Tagged\"}}}\n",
			},
			nil,
		},
		{
			"no Idempotency-Key", []string{"      parameters:\n        - {$ref: \"#/components/parameters/IdempotencyKey\"}\n", ""},
			[]string{replayed, "", later, "", response("422", "AppIdempotencyMismatch"), ""},
		},
		{
			"a response of its own fewer", []string{"        \"409\":\n          description: It is there, or the call is under way.\n" + failure, ""},
			[]string{response("413", "AppTooLarge"), response("409", "AppIdempotencyConflict") + response("413", "AppTooLarge")},
		},
		{
			"a redirect", []string{`"201":`, `"302":`}, nil,
		},
		{
			"no own header", []string{own, ""}, nil,
		},
		{
			"nothing but a header", []string{later + id, ""}, []string{limit + tokens + replayed + "        \"413\"", later + id + limit + tokens + replayed + "        \"413\""},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			changed := change(t, whole, test.change...)
			want := changed
			for i := 0; i < len(test.want); i += 2 { // in both responses
				if !strings.Contains(want, test.want[i]) {
					t.Fatalf("%q is not in the text", test.want[i])
				}
				want = strings.ReplaceAll(want, test.want[i], test.want[i+1])
			}
			if got, _ := stamped(t, changed); got != want {
				t.Errorf("(-want +got):\n%s", cmp.Diff(want, got))
			}
		})
	}
}

// Operations of either door have its responses, and probes none that need the database.
func TestStampDoors(t *testing.T) {
	const operation = `  %:
    parameters: []
    get:
      x-token-cost: 0
      security: []
      responses:
        "200": {description: All is well.}
`
	for path, want := range map[string][]string{
		"/api/v1/status": {"Internal", "Overloaded"},
		"/api/status":    {"AppInternal", "AppOverloaded"},
		"/readyz":        {"AppInternal", "AppOverloaded"},
		"/healthz":       {"AppInternal"},
		"/metrics":       {"AppInternal"},
	} {
		text := strings.Replace(operation, "%", path, 1)
		text = strings.Replace(text, "{description: All is well.}", "\n          description: All is well.", 1)
		got, _ := stamped(t, text)
		var names []string
		for line := range strings.Lines(got) {
			if _, ref, found := strings.Cut(line, responsesPath); found {
				names = append(names, strings.TrimSuffix(ref, "\"}\n"))
			}
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// A comment above a line that is derived stays there, whatever becomes of the line.
func TestStampKeepsComments(t *testing.T) {
	commented := change(t, whole,
		`        "429"`, "        # Counted by user.\n        \"429\"",
		`            X-Token-Balance: {$ref: "#/components/headers/TokenBalance"}
            Idempotency-Replayed: {$ref: "#/components/headers/IdempotencyReplayed"}
            Location`, `            # Absent if nobody pays.
            X-Token-Balance: {$ref: "#/components/headers/TokenBalance"}
            Idempotency-Replayed: {$ref: "#/components/headers/IdempotencyReplayed"}
            Location`)
	if got, _ := stamped(t, commented); got != commented {
		t.Errorf("(-want +got):\n%s", cmp.Diff(commented, got))
	}
	wrong := change(t, commented, "responses/AppRateLimited", "responses/RateLimited")
	if got, _ := stamped(t, wrong); got != commented {
		t.Errorf("after the reference of the other door (-want +got):\n%s", cmp.Diff(commented, got))
	}
}

// A response of the author's says when to try again, and what the limit is.
func TestStampLimits(t *testing.T) {
	own := change(t, whole, `"429": {$ref: "#/components/responses/AppRateLimited"}`, "\"429\":\n          description: Locked.")
	want := change(t, own, "description: Locked.\n", `description: Locked.
          headers:
            Alta-Error: {$ref: "#/components/headers/ErrorCode"}
            Retry-After: {$ref: "#/components/headers/RetryAfter"}
            X-Request-Id: {$ref: "#/components/headers/RequestID"}
            RateLimit: {$ref: "#/components/headers/RateLimit"}
            RateLimit-Policy: {$ref: "#/components/headers/RateLimitPolicy"}
            X-Token-Cost: {$ref: "#/components/headers/TokenCost"}
            X-Token-Balance: {$ref: "#/components/headers/TokenBalance"}
`)
	if got, _ := stamped(t, own); got != want {
		t.Errorf("(-want +got):\n%s", cmp.Diff(want, got))
	}
}

// TestContractIsStamped: what is in the tree is what make generate leaves.
func TestContractIsStamped(t *testing.T) {
	contract, err := os.ReadFile("../../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got, lengths, err := stamp(contract)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(contract), string(got)); diff != "" {
		t.Errorf("run make generate (-is +should be):\n%s", diff)
	}
	t.Log(summary(lengths))
}

// A document that ends in the middle of a line ends with a line break afterwards.
func TestStampEndsWithLineBreak(t *testing.T) {
	components, _ := strings.CutPrefix(tail, "\n")
	bare := change(t, head, "paths:\n", components+"paths:\n") + change(t, bare, "is under way.\n", "is under way.")
	want := change(t, head, "paths:\n", components+"paths:\n") + whole
	if got, _, err := stamp([]byte(bare)); err != nil || string(got) != want {
		t.Errorf("%v (-want +got):\n%s", err, cmp.Diff(want, string(got)))
	}
}
