package handlers_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden replays every testdata/<tag>/<case>.http against a fresh server
// and compares the answers with <case>.golden, on both engines. A request may
// say {{name.path}} for a value of the answer to the request named so by a
// line "# @name name" (of list elements by number), and {{mail.verification}}, {{mail.reset}} or {{mail.key}}
// for what the newest such mail holds. Before a request, "# @advance 60s" moves
// the clock, "# @invite name 7" makes an invite of seven uses with the given
// name, "# @promote user@example.com" makes an administrator, "# @smtp down" or
// "# @smtp up" says whether mail can be sent, "# @account name user@example.com
// SAVINGS USD Trips" makes an account, "# @close name" deletes it, and
// "# @transaction user@example.com EXPENSE 10.50 2026-03-04T12:00:00Z Category"
// enters one in the user's oldest account, in a category or none. "# @fill
// user@example.com accounts 199" gives a new user so many of the things.
func TestGolden(t *testing.T) {
	files := must(filepath.Glob("../testdata/*/*.http"))
	if len(files) == 0 {
		t.Fatal("there are no golden cases")
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "../testdata/"), ".http")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				got := replay(start(t, databaseURL), string(must(os.ReadFile(file))))
				golden := strings.TrimSuffix(file, ".http") + ".golden"
				if *update {
					if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want := strings.ReplaceAll(string(must(os.ReadFile(golden))), "\r\n", "\n")
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", golden, diff)
				}
			})
		})
	}
}

func replay(h *harness, script string) string {
	h.t.Helper()
	var out strings.Builder
	answers := map[string]any{}
	for i, block := range strings.Split("\n"+script, "\n### ")[1:] {
		title, rest, _ := strings.Cut(block, "\n")
		name, request := h.parseRequest(rest, answers)
		answer := h.send(request)
		mails := h.mails()
		var body any
		_ = json.Unmarshal(answer.Body.Bytes(), &body) // an answer without JSON has nothing to refer to
		answers[name] = body
		if i > 0 {
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "### %s\n%s%s", title, render(answer), mails)
	}
	return out.String()
}

var reference = regexp.MustCompile(`\{\{([\w.]+)\}\}`)

// parseRequest reads directives, the request line, headers and, after a blank
// line, the body.
func (h *harness) parseRequest(block string, answers map[string]any) (name string, r *http.Request) {
	h.t.Helper()
	answers["mail"] = h.mailServer.secrets()
	for strings.HasPrefix(block, "# @") {
		var directive string
		directive, block, _ = strings.Cut(block, "\n")
		kind, value, _ := strings.Cut(strings.TrimPrefix(directive, "# @"), " ")
		switch kind {
		case "name":
			name = value
		case "advance":
			h.clock.Advance(must(time.ParseDuration(value)))
		case "invite":
			invite, uses, _ := strings.Cut(value, " ")
			answers[invite] = map[string]any{"code": h.invite(must(strconv.Atoi(uses)))}
		case "promote":
			h.promote(value)
		case "account":
			account, rest, _ := strings.Cut(value, " ")
			answers[account] = map[string]any{"id": h.account(rest).String()}
		case "close":
			h.close(uuid.MustParse(h.resolve(value+".id", answers)))
		case "transaction":
			fields := strings.SplitN(value+" ", " ", 5)
			h.addToOldestAccount(fields[0], fields[1], fields[2], fields[3], strings.TrimSpace(fields[4]))
		case "fill":
			fields := strings.Fields(value)
			h.fill(fields[0], fields[1], must(strconv.Atoi(fields[2])))
		case "smtp":
			h.mailServer.setDown(value == "down")
		default:
			h.t.Fatalf("unknown directive @%s", kind)
		}
	}
	block = reference.ReplaceAllStringFunc(block, func(match string) string {
		return h.resolve(strings.Trim(match, "{}"), answers)
	})
	head, body, _ := strings.Cut(block, "\n\n")
	lines := bufio.NewScanner(strings.NewReader(head))
	lines.Scan()
	method, target, _ := strings.Cut(lines.Text(), " ")
	r = httptest.NewRequest(method, target, strings.NewReader(strings.TrimRight(body, "\n")))
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		r.Header.Add(name, value)
	}
	return name, r
}

func (h *harness) resolve(path string, answers map[string]any) string {
	h.t.Helper()
	name, path, _ := strings.Cut(path, ".")
	value := answers[name]
	for part := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[part]
		case []any:
			value = v[int(part[0]-'0')]
		}
	}
	text, ok := value.(string)
	if !ok {
		h.t.Fatalf("there is no text at %s.%s", name, path)
	}
	return text
}

// goldenHeaders are the headers in golden files. Other tests check those that every
// response has.
var goldenHeaders = []string{
	"Allow", "Alta-Error", "Content-Disposition", "Content-Type", "Idempotency-Replayed", "Location", "Ratelimit", "Ratelimit-Policy", "Retry-After", "Set-Cookie",
	"Www-Authenticate", "X-Token-Balance", "X-Token-Cost", "X-Total-Count", "X-Truncated",
}

// Texts that differ from run to run.
var (
	jwtText   = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`)
	uuidText  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	codeText  = regexp.MustCompile(`[A-Z2-7]{5}(-[A-Z2-7]{5}){3}`)
	beginText = regexp.MustCompile(`"[A-Z2-7]{5}…"`)
	linkText  = regexp.MustCompile(`token=[\w-]{64}`)
	maskText  = regexp.MustCompile(`alta_\w{4}…\w{4}`)
	keyText   = regexp.MustCompile(`alta_\w{38}`)
)

func render(r *response) string {
	var out strings.Builder
	fmt.Fprintf(&out, "HTTP %d\n", r.Code)
	for _, name := range goldenHeaders {
		for _, value := range r.Header()[name] {
			fmt.Fprintf(&out, "%s: %s\n", name, value)
		}
	}
	if r.Body.Len() > 0 {
		fmt.Fprintf(&out, "\n%s", r.Body)
	}
	text := strings.ReplaceAll(out.String(), "\r\n", "\n") // as the golden files are read
	text = jwtText.ReplaceAllString(text, "<jwt>")
	text = uuidText.ReplaceAllString(text, "<uuid>")
	text = codeText.ReplaceAllString(text, "<code>")
	text = beginText.ReplaceAllString(text, `"<masked code>"`)
	text = linkText.ReplaceAllString(text, "token=<token>")
	text = keyText.ReplaceAllString(text, "<secret key>")
	return maskText.ReplaceAllString(text, "<key>")
}
