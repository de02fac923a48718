package collection

import (
	"fmt"
	"slices"
	"strings"

	"example.com/alta/internal/docs"
)

// run is the collection as a whole: its calls in order, and the variables that carry
// values from one to another.
type run struct {
	book      *docs.Book
	variables []variable        // besides those of credentials
	names     map[string]string // of the variable in a place of an operation
	calls     []*call
}

// call is one item of the collection.
type call struct {
	op     *docs.Operation
	folder *docs.RunFolder
	nth    int    // 1: the operation's first call
	repeat string // name of the call that comes after it; empty: the next
	leave  string // name of the call that comes next if it is answered with an empty list; empty: the next
}

// name returns a name that no other call has.
func (c *call) name() string {
	if c.nth == 1 {
		return c.op.Summary
	}
	return fmt.Sprintf("%s (%d)", c.op.Summary, c.nth)
}

// id returns an ID that no other call has.
func (c *call) id() string {
	if c.nth == 1 {
		return c.op.ID
	}
	return fmt.Sprintf("%s-%d", c.op.ID, c.nth)
}

func newRun(book *docs.Book) *run {
	r := &run{book: book, names: map[string]string{}}
	for _, folder := range book.Run {
		for _, step := range folder.Steps {
			r.addStep(folder, step)
		}
	}
	r.addNeeds()
	for _, op := range book.Operations {
		for _, link := range op.Then {
			for _, carried := range link.Carried {
				r.addCarried(op, link.Target, carried)
			}
		}
	}
	return r
}

// addStep adds the calls of the step, and tells a repeated one before it what comes
// next.
func (r *run) addStep(folder *docs.RunFolder, step docs.RunStep) {
	begin := len(r.calls)
	for _, op := range step.Operations {
		nth := 1
		for _, c := range r.calls {
			if c.op == op {
				nth++
			}
		}
		r.calls = append(r.calls, &call{op: op, folder: folder, nth: nth})
	}
	for _, c := range r.calls[:begin] {
		if c.leave == pending {
			c.leave = r.calls[begin].name()
		}
	}
	if step.Repeated {
		r.calls[begin].leave = pending
		r.calls[len(r.calls)-1].repeat = r.calls[begin].name()
	}
}

// pending stands for the name of a call that is not known yet.
const pending = "?"

// addNeeds adds the variables of values that people have to give.
func (r *run) addNeeds() {
	for _, folder := range r.book.Run {
		for _, need := range folder.Needs {
			r.addVariable(variable{name: need.Variable, description: need.Description})
			for _, step := range folder.Steps {
				for _, op := range step.Operations {
					if i := indexOf(op, need.For); i >= 0 {
						r.names[place(op, op.Parameters[i].Name)] = need.Variable
					}
				}
			}
		}
	}
}

func (r *run) addCarried(from, target *docs.Operation, carried docs.Carried) {
	i := indexOf(target, carried.Name)
	if carried.IsCredential() || i < 0 {
		return
	}
	key := place(target, carried.Name)
	if r.names[key] == "" {
		r.names[key] = variableName(target, target.Parameters[i])
	}
	r.addVariable(variable{
		name: r.names[key], value: target.Parameters[i].Example, description: "Set by the answer to “" + from.Summary + "”, for example.",
	})
}

// addVariable adds the variable, unless there is one with its name.
func (r *run) addVariable(added variable) {
	if !slices.ContainsFunc(r.variables, func(v variable) bool { return v.name == added.name }) {
		r.variables = append(r.variables, added)
	}
}

// variable returns the name of the variable that the operation's parameter has as its
// value. It reports false if the parameter has its example.
func (r *run) variable(op *docs.Operation, parameter string) (name string, ok bool) {
	name, ok = r.names[place(op, parameter)]
	return name, ok
}

// credential returns the name of the variable that the call is made with as a
// bearer token. It reports false if anyone may call.
func (c *call) credential() (name string, asked bool) {
	if c.op.Credential.Kind == docs.CredentialNone {
		return "", false
	}
	if need, ok := c.folder.Need(docs.RunCredential); ok {
		return need.Variable, true
	}
	return token.name, true
}

func place(op *docs.Operation, parameter string) string { return op.ID + " " + parameter }

// indexOf returns the index of the operation's parameter, or -1.
func indexOf(op *docs.Operation, name string) int {
	return slices.IndexFunc(op.Parameters, func(p docs.Parameter) bool { return p.Name == name && p.In != "header" })
}

// variableName returns the name of the variable for a value that answers give. A
// parameter of the path is named by what is before it, too: the id of
// /api/accounts/{id} is accountId.
func variableName(op *docs.Operation, p docs.Parameter) string {
	name := camelCase(p.Name)
	if p.In != "path" {
		return name
	}
	before, _, _ := strings.Cut(op.Path, "/{"+p.Name+"}")
	return camelCase(singular(before[strings.LastIndex(before, "/")+1:]) + "-" + name)
}

func singular(plural string) string {
	if stem, found := strings.CutSuffix(plural, "ies"); found {
		return stem + "y"
	}
	return strings.TrimSuffix(plural, "s")
}

// camelCase joins the words of a name like api-key or invite_token.
func camelCase(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' })
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}
