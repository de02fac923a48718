package main

import (
	"slices"
	"strings"
)

// standard is a response that is the same for many operations.
type standard struct {
	status  int
	name    string // in components/responses; the app door's begins with App
	applies func(*operation) bool
	needs   string // what an operation needs to respond with the status at all; empty: it may have its own reasons
	from    stage
}

// stage is the part of the server that answers with a response. The constants are in the order in which a call
// passes the stages.
type stage int

const (
	identifying stage = iota // who calls, which is found out before the call is counted
	preparing                // the limit, validation, idempotency and the charge
	handling                 // the operation itself; what a stage before it answers may have the same status
	anywhere                 // any of them
)

// standards are the responses of the stages around a handler, by status.
var standards = []standard{
	{status: 401, name: "Unauthorized", applies: func(o *operation) bool { return o.secured }, from: identifying},
	{status: 402, name: "InsufficientTokens", applies: func(o *operation) bool { return o.billed }, needs: "a price that API keys pay", from: preparing},
	forbidding("AdminOnly"), forbidding("KeyForbidden"), forbidding("Forbidden"), forbidding("KeyRefused"), forbidding("CrossOrigin"),
	{status: 409, name: "IdempotencyConflict", applies: func(o *operation) bool { return o.idempotent }, from: preparing},
	{status: 412, name: "PreconditionFailed", applies: func(o *operation) bool { return o.conditional }, needs: "an If-Match", from: handling},
	{status: 413, name: "TooLarge", applies: func(o *operation) bool { return o.hasBody }, needs: "a requestBody", from: preparing},
	{status: 415, name: "UnsupportedMediaType", applies: func(o *operation) bool { return o.hasBody }, needs: "a requestBody", from: preparing},
	{status: 422, name: "IdempotencyMismatch", applies: func(o *operation) bool { return o.idempotent }, from: preparing},
	{status: 429, name: "RateLimited", applies: (*operation).counts, needs: "an x-rate-class or a credential", from: preparing},
	{status: 500, name: "Internal", applies: func(*operation) bool { return true }, from: anywhere},
	{status: 503, name: "Overloaded", applies: (*operation).needsServices, needs: "need of the database", from: anywhere},
}

// invalid are responses in components/responses that only validation answers with. The app door's begin with App.
var invalid = []string{"InvalidID", "InvalidIdempotencyKey"}

const responsesPath, headersPath = "#/components/responses/", "#/components/headers/"

// isAt reports whether the entry is just a reference to the response of one of the doors.
func (s standard) isAt(e entry) bool { return sharedName(e) == s.name }

// sharedName returns the name of the response in components/responses, without the door, if the entry is just a
// reference to one; otherwise "".
func sharedName(e entry) string {
	name, isResponse := strings.CutPrefix(refOf(e.value), responsesPath)
	if !isResponse {
		return ""
	}
	return strings.TrimPrefix(name, "App")
}

// stageOf returns the stage that answers with the response.
func stageOf(e entry) stage {
	for _, s := range standards {
		if s.isAt(e) {
			return s.from
		}
	}
	if slices.Contains(invalid, sharedName(e)) {
		return preparing
	}
	return handling
}

// forbidding returns a standard response 403. Which one an operation has depends on who may call it.
func forbidding(name string) standard {
	return standard{status: 403, name: name, applies: func(o *operation) bool { return o.forbids() == name }, from: identifying}
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

// counts reports whether calls of the operation are counted: all of them, or those whose credential is not valid.
func (o *operation) counts() bool { return o.limited || o.secured }

// needsServices reports whether the operation fails if the server is too busy or has no database. The liveness probe
// and the metrics do not.
func (o *operation) needsServices() bool { return o.path != "/healthz" && o.path != "/metrics" }

// answer is a response of an operation, as far as headers depend on it.
type answer struct {
	*operation
	status int
	from   stage
	tagged bool // its body is a resource with an entity tag
}

// header is a header that the server sets for all operations.
type header struct {
	name      string
	component string                // of components/headers
	concerns  func(status int) bool // whether the rule decides on it at that status
	applies   func(answer) bool     // at a status that it concerns
}

func (h header) ref() string { return headersPath + h.component }

// isAt reports whether the entry is the header with the right reference.
func (h header) isAt(e entry) bool { return e.key.Value == h.name && refOf(e.value) == h.ref() }

// standardHeaders are in the order in which they are written.
var standardHeaders = []header{
	{name: "Alta-Error", component: "ErrorCode", concerns: isFailure, applies: func(answer) bool { return true }},
	{name: "Retry-After", component: "RetryAfter", concerns: isLater, applies: answer.saysWhen},
	{name: "X-Request-Id", component: "RequestID", concerns: isAny, applies: func(answer) bool { return true }},
	{name: "RateLimit", component: "RateLimit", concerns: isAny, applies: answer.isCounted},
	{name: "RateLimit-Policy", component: "RateLimitPolicy", concerns: isAny, applies: answer.isCounted},
	{name: "X-Token-Cost", component: "TokenCost", concerns: isAny, applies: answer.isCharged},
	{name: "X-Token-Balance", component: "TokenBalance", concerns: isAny, applies: answer.isPaid},
	{name: "Idempotency-Replayed", component: "IdempotencyReplayed", concerns: isAny, applies: answer.isStored},
	{name: "ETag", component: "ETag", concerns: isSuccess, applies: answer.hasTag},
}

func isSuccess(status int) bool { return status < 400 }

func isFailure(status int) bool { return !isSuccess(status) }

func isAny(int) bool { return true }

func isLater(status int) bool { return status == 409 || status == 429 || status == 503 }

// saysWhen reports whether the response has a time after which to try again. Of conflicts, those with a call of the
// same Idempotency-Key that is under way do.
func (a answer) saysWhen() bool { return a.status != 409 || a.idempotent }

// isCounted reports whether the call has been counted when it is answered so.
func (a answer) isCounted() bool { return a.status == 429 || a.limited && a.from > identifying }

// isCharged reports whether the call may have been charged when it is answered so. Of a failure of the server, the
// price is 0.
func (a answer) isCharged() bool { return a.billed && a.from >= handling }

// isPaid reports whether the price stays taken, and the answer says what is left.
func (a answer) isPaid() bool { return a.isCharged() && a.status < 500 }

// isStored reports whether a retry with the same Idempotency-Key is answered with the same response. Of the failures
// of the server, those that are an operation's own are stored.
func (a answer) isStored() bool { return a.idempotent && a.from == handling && a.status != 429 }

// hasTag reports whether the response has the entity tag of the resource in its body. A deleted resource has none.
func (a answer) hasTag() bool { return a.tagged && !a.deletes }
