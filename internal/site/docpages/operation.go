package docpages

import (
	"regexp"
	"slices"
	"strings"

	"example.com/alta/internal/docs"
)

var operationTemplate = parse("operation.html")

// operationPage is the data of the page of an operation.
type operationPage struct {
	*docs.Operation
	Samples        []docs.CodeSample
	Previous, Next *docs.Operation // nil: there is none
}

func (v *view) makeOperation(op *docs.Operation) page {
	all := v.book.Operations
	main := operationPage{Operation: op, Samples: op.Samples(v.baseURL)}
	i := slices.Index(all, op)
	if i > 0 {
		main.Previous = all[i-1]
	}
	if i+1 < len(all) {
		main.Next = all[i+1]
	}
	p := page{template: operationTemplate, Tag: op.Tag, Operation: op, markdown: func() string { return v.book.Markdown(op, v.baseURL) }}
	p.Title, p.Main, p.Sections = op.Summary, main, operationSections()
	p.Description, _, _ = strings.Cut(op.Description, "\n\n")
	return p
}

// operationSections returns the sections of the template, in its order.
func operationSections() []section {
	return []section{
		{ID: "why", Title: "Why use this"},
		{ID: "use-case", Title: "Common use case"},
		{ID: "parameters", Title: "Parameters"},
		{ID: "response", Title: "Response schema"},
		{ID: "samples", Title: "Sample response"},
		{ID: "errors", Title: "Errors"},
		{ID: "additional", Title: "Additional information"},
		{ID: "code", Title: "Code samples"},
		{ID: "run", Title: "Run", Scripted: true},
	}
}

// Succeeds returns how the operation answers on success.
func (o operationPage) Succeeds() []*docs.Response {
	return slices.DeleteFunc(slices.Clone(o.Responses), func(r *docs.Response) bool { return !r.IsSuccess() })
}

// Lead stands before the operation's side effects.
func (o operationPage) Lead() string { return docs.SideEffectsLead }

// pathPart is a part of a path: a parameter, or the text between parameters.
type pathPart struct {
	Text        string
	IsParameter bool
}

var pathParameter = regexp.MustCompile(`\{[^}]*\}`)

// PathParts takes the path apart.
func (o operationPage) PathParts() []pathPart {
	var parts []pathPart
	rest := 0
	for _, at := range pathParameter.FindAllStringIndex(o.Path, -1) {
		parts = append(parts, pathPart{Text: o.Path[rest:at[0]]}, pathPart{Text: o.Path[at[0]:at[1]], IsParameter: true})
		rest = at[1]
	}
	if rest < len(o.Path) {
		parts = append(parts, pathPart{Text: o.Path[rest:]})
	}
	return parts
}
