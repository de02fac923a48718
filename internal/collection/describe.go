package collection

import (
	"strings"

	"example.com/alta/internal/docs"
)

// describe returns the description of a request.
func describe(op *docs.Operation) string {
	text := op.Description + "\n"
	if len(op.SideEffects) > 0 {
		text += "\nUpon success the server does this, too:\n\n- " + strings.Join(op.SideEffects, "\n- ") + "\n"
	}
	return text + "\nCost: " + op.CostLabel + ".\n"
}

// describe returns the description of the collection.
func (r *run) describe() string {
	text := r.book.Description + `
## Running the collection

Run the folders in their order, on a server without rate limits: the requests sign somebody up, log in, use everything, and delete the account at the end. Scripts carry tokens and IDs from answers into later requests; each test expects the status of a successful call.

If ` + "`apiKey`" + ` has a value, the calls that take a key are made with it, and cost tokens. Without it, they are made with the session, in ` + "`token`" + `.

Some folders need a value that no answer has. They are skipped until you give the value to a variable, for one run:

`
	for _, folder := range r.book.Run {
		if len(folder.Needs) > 0 {
			text += "- " + folder.Title + ": " + needWords(folder) + ".\n"
		}
	}
	return text
}

func describeFolder(folder *docs.RunFolder) string {
	if len(folder.Needs) == 0 {
		return ""
	}
	text := "Skipped without " + needWords(folder) + ".\n"
	for _, need := range folder.Needs {
		text += "\n- `" + need.Variable + "`: " + need.Description
	}
	return text + "\n"
}

// needWords lists the variables that the folder needs.
func needWords(folder *docs.RunFolder) string {
	var names []string
	for _, need := range folder.Needs {
		names = append(names, "`"+need.Variable+"`")
	}
	return strings.Join(names, " and ")
}
