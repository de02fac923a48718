package docs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func contains(t *testing.T, where, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s lacks %q:\n%s", where, part, text)
		}
	}
}

var (
	headings = regexp.MustCompile(`(?m)^## (.*)$`)
	fences   = regexp.MustCompile("(?s)```.*?```")
	pipes    = regexp.MustCompile(`(^|[^\\])\|`)
	links    = regexp.MustCompile(`\]\((` + regexp.QuoteMeta(base) + `[^)]*)\)`)
)

// TestMarkdown: every page has every section, in the order of the API's
// original documentation, and its tables are well-formed.
func TestMarkdown(t *testing.T) {
	want := []string{"Why use this", "Common use case", "Parameters", "Response schema", "Sample response", "Errors", "Additional information", "Code samples", "Credential"}
	for _, op := range operations(t) {
		page := testBook(t).Markdown(op, base)
		text := fences.ReplaceAllString(page, "")
		var got []string
		for _, heading := range headings.FindAllStringSubmatch(text, -1) {
			got = append(got, heading[1])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: sections (-want +got):\n%s", op.ID, diff)
		}
		contains(t, op.ID, page, "# "+op.Summary+"\n", "`"+op.Endpoint()+"`", "**Cost:** "+op.CostLabel, "v"+op.Since,
			absolute(op.Limit), absolute(op.Credential.Note))
		checkTables(t, op.ID, text)
		checkLinks(t, op.ID, page)
		if strings.Contains(page, "Schema not yet documented") || strings.Contains(page, "<no value>") || strings.Contains(page, "\n\n\n") {
			t.Errorf("%s has a hole:\n%s", op.ID, page)
		}
	}
}

// absolute makes the links of a text absolute, as they are in a file.
func absolute(text string) string { return strings.ReplaceAll(text, "](/", "]("+base+"/") }

// checkTables checks that each row has as many cells as the one above it.
func checkTables(t *testing.T, where, text string) {
	t.Helper()
	cells := 0
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		n := len(pipes.FindAllString(line, -1))
		if cells > 0 && n != cells {
			t.Errorf("%s: a row of %d cells in a table of %d: %s", where, n-1, cells-1, line)
		}
		cells = n
	}
}

// checkLinks checks that links to this server lead somewhere.
func checkLinks(t *testing.T, where, text string) {
	t.Helper()
	known := []string{"/pricing", "/account/credentials", "/docs/errors.md", "/docs/changelog.md", "/openapi.yaml", "/openapi.json", "/llms.txt", "/llms-full.txt"}
	for _, tag := range testBook(t).Tags {
		known = append(known, tag.Page+".md", "/llms/"+tag.Name+".txt")
	}
	for _, op := range operations(t) {
		known = append(known, op.Page+".md")
	}
	for _, link := range links.FindAllStringSubmatch(text, -1) {
		if path := strings.TrimPrefix(link[1], base); !slices.Contains(known, path) {
			t.Errorf("%s leads to %s, which is nowhere", where, path)
		}
	}
}

// TestOtherPages: the pages that list everything link to everything.
func TestOtherPages(t *testing.T) {
	book := testBook(t)
	index, llms, full, codes := book.IndexMarkdown(base), book.LLMs(base+"/"), book.LLMsFull(base), book.ErrorsMarkdown(base)
	for name, page := range map[string]string{"index": index, "llms.txt": llms, "llms-full.txt": full, "errors": codes} {
		checkLinks(t, name, page)
		checkTables(t, name, fences.ReplaceAllString(page, ""))
	}
	for _, tag := range book.Tags {
		page, file := book.TagMarkdown(tag, base), book.LLMsTag(tag, base)
		contains(t, "llms.txt", llms, "- ["+tag.Title+"]("+base+"/llms/"+tag.Name+".txt): ")
		for _, op := range tag.Operations {
			link := "](" + base + op.Page + ".md)"
			contains(t, "index", index, link)
			contains(t, "llms.txt", llms, link)
			contains(t, tag.Name, page, link)
			contains(t, "llms/"+tag.Name, file, "### "+op.Endpoint()+"\n")
			contains(t, "llms-full.txt", full, "### "+op.Endpoint()+"\n")
		}
		checkLinks(t, tag.Name, page+file)
		checkTables(t, tag.Name, fences.ReplaceAllString(file, ""))
	}
	for _, code := range book.ErrorCodes {
		contains(t, "errors", codes, "## "+code.Name+"\n", code.Meaning, "**Fix:** "+code.Cure)
	}
}

// TestLanguageModelFiles have the format of the original API's files.
func TestLanguageModelFiles(t *testing.T) {
	book := testBook(t)
	version := fmt.Sprintf("> Version: %s | Date: %s | Content Hash: %s\n> Fetch this file at: %s", book.Version, book.Date, book.Hash, base)
	if !regexp.MustCompile(`^[0-9a-f]{8}$`).MatchString(book.Hash) || book.Date == "" {
		t.Errorf("hash %q, date %q", book.Hash, book.Date)
	}
	tokens := book.LLMsTag(book.Tag("tokens"), base)
	if want := "# Tokens — Alta API\n\n" + version + "/llms/tokens.txt\n\n## Authentication\n\n"; !strings.HasPrefix(tokens, want) {
		t.Errorf("llms/tokens.txt begins with\n%.300s\nwant\n%s", tokens, want)
	}
	contains(t, "llms/tokens.txt", tokens, "\n---\n\n## Tokens\n", "`X-API-Key: YOUR_API_KEY`", "`Authorization: Bearer YOUR_JWT_TOKEN`", "`?apiKey=YOUR_API_KEY`",
		"\n**Token cost:** 0 (free)\n", "\n**Response fields:** (200 OK)\n", "- `current_balance` (integer): Tokens left.\n", "\n**Since:** v0.1.0\n", "\n**Utility:** ",
		"\n**Token cost:** 0 (EXEMPT — auth / billing / account / admin / health)\n", "**Side effects:** "+SideEffectsLead)
	contains(t, "llms/reports.txt", book.LLMsTag(book.Tag("reports"), base), "\n**Token cost:** 10 tokens per call with an API key, free with a session\n")
	llms, full := book.LLMs(base), book.LLMsFull(base)
	if !strings.HasPrefix(llms, "# Alta API\n\n"+version+"/llms.txt\n") || !strings.HasPrefix(full, "# Alta API\n\n"+version+"/llms-full.txt\n") {
		t.Errorf("llms.txt begins with\n%.300s\nllms-full.txt with\n%.300s", llms, full)
	}
	contains(t, "llms-full.txt", full, "\n## Changelog\n\n## "+book.Releases[0].Version)
}

// TestSeeds: everything that the original pages show is on ours.
func TestOriginalContent(t *testing.T) {
	book := testBook(t)
	contains(t, "registerDeveloper", book.Markdown(operationOf(t, "registerDeveloper"), base),
		"# Register a new user account", "EXEMPT (`cost: 0`)", "valid `invite_token` from `POST /api/v1/auth/redeem-invite`", "Soft-trial-gated user registration",
		"never debit the token", "2,000 tokens", "Generates an API key", "**verification email** is mandatory", "welcome email with the API key and a curl sample, best effort",
		"| email | body | required | — |", "| password | body | required | — |", "| invite_token | body | required | — |", "`user@example.com`", "bcrypt", "never returned",
		"| message | string | no | Top-level result message", "| linkMsg | string | no | Email-flow status message", "Invite code is used and cannot be used",
		`"message": "Register user successful",`, `"linkMsg": "Please verify the email, I have send verification link."`,
		"| 402 | Payment Required | Insufficient token balance for this call. [Top up]("+base+"/pricing)", "[Tier limits]("+base+"/pricing)", "| 410 | Gone |",
		"curl -X POST '"+base+"/api/v1/auth/register'", "`POST /api/v1/auth/login`", "`POST /api/v1/auth/forgetpassword`")
	contains(t, "registerAppUser", book.Markdown(operationOf(t, "registerAppUser"), base),
		"# Register User", "`POST /api/auth/register`", "| email | body | required |", "8 to 100 characters", "| firstName | body | required |", "| lastName | body | required |",
		"| currency | body | optional | `ARS` |", "| user | object | no | The created or logged-in user. |", "| token | string | no | JWT", "| user.avatarUrl | string | yes |",
		"-H 'Content-Type: application/json'", `"email": "john.doe@example.com"`, `"password": "SecurePass123!"`, `"avatarUrl": null`,
		"El email ya está registrado", "La contraseña debe tener al menos 8 caracteres", "firstName must be longer than or equal to 2 characters",
		SideEffectsLead, `- Creates a default wallet account ("Efectivo / Billetera") with zero balance`, "- Initializes the default income and expense categories",
		"- Sets the auth provider to `LOCAL`", "- Assigns the `USER` role", "- Sets the fiscal start day to 1", "stored securely")
}

func TestChangelog(t *testing.T) {
	got := parseChangelog("# Changelog\n\nWords.\n- not a change\n\n## Unreleased\n\n- One\n  line more.\n- Two\n\n## 0.2.0 - 2026-03-04\n\n- Three\n\n## 0.1.0\n")
	want := []Release{
		{Version: "Unreleased", Changes: []string{"One line more.", "Two"}},
		{Version: "0.2.0", Date: "2026-03-04", Changes: []string{"Three"}},
		{Version: "0.1.0"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("releases (-want +got):\n%s", diff)
	}
	for version, want := range map[string]string{"0.2.0": "2026-03-04", "0.1.0": unreleased, "9.9.9": unreleased} {
		if got := releaseDate(got, version); got != want {
			t.Errorf("%s is of %s, want %s", version, got, want)
		}
	}
	_, changelog := sourceFiles()
	contains(t, "changelog", testBook(t).ChangelogMarkdown(), "# Changelog\n\n## Unreleased\n\n- ")
	var changes int
	for _, release := range testBook(t).Releases {
		changes += len(release.Changes)
	}
	if n := strings.Count(string(changelog), "\n- "); changes != n || testBook(t).Releases[0].Version != unreleased {
		t.Errorf("%d changes are shown, %d are written", changes, n)
	}
}

func TestHTML(t *testing.T) {
	for text, want := range map[string]string{
		"a `b` **c**":               "a <code>b</code> <strong>c</strong>",
		"":                          "",
		"[x](javascript:alert(1))":  `<a href="">x</a>`,
		"<script>alert(1)</script>": "<!-- raw HTML omitted -->",
		"a & <b>":                   "a &amp; <!-- raw HTML omitted -->",
		"one\n\ntwo":                "<p>one</p>\n<p>two</p>",
		"- one":                     "<ul>\n<li>one</li>\n</ul>",
	} {
		if got := string(InlineHTML(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got := string(HTML("one")); got != "<p>one</p>\n" {
		t.Errorf("a paragraph is %q", got)
	}
}
