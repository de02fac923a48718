// Package problem has every way in which a call can fail, each as a value that
// carries how both doors answer it. catalog.go is the only file with statuses
// and texts of failures; Of maps the errors of other packages.
//
// Handlers and stages return these values as errors. Writer answers them. A
// caller in the same process that needs more than the answer tells, as pages do,
// learns the value itself through Watch.
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

// Door is one of the two systems that the server implements. Each has a shape of
// its own for failures.
type Door int

// The doors.
const (
	AppDoor Door = iota // everything that is not under /api/v1
	APIDoor
)

// DoorOf returns the door that the path of a request belongs to.
func DoorOf(path string) Door {
	if path == "/api/v1" || strings.HasPrefix(path, "/api/v1/") {
		return APIDoor
	}
	return AppDoor
}

// Answer is how one door answers a problem.
type Answer struct {
	Status int
	Text   string // a format, if the problem has values
	Bare   bool   // the app door's body has no `error`, as in the original system
}

// Finality says whether a call with an Idempotency-Key that failed would fail
// again.
type Finality int

// The finalities.
const (
	ByStatus Finality = iota // failures of the client are final, but for 402 and 429
	Final                    // the failure is stored; a retry gets it again
	Passing                  // a retry is a new try
)

// Problem is one way in which a call can fail. Problems are compared by
// errors.Is: what With, After and Invalid return is the problem that it was made
// of.
type Problem struct {
	Code     gen.ErrorCode
	App, API Answer // the zero Answer: the door answers ErrInternal instead
	Finality Finality

	Values     []any                // that the texts are filled in with
	Violations []contract.Violation // of a request that breaks the contract
	Single     bool                 // the app door answers one text instead of a list of the violations'
	RetryAfter time.Duration        // how long the client has to wait; 0: not said

	reason string   // for the log
	kind   *Problem // in the catalog; nil: it is there itself
}

// Error returns the reason, which is for the log: no answer has it.
func (p *Problem) Error() string {
	if len(p.Violations) > 0 {
		return p.Violations[0].Message
	}
	return p.reason
}

// Is reports whether target is the same problem of the catalog.
func (p *Problem) Is(target error) bool {
	other, ok := target.(*Problem)
	return ok && p.origin() == other.origin()
}

func (p *Problem) origin() *Problem {
	if p.kind != nil {
		return p.kind
	}
	return p
}

func (p *Problem) copy() *Problem {
	made := *p
	made.kind = p.origin()
	return &made
}

// With returns the problem with the values that its texts take.
func (p *Problem) With(values ...any) *Problem {
	made := p.copy()
	made.Values = values
	return made
}

// After returns the problem, which goes away by itself in d.
func (p *Problem) After(d time.Duration) *Problem {
	made := p.copy()
	made.RetryAfter = d
	return made
}

// At returns the problem as the door answers it, its text filled in: itself, or
// ErrInternal if the door has no answer for it.
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

// IsFinal reports whether the same call would fail again, so that its answer is
// stored with its Idempotency-Key.
func (p *Problem) IsFinal(door Door) bool {
	if p.Finality != ByStatus {
		return p.Finality == Final
	}
	_, answer := p.At(door)
	return answer.Status < http.StatusInternalServerError &&
		answer.Status != http.StatusPaymentRequired && answer.Status != http.StatusTooManyRequests
}

// IsServerFault reports whether the door answers the problem with a 5xx: what
// the call was charged is then given back.
func (p *Problem) IsServerFault(door Door) bool {
	_, answer := p.At(door)
	return answer.Status >= http.StatusInternalServerError
}

// Invalid returns the problem of a request that breaks the contract in the ways
// given, at least one.
func Invalid(violations ...contract.Violation) *Problem {
	made := invalid.copy()
	made.Violations = violations
	return made
}

// Alone returns the problem with one text, the first violation's, at the app
// door. That is how it refuses what cannot be read, and a few fields.
func (p *Problem) Alone() *Problem {
	made := p.copy()
	made.Single = true
	return made
}

// IfNotFound returns meant if err says that there is no such row, and else err.
func IfNotFound(err, meant error) error {
	if errors.Is(err, repo.ErrNotFound) {
		return meant
	}
	return err
}
