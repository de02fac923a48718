package docs

import (
	"embed"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"text/template"
)

// CodeSample is an operation's example request as a program.
type CodeSample struct {
	Language string // curl, javascript, python or go
	Title    string // for people, such as JavaScript
	Code     string
}

// languages of code samples, in the order in which pages show them. Each has
// its own template.
var languages = []CodeSample{
	{Language: "curl", Title: "curl"},
	{Language: "javascript", Title: "JavaScript"},
	{Language: "python", Title: "Python"},
	{Language: "go", Title: "Go"},
}

//go:embed samples/*.tmpl
var sampleFiles embed.FS

var sampleTemplates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"indent": func(by, text string) string { return strings.ReplaceAll(text, "\n", "\n"+by) },
		"lower":  strings.ToLower,
		"python": pythonLiteral,
		"quote":  quote,
		"raw":    goRaw,
		"shell":  shellQuote,
	}).ParseFS(sampleFiles, "samples/*.tmpl"))
})

// Samples returns the example request in each language, for the server at
// baseURL.
func (o *Operation) Samples(baseURL string) []CodeSample {
	call := o.sampleCall(baseURL)
	samples := slices.Clone(languages)
	for i := range samples {
		var code strings.Builder
		if err := sampleTemplates().ExecuteTemplate(&code, samples[i].Language+".tmpl", call); err != nil {
			panic(err) // a wrong template is found by tests
		}
		samples[i].Code = strings.TrimSpace(code.String())
	}
	return samples
}

// sampleCall is the data of the templates of samples.
type sampleCall struct {
	Request
	URL                        string
	Headers                    []sampleHeader
	Status                     int
	IsJSON, IsText, IsRedirect bool // kind of response
}

type sampleHeader struct{ Name, Value string }

func (o *Operation) sampleCall(baseURL string) sampleCall {
	success := o.Success()
	call := sampleCall{
		Request:    o.Request,
		URL:        strings.TrimSuffix(baseURL, "/") + o.Request.Target(),
		Status:     success.Status,
		IsJSON:     slices.Contains(success.ContentTypes, jsonType),
		IsText:     slices.Contains(success.ContentTypes, "text/plain"),
		IsRedirect: success.redirects(),
	}
	if o.Request.Body != "" {
		call.Headers = append(call.Headers, sampleHeader{"Content-Type", jsonType})
	}
	if o.Credential.Header != "" {
		call.Headers = append(call.Headers, sampleHeader{o.Credential.Header, o.Credential.Value})
	}
	return call
}

// HasOptions reports whether JavaScript's fetch needs more than the URL.
func (c sampleCall) HasOptions() bool {
	return c.Method != http.MethodGet || len(c.Headers) > 0 || c.IsRedirect
}

// GoImports returns the packages that the sample in Go imports.
func (c sampleCall) GoImports() []string {
	imports := []string{"log", "net/http"}
	if c.File != "" {
		imports = append(imports, "io", "os")
	} else {
		imports = append(imports, "fmt")
		if c.IsJSON || c.IsText {
			imports = append(imports, "io")
		}
	}
	if c.Body != "" {
		imports = append(imports, "strings")
	}
	slices.Sort(imports)
	return imports
}

// shellQuote quotes the text as one word for a POSIX shell.
func shellQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// quote writes the text as JSON does, which JavaScript, Python and Go read the
// same way.
func quote(text string) (string, error) {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(text)
	return strings.TrimSuffix(out.String(), "\n"), err
}

// goRaw writes the text as a raw string of Go, or as several if it contains a
// backquote.
func goRaw(text string) string {
	return "`" + strings.ReplaceAll(text, "`", "`+\"`\"+`") + "`"
}

// pythonLiteral turns indented JSON into Python, which has other words for
// three values and wider indentation.
func pythonLiteral(text string) string {
	text = indentation.ReplaceAllString(text, "$0$0")
	words := strings.NewReplacer("true", "True", "false", "False", "null", "None")
	var out strings.Builder
	for text != "" {
		end := stringEnd(text)
		if end == 0 { // up to the next string
			end = len(text)
			if i := strings.IndexByte(text, '"'); i >= 0 {
				end = i
			}
			out.WriteString(words.Replace(text[:end]))
		} else {
			out.WriteString(text[:end])
		}
		text = text[end:]
	}
	return out.String()
}

var indentation = regexp.MustCompile(`(?m)^ +`)

// stringEnd returns the length of the JSON string at the start of the text, or
// 0 if there is none.
func stringEnd(text string) int {
	if text[0] != '"' {
		return 0
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
