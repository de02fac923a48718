package docpages_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/docs"
	"example.com/alta/internal/site/pagetest"
)

// columns returns the texts of the heads of the table's columns.
func columns(t *testing.T, n *element, class string) []string {
	t.Helper()
	table := n.find("table", "class", class)
	if table == nil {
		t.Fatalf("no table %s", class)
	}
	return table.find("thead", "", "").texts("th")
}

// TestOperationPages holds that every operation has a page with all sections.
func TestOperationPages(t *testing.T) {
	sections := []string{"Why use this", "Common use case", "Parameters", "Response schema", "Sample response", "Errors", "Additional information", "Code samples", "Run"}
	for _, op := range theBook().Operations {
		t.Run(op.Slug, func(t *testing.T) {
			w := pagetest.Get(docsSite(), "GET", op.Page)
			pagetest.Contains(t, w, 200)
			main := parseHTML(t, w.Body.String()).find("main", "", "")
			if got := main.texts("h2"); !slices.Equal(got, sections) {
				t.Errorf("the sections are %q", got)
			}
			if got := main.texts("h1"); !slices.Equal(got, []string{op.Summary}) {
				t.Errorf("the heading is %q", got)
			}
			for id, want := range map[string]string{"path": op.Path, "why": op.Why, "credential": op.Credential.Note} {
				want := parseHTML(t, string(docs.InlineHTML(want))).text()
				if got := main.find("", "id", id).text(); !strings.Contains(got, want) {
					t.Errorf("%s says %q, and not %q", id, got, want)
				}
			}
			if got := main.find("span", "class", "method").text(); got != op.Method {
				t.Errorf("the method is %q", got)
			}
			for _, want := range []string{op.CostLabel, "Since " + op.Since} {
				if got := main.find("ul", "class", "badges").text(); !strings.Contains(got, want) {
					t.Errorf("the badges are %q, without %q", got, want)
				}
			}
			checkTables(t, main, op)
			checkSamples(t, main, op)
		})
	}
}

func checkTables(t *testing.T, main *element, op *docs.Operation) {
	t.Helper()
	if len(op.Parameters) > 0 {
		if got, want := columns(t, main, "parameters"), []string{"Name", "In", "Required", "Default", "Allowed", "Description", "Example"}; !slices.Equal(got, want) {
			t.Errorf("the columns of the parameters are %q", got)
		}
		rows := main.find("table", "class", "parameters").all("tr")[1:]
		for i, parameter := range op.Parameters {
			cells := append(rows[i].texts("th"), rows[i].texts("td")...)
			if !strings.HasPrefix(cells[0], parameter.Name) || cells[1] != parameter.In || (cells[2] == "required") != parameter.Required {
				t.Errorf("the parameter %s has the row %q", parameter.Name, cells)
			}
		}
	}
	if fields := op.Success().Fields; len(fields) > 0 {
		if got, want := columns(t, main, "fields"), []string{"Field", "Type", "Nullable", "Description"}; !slices.Equal(got, want) {
			t.Errorf("the columns of the fields are %q", got)
		}
		for i, name := range main.find("table", "class", "fields").find("tbody", "", "").texts("th") {
			if name != fields[i].Name {
				t.Errorf("field %d is %q, want %q", i, name, fields[i].Name)
			}
		}
	}
	if got, want := columns(t, main, "errors"), []string{"Status", "Label", "Description"}; !slices.Equal(got, want) {
		t.Errorf("the columns of the errors are %q", got)
	}
	rows := main.find("table", "class", "errors").all("tr")[1:]
	for i, row := range op.Errors {
		says := rows[i].text()
		if strings.Contains(says, "not returned by this operation") == row.Possible {
			t.Errorf("%d is possible: %v, and the row says %q", row.Status, row.Possible, says)
		}
		if row.Link != nil && rows[i].find("a", "href", row.Link.Href).text() != row.Link.Text {
			t.Errorf("%d lacks its link %v", row.Status, row.Link)
		}
	}
}

func checkSamples(t *testing.T, main *element, op *docs.Operation) {
	t.Helper()
	samples := main.find("section", "id", "samples")
	for _, response := range op.Responses {
		for _, sample := range response.Samples {
			if !strings.Contains(samples.text(), sample.Text) {
				t.Errorf("the sample %s of %d is not shown", sample.Name, response.Status)
			}
		}
	}
	for _, sample := range op.Samples("http://example.com") {
		if got := main.find("section", "id", "code-"+sample.Language).find("code", "", "").text(); got != sample.Code {
			t.Errorf("the sample in %s is %s", sample.Title, got)
		}
	}
}
