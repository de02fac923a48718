package docs

import (
	"errors"
	"fmt"
	"slices"

	"example.com/alta/internal/contract/source"
)

// RunFolder is a part of a run of the operations: one after another, in an order
// in which all calls succeed on a new server.
type RunFolder struct {
	Title string
	Needs []RunNeed // values that no other call gives; without them, the folder is left out
	Steps []RunStep
}

// RunNeed is a value that people have to give.
type RunNeed struct {
	Variable    string
	For         string // the parameter that has it, or RunCredential
	Description string
}

// RunCredential says that a needed value is the credential of the calls.
const RunCredential = "credential"

// RunStep is a call, or several that are repeated until the first is answered with
// an empty list.
type RunStep struct {
	Operations []*Operation
	Repeated   bool
}

// Need returns the value that people have to give for the parameter, or for
// RunCredential.
func (f *RunFolder) Need(parameter string) (need RunNeed, ok bool) {
	i := slices.IndexFunc(f.Needs, func(n RunNeed) bool { return n.For == parameter })
	if i < 0 {
		return RunNeed{}, false
	}
	return f.Needs[i], true
}

// addRun reads x-collection. Its error names an operation that does not exist.
func (w *writer) addRun() error {
	for written := range w.source.At("x-collection").Items() {
		title := written.Get("title")
		if title == nil {
			return errors.New("x-collection: a folder wants a title")
		}
		folder := &RunFolder{Title: title.Value}
		for variable, need := range written.Get("needs").Pairs() {
			purpose, description := need.Get("for"), need.Get("description")
			if purpose == nil || description == nil {
				return fmt.Errorf("x-collection: %s: %s wants `for` and a description", folder.Title, variable.Value)
			}
			folder.Needs = append(folder.Needs, RunNeed{Variable: variable.Value, For: purpose.Value, Description: description.Value})
		}
		for step := range written.Get("operations").Items() {
			read, err := w.runStep(step)
			if err != nil {
				return fmt.Errorf("x-collection: %s: %w", folder.Title, err)
			}
			folder.Steps = append(folder.Steps, read)
		}
		w.book.Run = append(w.book.Run, folder)
	}
	return nil
}

func (w *writer) runStep(written *source.Node) (RunStep, error) {
	ids := slices.Collect(written.Items())
	step := RunStep{Repeated: len(ids) > 0}
	if !step.Repeated {
		ids = []*source.Node{written}
	}
	for _, id := range ids {
		op := w.book.operation(id.Value)
		if op == nil {
			return RunStep{}, fmt.Errorf("no operation is %s", id.Value)
		}
		step.Operations = append(step.Operations, op)
	}
	return step, nil
}
