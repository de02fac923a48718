// Package problem has all failures of calls, each as an error value with its answers
// at both doors. catalog.go is the only file with statuses and texts of failures; Of
// maps the errors of other packages.
//
// Handlers and stages return these values as errors, and Writer answers them. Pages
// call the API in the same process and need more than the answer contains: they get
// the value itself through Watch.
package problem

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/alta/gen"
	"example.com/alta/internal/contract"
	"example.com/alta/repo"
)

// Door is one of the two APIs that the server implements. Each has its own format
// for failures.
type Door int

// The doors.
const (
	AppDoor Door = iota // all paths that are not under /api/v1
	APIDoor
)

// DoorOf returns the door of a request with the path.
func DoorOf(path string) Door {
	if path == "/api/v1" || strings.HasPrefix(path, "/api/v1/") {
		return APIDoor
	}
	return AppDoor
}

// Answer is the answer of one door to a problem.
type Answer struct {
	Status int
	Text   string // a format, if the problem has values
	Bare   bool   // the app door's body has no `error`, as in the original system
}

// Finality says whether the failure of a call with an Idempotency-Key is stored as
// the answer to its retries.
type Finality int

// The finalities.
const (
	ByStatus Finality = iota // a 4xx is final, except for 402 and 429
	Final                    // the failure is stored, and retries get it
	Passing                  // the failure is not stored: a retry is a new call
)

// Problem is one failure of a call. errors.Is compares problems by their entry in
// the catalog: With, After and Alone return a problem that is equal to the one they
// are called on.
type Problem struct {
	Code     gen.ErrorCode
	App, API Answer // the zero Answer: the door answers ErrInternal instead
	Finality Finality

	Values     []any                // for the verbs in the texts
	Violations []contract.Violation // of the contract, by the request
	Single     bool                 // the app door answers with one text, not with a list
	RetryAfter time.Duration        // how long the client should wait; 0: unknown

	reason string   // for the log
	entry  *Problem // in the catalog; nil: this problem is the entry
}

// Error returns the reason, which is for the log and in no answer.
func (p *Problem) Error() string {
	if len(p.Violations) > 0 {
		return p.Violations[0].Message
	}
	return p.reason
}

// Is reports whether target has the same entry in the catalog.
func (p *Problem) Is(target error) bool {
	other, ok := target.(*Problem)
	return ok && p.catalogEntry() == other.catalogEntry()
}

func (p *Problem) catalogEntry() *Problem {
	if p.entry != nil {
		return p.entry
	}
	return p
}

// derive returns a copy that is equal to the problem.
func (p *Problem) derive() *Problem {
	made := *p
	made.entry = p.catalogEntry()
	return &made
}

// With returns the problem with the values for the verbs in its texts.
func (p *Problem) With(values ...any) *Problem {
	made := p.derive()
	made.Values = values
	return made
}

// After returns the problem with the time after which a retry may succeed.
func (p *Problem) After(d time.Duration) *Problem {
	made := p.derive()
	made.RetryAfter = d
	return made
}

// At returns the code and the answer of the door, with the values in its text. If
// the problem has no answer for the door, it returns those of ErrInternal.
func (p *Problem) At(door Door) (gen.ErrorCode, Answer) {
	answer := p.answerAt(door)
	if answer.Status == 0 {
		return ErrInternal.Code, ErrInternal.answerAt(door)
	}
	if strings.Contains(answer.Text, "%") {
		answer.Text = fmt.Sprintf(answer.Text, p.Values...)
	}
	return p.Code, answer
}

func (p *Problem) answerAt(door Door) Answer {
	if door == APIDoor {
		return p.API
	}
	return p.App
}

// IsFinal reports whether the answer is stored with the Idempotency-Key of the call.
func (p *Problem) IsFinal(door Door) bool {
	if p.Finality != ByStatus {
		return p.Finality == Final
	}
	_, answer := p.At(door)
	return answer.Status < http.StatusInternalServerError &&
		answer.Status != http.StatusPaymentRequired && answer.Status != http.StatusTooManyRequests
}

// IsServerFault reports whether the door answers the problem with a 5xx. The call is
// then refunded.
func (p *Problem) IsServerFault(door Door) bool {
	_, answer := p.At(door)
	return answer.Status >= http.StatusInternalServerError
}

// Invalid returns the problem of a request with the given violations of the
// contract, at least one.
func Invalid(violations ...contract.Violation) *Problem {
	made := errInvalid.derive()
	made.Violations, made.Single = violations, violations[0].Alone
	return made
}

// Alone returns the problem with the text of its first violation as the only one at
// the app door. Unreadable requests and a few fields are rejected so.
func (p *Problem) Alone() *Problem {
	made := p.derive()
	made.Single = true
	return made
}

// IfNotFound returns replacement if err is repo.ErrNotFound, and otherwise err.
func IfNotFound(err, replacement error) error {
	if errors.Is(err, repo.ErrNotFound) {
		return replacement
	}
	return err
}
