package collection

import (
	"fmt"
	"slices"
	"strings"

	"example.com/alta/internal/docs"
)

// postmanEvent is a script that runs before a request or after its answer.
type postmanEvent struct {
	Listen string        `json:"listen"` // prerequest or test
	Script postmanScript `json:"script"`
}

type postmanScript struct {
	Type string   `json:"type"`
	Exec []string `json:"exec"` // lines
}

func newEvent(listen string, lines ...string) postmanEvent {
	return postmanEvent{Listen: listen, Script: postmanScript{Type: "text/javascript", Exec: lines}}
}

// skipWithout returns the script that skips the calls of a folder, unless each value
// that it needs is given.
func skipWithout(folder *docs.RunFolder) (events []postmanEvent) {
	var missing []string
	for _, need := range folder.Needs {
		missing = append(missing, fmt.Sprintf("!pm.variables.get(%q)", need.Variable))
	}
	if missing == nil {
		return nil
	}
	return []postmanEvent{newEvent("prerequest", "if ("+strings.Join(missing, " || ")+") {", "  pm.execution.skipRequest();", "}")}
}

// scripts returns what runs before and after the call.
func (r *run) scripts(c *call) (events []postmanEvent) {
	if c.op.Credential.Kind == docs.CredentialSessionOrKey {
		events = append(events, newEvent("prerequest",
			"// If there is a key, it counts instead of the session.",
			fmt.Sprintf("const key = pm.variables.get(%q);", apiKey.name),
			"if (key) {",
			fmt.Sprintf("  pm.request.headers.upsert({ key: %q, value: key });", c.op.Credential.Header),
			"}"))
	}
	status := c.op.Success().Status
	lines := []string{fmt.Sprintf("pm.test(\"The status is %[1]d\", () => pm.response.to.have.status(%[1]d));", status)}
	if after := r.afterSuccess(c); len(after) > 0 {
		lines = append(lines, fmt.Sprintf("if (pm.response.code === %d) {", status))
		for _, line := range after {
			lines = append(lines, "  "+line)
		}
		lines = append(lines, "}")
	}
	return append(events, newEvent("test", lines...))
}

// keepLines is a function that sets a variable to the first of the values, unless it
// has one of them already: what a call created stays when a list of all is read.
var keepLines = []string{
	"const keep = (name, values) => {",
	"  const found = values.filter((value) => value !== undefined && value !== null).map(String);",
	"  if (found.length > 0 && !found.includes(pm.collectionVariables.get(name))) {",
	"    pm.collectionVariables.set(name, found[0]);",
	"  }",
	"};",
}

// afterSuccess returns what the call's script does if the call succeeds: it sets the
// variables of the calls that the contract links to, empties the one of a thing that
// is deleted, and goes round in a repeated step.
func (r *run) afterSuccess(c *call) (lines []string) {
	kept := r.kept(c.op)
	if len(kept) > 0 {
		text := strings.Join(kept, "\n")
		if strings.Contains(text, "answer") {
			lines = append(lines, "const answer = pm.response.json();")
		}
		if strings.Contains(text, "sent") {
			lines = append(lines, "const sent = JSON.parse(pm.request.body.raw);")
		}
		lines = slices.Concat(lines, keepLines, kept)
	}
	if c.op.Method == "DELETE" {
		for _, p := range c.op.Parameters {
			if name, ok := r.variable(c.op, p.Name); ok && p.In == "path" {
				lines = append(lines, fmt.Sprintf("pm.collectionVariables.set(%q, \"\");", name))
			}
		}
	}
	if c.leave != "" {
		lines = append(lines, fmt.Sprintf("if (%s.length === 0) {", listOf(c.op)), fmt.Sprintf("  pm.execution.setNextRequest(%q);", c.leave), "}")
	}
	if c.repeat != "" {
		lines = append(lines, fmt.Sprintf("pm.execution.setNextRequest(%q);", c.repeat))
	}
	return lines
}

// kept returns a line for each variable that the operation's links set.
func (r *run) kept(op *docs.Operation) (lines []string) {
	for _, link := range op.Then {
		for _, carried := range link.Carried {
			name, ok := r.variable(link.Target, carried.Name)
			switch {
			case carried.IsKey():
				name, ok = apiKey.name, true
			case carried.IsCredential():
				name, ok = token.name, true
			}
			list, field := valuesOf(carried.Expression)
			values := "[" + field + "]"
			if list != "" {
				values = list + ".map((item) => " + field + ")"
			}
			line := fmt.Sprintf("keep(%q, %s);", name, values)
			if ok && !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// listOf returns the list in the answer to the operation, in JavaScript.
func listOf(op *docs.Operation) string {
	for _, link := range op.Then {
		for _, carried := range link.Carried {
			if list, _ := valuesOf(carried.Expression); list != "" {
				return list
			}
		}
	}
	return "[]"
}

// valuesOf turns an expression of a link into JavaScript: the list that it takes an
// item of, or "", and the value.
func valuesOf(expression string) (list, value string) {
	where, pointer, _ := strings.Cut(expression, "#/")
	value = map[string]string{"$response.body": "answer", "$request.body": "sent"}[where]
	for part := range strings.SplitSeq(pointer, "/") {
		if strings.Trim(part, "0123456789") == "" {
			list, value = value, "item"
			continue
		}
		value += fmt.Sprintf("?.%s", part)
	}
	return list, value
}
