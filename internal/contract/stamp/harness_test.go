package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// head and tail are what the tests' documents begin and end with.
const (
	head = `# A comment on top.
openapi: 3.0.3
paths:
`
	tail = `
components:
  parameters:
    IdempotencyKey: {name: Idempotency-Key, in: header, schema: {type: string}}
    IfMatch: {name: If-Match, in: header, schema: {type: string}}
  schemas: {Tagged: {type: object, x-tagged: true}}
  headers: {ErrorCode: {}, RequestID: {}, RateLimit: {}, RateLimitPolicy: {}, TokenCost: {}, TokenBalance: {}, RetryAfter: {}, IdempotencyReplayed: {}, ETag: {}}
  responses:
    Bare: {description: A thing., headers: {Alta-Error: {}}}
    Thing: {description: A thing., headers: {Alta-Error: {}, X-Request-Id: {}, Retry-After: {}, RateLimit: {}, RateLimit-Policy: {}, X-Token-Cost: {}, X-Token-Balance: {}, Idempotency-Replayed: {}}}
    AppInvalidID: {description: No UUID., headers: {Alta-Error: {}, X-Request-Id: {}, RateLimit: {}, RateLimit-Policy: {}}}
    AppUnauthorized: {description: Unauthorized., headers: {Alta-Error: {}, X-Request-Id: {}}}
    AppInsufficientTokens: {description: Insufficient tokens., headers: {Alta-Error: {}, X-Request-Id: {}, RateLimit: {}, RateLimit-Policy: {}}}
    AppAdminOnly: {description: Forbidden., headers: {Alta-Error: {}, X-Request-Id: {}}}
    AppKeyForbidden: {description: Forbidden., headers: {Alta-Error: {}, X-Request-Id: {}}}
    AppForbidden: {description: Forbidden., headers: {Alta-Error: {}, X-Request-Id: {}}}
    AppKeyRefused: {description: Forbidden., headers: {Alta-Error: {}, X-Request-Id: {}}}
    AppCrossOrigin: {description: Forbidden., headers: {Alta-Error: {}, X-Request-Id: {}}}
    AppIdempotencyConflict: {description: Under way., headers: {Alta-Error: {}, X-Request-Id: {}, Retry-After: {}, RateLimit: {}, RateLimit-Policy: {}}}
    AppPreconditionFailed: {description: Changed., headers: {Alta-Error: {}, X-Request-Id: {}, RateLimit: {}, RateLimit-Policy: {}, X-Token-Cost: {}, X-Token-Balance: {}, Idempotency-Replayed: {}}}
    AppTooLarge: {description: Too large., headers: {Alta-Error: {}, X-Request-Id: {}, RateLimit: {}, RateLimit-Policy: {}}}
    AppUnsupportedMediaType: {description: Not JSON., headers: {Alta-Error: {}, X-Request-Id: {}, RateLimit: {}, RateLimit-Policy: {}}}
    AppIdempotencyMismatch: {description: Another request., headers: {Alta-Error: {}, X-Request-Id: {}, RateLimit: {}, RateLimit-Policy: {}}}
    AppRateLimited: {description: Too many., headers: {Alta-Error: {}, X-Request-Id: {}, Retry-After: {}, RateLimit: {}, RateLimit-Policy: {}}}
    AppInternal: {description: Failure., headers: {Alta-Error: {}, X-Request-Id: {}, RateLimit: {}, RateLimit-Policy: {}, X-Token-Cost: {}}}
    AppOverloaded: {description: Busy., headers: {Alta-Error: {}, X-Request-Id: {}, Retry-After: {}, RateLimit: {}, RateLimit-Policy: {}, X-Token-Cost: {}}}
    Unauthorized: {description: Unauthorized., headers: {Alta-Error: {}, X-Request-Id: {}}}
    RateLimited: {description: Too many., headers: {Alta-Error: {}, X-Request-Id: {}, Retry-After: {}, RateLimit: {}, RateLimit-Policy: {}}}
    Internal: {description: Failure., headers: {Alta-Error: {}, X-Request-Id: {}, RateLimit: {}, RateLimit-Policy: {}, X-Token-Cost: {}}}
    Overloaded: {description: Busy., headers: {Alta-Error: {}, X-Request-Id: {}, Retry-After: {}, RateLimit: {}, RateLimit-Policy: {}, X-Token-Cost: {}}}
`
)

// bare is an operation as its author writes it, and whole as it is published.
const (
	bare = `  /api/things:
    post: # in one transaction
      operationId: createThing
      description: |
        Makes a thing.

        # not a comment
      x-token-cost: 5
      x-rate-class: data
      security: [{bearerAuth: []}, {apiKey: []}]
      parameters:
        - {$ref: "#/components/parameters/IdempotencyKey"}
      requestBody: {content: {}}
      responses:
        # What is made.
        "201":
          description: |
            The thing.

            ## With a heading
          # Its place.
          headers:
            Location: {schema: {type: string}} # absolute
          content: {}
        "400": {$ref: "#/components/responses/Thing"}
        "409":
          description: It is there, or the call is under way.
`
	whole = `  /api/things:
    post: # in one transaction
      operationId: createThing
      description: |
        Makes a thing.

        # not a comment
      x-token-cost: 5
      x-rate-class: data
      security: [{bearerAuth: []}, {apiKey: []}]
      parameters:
        - {$ref: "#/components/parameters/IdempotencyKey"}
      requestBody: {content: {}}
      responses:
        # What is made.
        "201":
          description: |
            The thing.

            ## With a heading
          # Its place.
          headers:
            X-Request-Id: {$ref: "#/components/headers/RequestID"}
            RateLimit: {$ref: "#/components/headers/RateLimit"}
            RateLimit-Policy: {$ref: "#/components/headers/RateLimitPolicy"}
            X-Token-Cost: {$ref: "#/components/headers/TokenCost"}
            X-Token-Balance: {$ref: "#/components/headers/TokenBalance"}
            Idempotency-Replayed: {$ref: "#/components/headers/IdempotencyReplayed"}
            Location: {schema: {type: string}} # absolute
          content: {}
        "400": {$ref: "#/components/responses/Thing"}
        "401": {$ref: "#/components/responses/AppUnauthorized"}
        "402": {$ref: "#/components/responses/AppInsufficientTokens"}
        "403": {$ref: "#/components/responses/AppForbidden"}
        "409":
          description: It is there, or the call is under way.
          headers:
            Alta-Error: {$ref: "#/components/headers/ErrorCode"}
            Retry-After: {$ref: "#/components/headers/RetryAfter"}
            X-Request-Id: {$ref: "#/components/headers/RequestID"}
            RateLimit: {$ref: "#/components/headers/RateLimit"}
            RateLimit-Policy: {$ref: "#/components/headers/RateLimitPolicy"}
            X-Token-Cost: {$ref: "#/components/headers/TokenCost"}
            X-Token-Balance: {$ref: "#/components/headers/TokenBalance"}
            Idempotency-Replayed: {$ref: "#/components/headers/IdempotencyReplayed"}
        "413": {$ref: "#/components/responses/AppTooLarge"}
        "415": {$ref: "#/components/responses/AppUnsupportedMediaType"}
        "422": {$ref: "#/components/responses/AppIdempotencyMismatch"}
        "429": {$ref: "#/components/responses/AppRateLimited"}
        "500": {$ref: "#/components/responses/AppInternal"}
        "503": {$ref: "#/components/responses/AppOverloaded"}
`
)

// stamped stamps the operations between head and tail, and stamps the result again: that changes nothing.
func stamped(t *testing.T, operations string) (result string, lengths []length) {
	t.Helper()
	once, lengths, err := stamp([]byte(head + operations + tail))
	if err != nil {
		t.Fatalf("stamp: %v", err)
	}
	twice, again, err := stamp(once)
	if err != nil {
		t.Fatalf("stamp again: %v", err)
	}
	if diff := cmp.Diff(string(once), string(twice)); diff != "" {
		t.Errorf("stamping twice is not stamping once (-once +twice):\n%s", diff)
	}
	if diff := cmp.Diff(lengths, again, cmp.AllowUnexported(length{})); diff != "" {
		t.Errorf("lengths (-once +twice):\n%s", diff)
	}
	result, found := strings.CutPrefix(string(once), head)
	result, ends := strings.CutSuffix(result, tail)
	if !found || !ends {
		t.Fatalf("more than the operations has changed:\n%s", once)
	}
	return result, lengths
}

// change returns text with each old text replaced by the new one after it. Every old text must be there once.
func change(t *testing.T, text string, oldNew ...string) string {
	t.Helper()
	for i := 0; i < len(oldNew); i += 2 {
		if n := strings.Count(text, oldNew[i]); n != 1 {
			t.Fatalf("%q is %d times in the text, want 1", oldNew[i], n)
		}
		text = strings.Replace(text, oldNew[i], oldNew[i+1], 1)
	}
	return text
}
