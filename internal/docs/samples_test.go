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
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testkit"
)

// nasty is an operation whose values want to be quoted in every language.
var nasty = &Operation{
	ID: "nasty",
	Request: Request{Method: "POST", Path: "/it's/$HOME", Query: "q=%27&x=`id`", Body: indent([]byte(
		`{"it's":"\"quoted\" \\ $HOME ` + "`id` ${x}" + ` %s é \u0000 \n </script> true null","none":null,"yes":true,"list":[false,"null",-1.5],"empty":{}}`))},
	Credential: Credential{Header: "X-API-Key", Value: `it's "a" $key`},
	Responses:  []*Response{{Status: 200, ContentTypes: []string{jsonType}, Samples: []Sample{{Text: "{}"}}}},
}

// sampled are the operations whose samples are run, in order.
func sampled(t *testing.T) []*Operation { return append(slices.Clone(operations(t)), nasty) }

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

// runSamples writes a file for each operation's sample, and a script that runs
// them one by one: each says how for one of them. The command runs the script.
func runSamples(t *testing.T, language, ending, script string, each func(file string) string, command ...string) {
	t.Helper()
	needs(t, command[0])
	rec, dir := record(t), t.TempDir()
	var all strings.Builder
	all.WriteString(script)
	for i, op := range sampled(t) {
		file := fmt.Sprintf("sample%d%s", i, ending)
		write(t, filepath.Join(dir, file), sampleIn(t, op, language, rec.URL+"/"))
		all.WriteString(each(file))
	}
	write(t, filepath.Join(dir, "all"+ending), all.String())
	run := exec.CommandContext(t.Context(), command[0], append(command[1:], "all"+ending)...)
	run.Dir = dir
	if out, err := run.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
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
	needs(t, "curl")
	runSamples(t, "curl", ".sh", "set -e\ncurl() { command curl --silent --show-error --fail --noproxy '*' \"$@\"; }\n",
		func(file string) string { return ". ./" + file + "\n" }, "bash")
}

func TestSamplesInJavaScript(t *testing.T) {
	runSamples(t, "javascript", ".mjs", "", func(file string) string { return fmt.Sprintf("await import(\"./%s\");\n", file) }, "node")
}

func TestSamplesInPython(t *testing.T) {
	stub, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PYTHONPATH", stub)
	t.Setenv("PYTHONDONTWRITEBYTECODE", "1")
	runSamples(t, "python", ".py", "import runpy\n", func(file string) string { return fmt.Sprintf("runpy.run_path(%q)\n", file) }, "python3")
}

// TestSamplesInGo reads instead of running them, for the time that linking
// takes: they compile, are formatted, and their constants are what they send.
func TestSamplesInGo(t *testing.T) {
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

// goSends finds what the calls of NewRequest, NewReader and Header.Set are
// given.
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
