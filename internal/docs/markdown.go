package docs

import (
	"embed"
	"regexp"
	"strings"
	"sync"
	"text/template"
)

//go:embed markdown/*.tmpl
var markdownFiles embed.FS

var markdownTemplates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"cell":     tableCell,
		"code":     codeCell,
		"costs":    costWords,
		"language": fenceLanguage,
		"line":     func(text string) string { return strings.Join(strings.Fields(text), " ") },
	}).ParseFS(markdownFiles, "markdown/*.tmpl"))
})

// SideEffectsLead introduces an operation's side effects.
const SideEffectsLead = "Upon success, the system automatically:"

// chapter is the data of the Markdown templates.
type chapter struct {
	*Book
	Base string // URL of the server, without a slash at the end
	Tag  *Tag
	Op   *Operation
}

// Samples returns the code samples of the chapter's operation.
func (c chapter) Samples() []CodeSample { return c.Op.Samples(c.Base) }

// Lead returns the introduction to side effects.
func (c chapter) Lead() string { return SideEffectsLead }

// For returns a chapter of the same book about one operation.
func (c chapter) For(op *Operation) chapter {
	return chapter{Book: c.Book, Base: c.Base, Tag: op.Tag, Op: op}
}

// ForTag returns a chapter of the same book about one group.
func (c chapter) ForTag(tag *Tag) chapter { return chapter{Book: c.Book, Base: c.Base, Tag: tag} }

func (b *Book) render(name, baseURL string, tag *Tag, op *Operation) string {
	var out strings.Builder
	about := chapter{Book: b, Base: strings.TrimSuffix(baseURL, "/"), Tag: tag, Op: op}
	if err := markdownTemplates().ExecuteTemplate(&out, name+".tmpl", about); err != nil {
		panic(err) // a wrong template is found by tests
	}
	text := blankLines.ReplaceAllString(out.String(), "\n\n")
	text = strings.ReplaceAll(text, "](/", "]("+about.Base+"/") // links must work in a file that is read without the server
	return strings.TrimSpace(text) + "\n"
}

// blankLines matches the gaps that omitted sections leave.
var blankLines = regexp.MustCompile(`\n{3,}`)

// Markdown returns the operation's page, for a server at baseURL.
func (b *Book) Markdown(op *Operation, baseURL string) string {
	return b.render("operation", baseURL, op.Tag, op)
}

// TagMarkdown returns the page of a group of operations.
func (b *Book) TagMarkdown(tag *Tag, baseURL string) string {
	return b.render("tag", baseURL, tag, nil)
}

// IndexMarkdown returns the page that links to all others.
func (b *Book) IndexMarkdown(baseURL string) string { return b.render("index", baseURL, nil, nil) }

// ErrorsMarkdown returns the reference of error codes.
func (b *Book) ErrorsMarkdown(baseURL string) string { return b.render("errors", baseURL, nil, nil) }

// ChangelogMarkdown returns the changelog.
func (b *Book) ChangelogMarkdown() string { return b.render("changelog", "", nil, nil) }

// LLMs returns llms.txt, the index for language models (llmstxt.org).
func (b *Book) LLMs(baseURL string) string { return b.render("llms", baseURL, nil, nil) }

// LLMsFull returns llms-full.txt: every group and the changelog in one file.
func (b *Book) LLMsFull(baseURL string) string { return b.render("llms-full", baseURL, nil, nil) }

// LLMsTag returns llms/{tag}.txt.
func (b *Book) LLMsTag(tag *Tag, baseURL string) string {
	return b.render("llms-tag", baseURL, tag, nil)
}

// tableCell makes the text fit into one cell of a table.
func tableCell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

// codeCell returns the text as code in a cell.
func codeCell(text string) string {
	if text == "" {
		return "—"
	}
	return tableCell("`" + text + "`")
}

// costWords returns an operation's price as files for language models state it.
func costWords(op *Operation) string {
	switch {
	case op.Cost > 0:
		return op.CostLabel + " per call with an API key, free with a session"
	case op.Credential.Kind == CredentialSessionOrKey:
		return "0 (free)"
	}
	return "0 (EXEMPT — auth / billing / account / admin / health)"
}

// fenceLanguage names the language of a fenced block.
func fenceLanguage(language string) string {
	switch language {
	case "curl":
		return "sh"
	case jsonType:
		return "json"
	case "text/plain", "text/csv":
		return "text"
	}
	return language
}
