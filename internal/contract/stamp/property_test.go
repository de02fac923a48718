package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// derived are the lines that stamp writes.
var derived = regexp.MustCompile(`^ {8}"(401|402|403|409|412|413|415|422|429|500|503)": \{\$ref: "#/components/responses/` +
	`(App)?(Unauthorized|InsufficientTokens|AdminOnly|KeyForbidden|Forbidden|KeyRefused|CrossOrigin|IdempotencyConflict|PreconditionFailed|TooLarge|UnsupportedMediaType|IdempotencyMismatch|RateLimited|Internal|Overloaded)"\}\n$` +
	`|^ {12}(Alta-Error|Retry-After|X-Request-Id|RateLimit|RateLimit-Policy|X-Token-Cost|X-Token-Balance|Idempotency-Replayed|ETag): \{\$ref: "#/components/headers/\w+"\}\n$`)

// without returns text without the derived lines that drop picks, and without the headers that then are none.
func without(text string, drop func() bool) string {
	lines := slices.DeleteFunc(strings.SplitAfter(text, "\n"), func(line string) bool { return derived.MatchString(line) && drop() })
	var out strings.Builder
	for i, line := range lines {
		if line != "          headers:\n" || indentOf(lines[i+1]) > indentOf(line) {
			out.WriteString(line)
		}
	}
	return out.String()
}

func always() bool { return true }

// TestStampRestores takes derived lines out of Alta's contract, by chance or all of them: stamp puts each back where
// it was.
func TestStampRestores(t *testing.T) {
	contract, err := os.ReadFile("../../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 1))
		drop := func() bool { return seed == 0 || random.IntN(3) > 0 }
		less := without(string(contract), drop)
		got, _, err := stamp([]byte(less))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if len(less) == len(contract) || !bytes.Equal(got, contract) {
			t.Fatalf("seed %d (-want +got):\n%s", seed, cmp.Diff(string(contract), string(got)))
		}
	}
}

// TestStampForgets: how a document came to be what it is makes no difference. An operation that was stamped as
// something else is stamped as if it had never been, and what its author wrote is all there, in the same order.
func TestStampForgets(t *testing.T) {
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 2))
		o := randomOperation(random)
		before, _ := stamped(t, o.text(t, o.responses))
		o.become(random)
		want, _ := stamped(t, o.text(t, o.responses))
		_, responses, _ := strings.Cut(before, "      responses:\n")
		got, _ := stamped(t, o.text(t, responses))
		if got != want {
			t.Fatalf("seed %d (-want +got):\n%s", seed, cmp.Diff(want, got))
		}
		if own := without(want, always); own != o.text(t, o.responses) {
			t.Fatalf("seed %d: not as written (-want +got):\n%s", seed, cmp.Diff(o.text(t, o.responses), own))
		}
	}
}

// drawn is an operation drawn by chance.
type drawn struct {
	method, price, security          string
	role, limited, body, key, ofPath bool
	conditional                      bool
	responses                        string // as the author writes them, in order
}

func randomOperation(random *rand.Rand) *drawn {
	o := &drawn{}
	o.become(random)
	coin := func() bool { return random.IntN(2) == 0 }
	pick := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	for _, status := range []int{200 + random.IntN(200), 400, 401, 403, 404, 409, 422, 500} {
		if status > 400 && coin() {
			continue
		}
		o.responses += pick("", "        # Why.\n", "        # Why.\n        # And when.\n")
		if status >= 400 && coin() {
			o.responses += fmt.Sprintf("        %q: {$ref: \"#/components/responses/Thing\"}%s\n", fmt.Sprint(status), pick("", " # a thing"))
			continue
		}
		o.responses += fmt.Sprintf("        %q:\n", fmt.Sprint(status)) +
			pick("          description: A thing.\n", "          description: |\n            A thing.\n\n            # no comment\n",
				"          description: >-\n\n            A thing.\n", "          description: \"A\n            thing.\"\n") +
			pick("", "          # Where.\n          headers:\n            Location: {schema: {type: string}}\n", "          headers:\n            # One.\n            X-One: {}\n            X-Two: {}\n") +
			pick("", "          content: {}\n", "          content: {application/json: {schema: {$ref: \"#/components/schemas/Tagged\"}}}\n", "\n          content:\n            text/plain:\n              example: |\n                \"500\": no response\n\n")
	}
	return o
}

// become draws anew what the rule goes by, and not what the author wrote of the responses.
func (o *drawn) become(random *rand.Rand) {
	coin := func() bool { return random.IntN(2) == 0 }
	o.price, o.security = "0", []string{"[]", "[{operator: []}]", "[{bearerAuth: []}]", "[{bearerAuth: []}, {apiKey: []}]"}[random.IntN(4)]
	if strings.Contains(o.security, "apiKey") && coin() {
		o.price = "25"
	}
	o.method = methods[random.IntN(len(methods))]
	o.role, o.limited, o.body, o.key, o.ofPath, o.conditional = coin(), coin(), coin(), coin(), coin(), coin()
}

func (o *drawn) text(t *testing.T, responses string) string {
	t.Helper()
	text := "  /api/things:\n"
	const key = "parameters:\n%[1]s  - {$ref: \"#/components/parameters/IdempotencyKey\"}\n"
	if o.key && o.ofPath {
		text += "    " + fmt.Sprintf(key, "    ")
	}
	text += "    " + o.method + ":\n      security: " + o.security + "\n      x-token-cost: " + o.price + "\n"
	if o.role {
		text += "      x-role: ADMIN\n"
	}
	if o.limited {
		text += "      x-rate-class: data\n"
	}
	switch ifMatch := "        - {$ref: \"#/components/parameters/IfMatch\"}\n"; {
	case o.key && !o.ofPath && o.conditional:
		text += "      " + fmt.Sprintf(key, "      ") + ifMatch
	case o.key && !o.ofPath:
		text += "      " + fmt.Sprintf(key, "      ")
	case o.conditional:
		text += "      parameters:\n" + ifMatch
	}
	if o.body {
		text += "      requestBody: {}\n"
	}
	return text + "      responses:\n" + responses
}
