package docs

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testkit"
)

// hardToQuote is an operation whose values need quoting in every language.
var hardToQuote = &Operation{
	ID: "nasty",
	Request: Request{Method: "POST", Path: "/it's/$HOME", Query: "q=%27&x=`id`", Body: indent([]byte(
		`{"it's":"\"quoted\" \\ $HOME ` + "`id` ${x}" + ` %s é \u0000 \n </script> true null","none":null,"yes":true,"list":[false,"null",-1.5],"empty":{}}`))},
	Credential: Credential{Header: "X-API-Key", Value: `it's "a" $key`},
	Responses:  []*Response{{Status: 200, ContentTypes: []string{jsonType}, Samples: []Sample{{Text: "{}"}}}},
}

// sampled returns the operations whose samples are run.
func sampled(t *testing.T) []*Operation { return append(slices.Clone(operations(t)), hardToQuote) }

func sampleIn(t *testing.T, op *Operation, language, baseURL string) string {
	t.Helper()
	for _, sample := range op.Samples(baseURL) {
		if sample.Language == language {
			return sample.Code
		}
	}
	t.Fatalf("%s has no sample in %s", op.ID, language)
	return ""
}

// sampleProcesses is how many processes share the samples of one language.
const sampleProcesses = 4

// sampleRunner runs the samples of one language.
type sampleRunner struct {
	language  string
	ending    string                   // of the names of its files
	command   []string                 // the program, which gets the name of a script
	env       []string                 // in addition to the test's own
	prelude   string                   // start of each script
	statement func(file string) string // returns code that runs the sample in the file
}

// run writes each operation's sample to a file, and scripts that run the
// samples. The scripts run side by side. Each sample must send its operation's
// request.
func (r sampleRunner) run(t *testing.T) {
	t.Helper()
	needs(t, r.command[0])
	rec, dir := record(t), t.TempDir()
	var scripts [sampleProcesses]strings.Builder
	for i := range scripts {
		scripts[i].WriteString(r.prelude)
	}
	for i, op := range rec.operations {
		file := fmt.Sprintf("sample%d%s", i, r.ending)
		write(t, filepath.Join(dir, file), sampleIn(t, op, r.language, rec.baseURL(i)))
		scripts[i%len(scripts)].WriteString(r.statement(file))
	}
	var running sync.WaitGroup
	for i := range scripts {
		script := fmt.Sprintf("all%d%s", i, r.ending)
		write(t, filepath.Join(dir, script), scripts[i].String())
		running.Go(func() {
			command := exec.CommandContext(t.Context(), r.command[0], append(r.command[1:], script)...)
			command.Dir, command.Env = dir, append(os.Environ(), r.env...)
			if out, err := command.CombinedOutput(); err != nil {
				t.Errorf("%s: %v: %s", script, err, out)
			}
		})
	}
	running.Wait()
	rec.check(t, dir)
}

func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		testkit.Missing(t, "there is no "+program+" to run the samples with")
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSamplesInCurl(t *testing.T) {
	t.Parallel()
	needs(t, "curl")
	sampleRunner{
		language: "curl", ending: ".sh", command: []string{"bash"},
		prelude:   "set -e\ncurl() { command curl --silent --show-error --fail --noproxy '*' \"$@\"; }\n",
		statement: func(file string) string { return ". ./" + file + "\n" },
	}.run(t)
}

func TestSamplesInJavaScript(t *testing.T) {
	t.Parallel()
	sampleRunner{
		language: "javascript", ending: ".mjs", command: []string{"node"},
		statement: func(file string) string { return fmt.Sprintf("await import(\"./%s\");\n", file) },
	}.run(t)
}

func TestSamplesInPython(t *testing.T) {
	t.Parallel()
	stub, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	sampleRunner{
		language: "python", ending: ".py", command: []string{"python3"},
		env:       []string{"PYTHONPATH=" + stub, "PYTHONDONTWRITEBYTECODE=1"},
		prelude:   "import runpy\n",
		statement: func(file string) string { return fmt.Sprintf("runpy.run_path(%q)\n", file) },
	}.run(t)
}

// TestSamplesInGo reads the samples instead of running them, because linking
// takes long. They must compile and be formatted, and their constants must be
// the parts of the request.
func TestSamplesInGo(t *testing.T) {
	t.Parallel()
	imports := importer.Default()
	for _, op := range sampled(t) {
		code := sampleIn(t, op, "go", "http://example.com") + "\n"
		if formatted, err := format.Source([]byte(code)); err != nil || string(formatted) != code {
			t.Errorf("%s: not as gofmt writes it: %v\n%s", op.ID, err, code)
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, "main.go", code, 0)
		if err != nil {
			t.Fatalf("%s: %v\n%s", op.ID, err, code)
		}
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
		if _, err := (&types.Config{Importer: imports}).Check("main", files, []*ast.File{file}, info); err != nil {
			t.Fatalf("%s: %v\n%s", op.ID, err, code)
		}
		if diff := cmp.Diff(wantSent(t, op), goSends(t, file, info)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", op.ID, diff)
		}
	}
}

// goSends returns the request that a sample in Go sends, from the arguments of
// its calls of NewRequest, NewReader and Header.Set.
func goSends(t *testing.T, file *ast.File, info *types.Info) sent {
	t.Helper()
	var got sent
	ast.Inspect(file, func(n ast.Node) bool {
		call, isCall := n.(*ast.CallExpr)
		if !isCall {
			return true
		}
		var texts []string
		for _, arg := range call.Args {
			if value := info.Types[arg].Value; value != nil && value.Kind() == constant.String {
				texts = append(texts, constant.StringVal(value))
			}
		}
		switch types.ExprString(call.Fun) {
		case "http.NewRequest":
			got.Method, got.Target = texts[0], strings.TrimPrefix(texts[1], "http://example.com")
		case "strings.NewReader":
			got.Body = decoded(t, texts[0])
		case "request.Header.Set":
			*map[string]*string{"Content-Type": &got.ContentType, "Authorization": &got.Authorization, "X-API-Key": &got.Key}[texts[0]] = texts[1]
		}
		return true
	})
	return got
}
