package main

import "strings"

// standard is a response that is the same for many operations.
type standard struct {
	status  int
	name    string // in components/responses; the app door's begins with App
	applies func(*operation) bool
	needs   string // what an operation needs to respond with the status at all; empty: it may have its own reasons
}

// standards are the responses of the stages around a handler, by status.
var standards = []standard{
	{status: 401, name: "Unauthorized", applies: func(o *operation) bool { return o.secured }},
	{status: 402, name: "InsufficientTokens", applies: func(o *operation) bool { return o.billed }, needs: "a price that API keys pay"},
	forbidding("AdminOnly"), forbidding("KeyForbidden"), forbidding("Forbidden"), forbidding("KeyRefused"), forbidding("CrossOrigin"),
	{status: 409, name: "IdempotencyConflict", applies: func(o *operation) bool { return o.idempotent }},
	{status: 413, name: "TooLarge", applies: func(o *operation) bool { return o.hasBody }, needs: "a requestBody"},
	{status: 415, name: "UnsupportedMediaType", applies: func(o *operation) bool { return o.hasBody }, needs: "a requestBody"},
	{status: 422, name: "IdempotencyMismatch", applies: func(o *operation) bool { return o.idempotent }},
	{status: 429, name: "RateLimited", applies: func(o *operation) bool { return o.limited }, needs: "an x-rate-class"},
	{status: 500, name: "Internal", applies: func(*operation) bool { return true }},
	{status: 503, name: "Overloaded", applies: (*operation).needsServices, needs: "need of the database"},
}

const responsesPath, headersPath = "#/components/responses/", "#/components/headers/"

// isAt reports whether the entry is just a reference to the response of one of the doors.
func (s standard) isAt(e entry) bool {
	name, isResponse := strings.CutPrefix(refOf(e.value), responsesPath)
	return isResponse && strings.TrimPrefix(name, "App") == s.name
}

// forbidding returns a standard response 403. Which one an operation has depends on who may call it.
func forbidding(name string) standard {
	return standard{status: 403, name: name, applies: func(o *operation) bool { return o.forbids() == name }}
}

// forbids returns the name of the response 403 that the stages before the handler give, or "".
func (o *operation) forbids() string {
	switch {
	case o.hasRole:
		return "AdminOnly"
	case o.takesKeys && o.reads:
		return "KeyForbidden" // the key's owner is suspended, or has not verified the address
	case o.takesKeys:
		return "Forbidden" // the same, or a call by cookie from a page of another origin
	case o.takesSessions && o.reads:
		return "KeyRefused" // a call by key
	case o.takesSessions:
		return "CrossOrigin" // the same, or a call by cookie from a page of another origin
	}
	return ""
}

// needsServices reports whether the operation fails if the server is too busy or has no database. The liveness probe
// and the metrics do not.
func (o *operation) needsServices() bool { return o.path != "/healthz" && o.path != "/metrics" }

// header is a header that the server sets for all operations.
type header struct {
	name      string
	component string                              // of components/headers
	concerns  func(status int) bool               // whether the rule decides on it at that status
	applies   func(o *operation, status int) bool // at a status that it concerns
}

func (h header) ref() string { return headersPath + h.component }

// isAt reports whether the entry is the header with the right reference.
func (h header) isAt(e entry) bool { return e.key.Value == h.name && refOf(e.value) == h.ref() }

// standardHeaders are in the order in which they are written.
var standardHeaders = []header{
	{name: "Alta-Error", component: "ErrorCode", concerns: isFailure, applies: func(*operation, int) bool { return true }},
	{name: "Retry-After", component: "RetryAfter", concerns: isLater, applies: func(*operation, int) bool { return true }},
	{name: "X-Request-Id", component: "RequestID", concerns: isSuccess, applies: func(*operation, int) bool { return true }},
	{name: "RateLimit", component: "RateLimit", concerns: isCounted, applies: showsLimit},
	{name: "RateLimit-Policy", component: "RateLimitPolicy", concerns: isCounted, applies: showsLimit},
	{name: "X-Token-Cost", component: "TokenCost", concerns: isSuccess, applies: showsTokens},
	{name: "X-Token-Balance", component: "TokenBalance", concerns: isSuccess, applies: showsTokens},
}

func isSuccess(status int) bool { return status < 400 }

func isFailure(status int) bool { return !isSuccess(status) }

func isLater(status int) bool { return status == 429 || status == 503 }

func isCounted(status int) bool { return isSuccess(status) || status == 429 }

// Redirects are for browsers, which do not show the limit.
func showsLimit(o *operation, status int) bool { return o.limited && !isRedirect(status) }

func showsTokens(o *operation, status int) bool { return o.billed && !isRedirect(status) }

func isRedirect(status int) bool { return status >= 300 && status < 400 }
