package collection

import (
	"bytes"
	"fmt"
	"io"

	"example.com/alta/internal/docs"
)

// HTTPFile returns the requests as an .http file, which JetBrains' and Visual
// Studio Code's clients read. They go to the server at the URL, which has no slash
// at its end.
func HTTPFile(book *docs.Book, serverURL string) []byte {
	b := &bytes.Buffer{}
	fmt.Fprintf(b, "# %s %s: every operation with its example. Made from the contract.\n", book.Title, book.Version)
	fmt.Fprint(b, "# Fill in what you have, and send one request or another. Ids and tokens in them are examples.\n\n")
	for _, v := range variables(book, serverURL) {
		fmt.Fprintf(b, "# %s\n@%s = %s\n", v.description, v.name, v.value)
	}
	for _, op := range book.Operations {
		writeRequest(b, op)
	}
	return b.Bytes()
}

func writeRequest(w io.Writer, op *docs.Operation) {
	fmt.Fprintf(w, "\n### %s: %s\n# @name %s\n", op.Tag.Title, op.Summary, op.ID)
	if op.Cost > 0 {
		fmt.Fprintf(w, "# %s by API key\n", op.CostLabel)
	}
	fmt.Fprintf(w, "%s %s%s\n", op.Method, baseURL.reference(), op.Request.Target())
	if v, asked := credential(op); asked {
		fmt.Fprintf(w, "%s: %s\n", op.Credential.Header, headerValue(op, v))
	}
	if op.Request.Body != "" {
		fmt.Fprintf(w, "Content-Type: application/json\n\n%s\n", op.Request.Body)
	}
}
