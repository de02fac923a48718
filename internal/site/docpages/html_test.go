package docpages_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// element is an element of a page.
type element struct{ node *html.Node }

func parseHTML(t *testing.T, page string) *element {
	t.Helper()
	node, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return &element{node}
}

// find returns the first element of the kind that has the attribute, or as
// class among others. Empty: any kind, whatever attributes.
func (e *element) find(kind, attribute, value string) *element {
	for node := range e.node.Descendants() {
		if node.Type == html.ElementNode && (kind == "" || node.Data == kind) && has(node, attribute, value) {
			return &element{node}
		}
	}
	return nil
}

func has(node *html.Node, attribute, value string) bool {
	if attribute == "" {
		return true
	}
	for _, a := range node.Attr {
		if a.Key == attribute && (a.Val == value || attribute == "class" && strings.HasPrefix(a.Val, value+" ")) {
			return true
		}
	}
	return false
}

// all returns the elements of the kind.
func (e *element) all(kind string) []*element {
	var all []*element
	for node := range e.node.Descendants() {
		if node.Type == html.ElementNode && node.Data == kind {
			all = append(all, &element{node})
		}
	}
	return all
}

// text returns what the element says; nil says nothing.
func (e *element) text() string {
	if e == nil {
		return ""
	}
	var text strings.Builder
	for node := range e.node.Descendants() {
		if node.Type == html.TextNode {
			text.WriteString(node.Data)
		}
	}
	return strings.TrimSpace(text.String())
}

// texts returns what the elements of the kind say.
func (e *element) texts(kind string) []string {
	var texts []string
	for _, found := range e.all(kind) {
		texts = append(texts, found.text())
	}
	return texts
}

// links returns where the page leads, and what it is shown with.
func links(page string) []string {
	var links []string
	node, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil // nothing to follow
	}
	for node := range node.Descendants() {
		for _, attribute := range node.Attr {
			if attribute.Key == "href" || attribute.Key == "src" {
				links = append(links, attribute.Val)
			}
		}
	}
	return links
}

// attribute returns the value of the element's attribute.
func (e *element) attribute(name string) string {
	if e == nil {
		return ""
	}
	for _, attribute := range e.node.Attr {
		if attribute.Key == name {
			return attribute.Val
		}
	}
	return ""
}
