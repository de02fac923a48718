package command

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"example.com/alta/internal/text"
)

// listing prints entries as a table, or as JSON with one object per line.
type listing struct {
	table *tabwriter.Writer
	json  io.Writer // nil: a table
}

// newListing returns a listing on w. The cells of the head are separated by tabs.
func newListing(w io.Writer, asJSON bool, head string) (*listing, error) {
	l := &listing{table: tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)}
	if asJSON {
		l.json = w
		return l, nil
	}
	_, err := fmt.Fprintln(l.table, head)
	return l, err
}

// add prints an entry. The format is that of its row in a table. What a terminal
// would obey is escaped.
func (l *listing) add(entry any, format string, cells ...any) error {
	if l.json != nil {
		encoded, err := json.Marshal(entry)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(l.json, "%s\n", text.PrintableJSON(encoded))
		return err
	}
	for i, cell := range cells {
		if shown, isText := cell.(string); isText {
			cells[i] = text.Printable(shown)
		}
	}
	_, err := fmt.Fprintf(l.table, format+"\n", cells...)
	return err
}

// flush prints the rest of the table.
func (l *listing) flush() error { return l.table.Flush() }
