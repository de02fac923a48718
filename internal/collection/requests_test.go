package collection

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/docs"
)

// sent is a request that an HTTP client makes from a file.
type sent struct {
	method, target, body string
	headers              []string // "Name: value"
}

// TestRequestsAreTheExamples reads the files as HTTP clients do, and compares
// their requests with the examples of the documentation. A test of handlers
// sends those to a server.
func TestRequestsAreTheExamples(t *testing.T) {
	t.Parallel()
	book := readBook(t)
	requests := readHTTPFile(t, string(HTTPFile(book, DefaultBaseURL)))
	for _, op := range book.Operations {
		got, want := requests[op.ID], exampleOf(op)
		got.target, want.target = canonical(t, got.target), canonical(t, want.target)
		if got.method != want.method || got.target != want.target || got.body != want.body || !slices.Equal(got.headers, want.headers) {
			t.Errorf("%s: got %q, want %q", op.ID, got, want)
		}
		delete(requests, op.ID)
	}
	for id := range requests {
		t.Errorf("%q is no operation", id)
	}
}

// TestPostmanRequestsAreTheExamples compares the collection's requests with the
// examples. They differ in values that other calls give, and in the credential: it
// is a session's, unless a script adds the key.
func TestPostmanRequestsAreTheExamples(t *testing.T) {
	t.Parallel()
	book := readBook(t)
	text, err := Postman(book, DefaultBaseURL)
	if err != nil {
		t.Fatal(err)
	}
	requests := readPostman(t, string(text))
	for _, op := range book.Operations {
		got, want := requests[op.ID], exampleOf(op)
		if op.Credential.Header != "" {
			want.headers = slices.DeleteFunc(want.headers, func(h string) bool { return strings.HasPrefix(h, op.Credential.Header+": ") })
			want.headers = append([]string{"Authorization: Bearer A"}, want.headers...)
		}
		if got.method != want.method || !matches(got.target, want.target) || !matches(got.body, want.body) || !slices.EqualFunc(got.headers, want.headers, matches) {
			t.Errorf("%s: got %q, want %q", op.ID, got, want)
		}
		delete(requests, op.ID)
	}
	for id := range requests {
		if _, rest, again := strings.Cut(id, "-"); !again || strings.Trim(rest, "0123456789") != "" {
			t.Errorf("%q is no operation", id)
		}
	}
}

// variableReference is a variable in a request.
var variableReference = regexp.MustCompile(`\\\{\\\{\w+\\\}\\\}`)

// matches reports whether the text is the wanted one, with variables for some of its
// values.
func matches(text, want string) bool {
	pattern := variableReference.ReplaceAllString(regexp.QuoteMeta(text), `[^"/?&\s]+`)
	return regexp.MustCompile("^" + pattern + "$").MatchString(want)
}

// TestMatches tests that the test above can fail.
func TestMatches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, want string
		matches    bool
	}{
		{"/api/accounts/{{accountId}}", "/api/accounts/7d9f", true},
		{"/api/accounts/{{accountId}}", "/api/accounts/7d9f/deposit", false},
		{`{"month": {{month}}, "id": "{{id}}"}`, `{"month": 3, "id": "a-b"}`, true},
		{`{"month": {{month}}}`, `{"month": 3, "year": 2026}`, false},
		{"/api/accounts", "/api/budgets", false},
	} {
		if got := matches(test.text, test.want); got != test.matches {
			t.Errorf("%s and %s: got %t", test.text, test.want, got)
		}
	}
}

// canonical returns the URL with its query sorted.
func canonical(t *testing.T, target string) string {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = u.Query().Encode()
	return u.String()
}

func exampleOf(op *docs.Operation) sent {
	example := sent{method: op.Method, target: DefaultBaseURL + op.Request.Target(), body: op.Request.Body}
	if op.Request.Body != "" {
		example.headers = append(example.headers, "Content-Type: application/json")
	}
	if op.Credential.Header != "" {
		example.headers = append(example.headers, op.Credential.Header+": "+op.Credential.Value)
	}
	slices.Sort(example.headers)
	return example
}

// fill puts the variables' values into the text.
func fill(t *testing.T, text string, variables map[string]string) string {
	t.Helper()
	for name, value := range variables {
		text = strings.ReplaceAll(text, "{{"+name+"}}", value)
	}
	if strings.Contains(text, "{{") {
		t.Fatalf("a variable has no value: %s", text)
	}
	return text
}

// readHTTPFile returns the requests of an .http file, by their names.
func readHTTPFile(t *testing.T, text string) map[string]sent {
	t.Helper()
	head, rest, _ := strings.Cut(text, "\n### ")
	variables := map[string]string{}
	for line := range strings.Lines(head) {
		if name, value, found := strings.Cut(strings.TrimSpace(line), " = "); found {
			variables[strings.TrimPrefix(name, "@")] = value
		}
	}
	examples := map[string]sent{}
	for block := range strings.SplitSeq(fill(t, rest, variables), "\n### ") {
		head, body, _ := strings.Cut(block, "\n\n")
		example := sent{body: strings.TrimSpace(body)}
		name := ""
		for line := range strings.Lines(head) {
			line = strings.TrimSpace(line)
			switch method, target, _ := strings.Cut(line, " "); {
			case strings.HasPrefix(line, "# @name "):
				name = strings.TrimPrefix(line, "# @name ")
			case strings.HasPrefix(target, "http"):
				example.method, example.target = method, target
			case name != "" && !strings.HasPrefix(line, "#"):
				example.headers = append(example.headers, line)
			}
		}
		slices.Sort(example.headers)
		examples[name] = example
	}
	return examples
}

// keyed is a variable, a parameter, a header or an attribute.
type keyed struct {
	Key, Value string
	Disabled   bool
}

// node is a folder or a request.
type node struct {
	ID      string
	Item    []node
	Request struct {
		Method string
		URL    struct {
			Raw             string
			Host, Path      []string
			Query, Variable []keyed
		}
		Auth struct {
			Type   string
			Bearer []keyed
		}
		Header []keyed
		Body   struct{ Raw string }
	}
}

// readPostman returns the requests of a Postman collection, by their ids. Each
// variable in them has to be one of the collection's.
func readPostman(t *testing.T, text string) map[string]sent {
	t.Helper()
	var head struct{ Variable []keyed }
	if err := json.Unmarshal([]byte(text), &head); err != nil {
		t.Fatal(err)
	}
	variables := map[string]string{}
	for _, v := range head.Variable {
		if _, isThere := variables[v.Key]; isThere {
			t.Errorf("the variable %s is there twice", v.Key)
		}
		variables[v.Key] = v.Value
	}
	fill(t, text, variables)
	var root node
	if err := json.Unmarshal([]byte(strings.ReplaceAll(text, baseURL.reference(), variables[baseURL.name])), &root); err != nil {
		t.Fatal(err)
	}
	examples := map[string]sent{}
	for _, folder := range root.Item {
		for _, item := range folder.Item {
			examples[item.ID] = item.example(t)
		}
	}
	return examples
}

// example returns the request that Postman makes.
func (n node) example(t *testing.T) sent {
	t.Helper()
	u := n.Request.URL
	target := strings.Join(u.Host, ".") + "/" + strings.Join(u.Path, "/")
	if raw, _, _ := strings.Cut(u.Raw, "?"); raw != target {
		t.Errorf("%s: the raw URL is %s, its parts are %s", n.ID, u.Raw, target)
	}
	for _, v := range u.Variable {
		target = strings.ReplaceAll(target, ":"+v.Key, v.Value)
	}
	var query []string
	for _, v := range u.Query {
		if !v.Disabled {
			value := v.Value
			if !strings.Contains(value, "{{") {
				value = url.QueryEscape(value) // as Postman does
			}
			query = append(query, v.Key+"="+value)
		}
	}
	slices.Sort(query) // as url.Values.Encode does
	return sent{
		method: n.Request.Method, target: strings.TrimSuffix(target+"?"+strings.Join(query, "&"), "?"), body: n.Request.Body.Raw,
		headers: n.headers(t),
	}
}

// headers returns the headers that Postman sends, including the one of the
// authorization.
func (n node) headers(t *testing.T) (headers []string) {
	t.Helper()
	for _, v := range n.Request.Header {
		if !v.Disabled {
			headers = append(headers, v.Key+": "+v.Value)
		}
	}
	switch auth := n.Request.Auth; {
	case auth.Type == "noauth":
	case auth.Type == "bearer" && len(auth.Bearer) == 1 && auth.Bearer[0].Key == "token":
		headers = append(headers, "Authorization: Bearer "+auth.Bearer[0].Value)
	default:
		t.Errorf("%s: there is no authorization %+v", n.ID, auth)
	}
	slices.Sort(headers)
	return headers
}
