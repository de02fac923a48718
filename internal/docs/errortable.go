package docs

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

// ErrorRow is one row of the table of statuses.
type ErrorRow struct {
	Status      int
	Label       string
	Description string
	Link        *Link  // after the description; may be nil
	Possible    bool   // whether this operation returns it
	Detail      string // the operation's own description; Description is the same on all pages
}

// Link is a link to a page that helps.
type Link struct{ Text, Href string }

// documentedRows reads x-statuses: the rows that every table has.
func documentedRows(doc *openapi3.T) ([]ErrorRow, error) {
	list, _ := doc.Extensions["x-statuses"].([]any)
	if len(list) == 0 {
		return nil, errors.New("x-statuses is missing")
	}
	var rows []ErrorRow
	for i, value := range list {
		fields, _ := value.(map[string]any)
		status, _ := fields["status"].(float64)
		row := ErrorRow{Status: int(status)}
		row.Label, _ = fields["label"].(string)
		row.Description, _ = fields["description"].(string)
		if row.Status < 100 || row.Label == "" || row.Description == "" {
			return nil, fmt.Errorf("x-statuses: %d: wants status, label and description", i)
		}
		if link, isGiven := fields["link"].(map[string]any); isGiven {
			row.Link = &Link{}
			row.Link.Text, _ = link["text"].(string)
			row.Link.Href, _ = link["href"].(string)
			if row.Link.Text == "" || row.Link.Href == "" {
				return nil, fmt.Errorf("x-statuses: %d: link: wants text and href", i)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// label returns the name of a status.
func (w *writer) label(status int) string {
	for _, row := range w.rows {
		if row.Status == status {
			return row.Label
		}
	}
	return http.StatusText(status)
}

// errorRows returns the documented rows, followed by the operation's other
// statuses.
func (w *writer) errorRows(responses []*Response) []ErrorRow {
	var rows []ErrorRow
	documented := map[int]bool{}
	for _, row := range w.rows {
		documented[row.Status] = true
		for _, response := range responses {
			if response.Status == row.Status {
				row.Possible, row.Detail = true, response.Description
			}
		}
		rows = append(rows, row)
	}
	for _, r := range responses {
		if !documented[r.Status] {
			rows = append(rows, ErrorRow{Status: r.Status, Label: r.Label, Description: r.Description, Possible: true})
		}
	}
	return rows
}
