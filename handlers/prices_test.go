package handlers_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPrices fails if the contract changes the price, the limit or the callers of an
// operation. If the change is intended, run go test -update and add it to
// CHANGELOG.md.
func TestPrices(t *testing.T) {
	doc := must(spec())
	var lines []string
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			rate, ok := op.Extensions["x-rate-class"]
			if !ok {
				rate = "-"
			}
			callers := "anyone"
			if len(*op.Security) > 0 {
				var schemes []string
				for _, requirement := range *op.Security {
					for scheme := range requirement {
						schemes = append(schemes, scheme)
					}
				}
				callers = strings.Join(schemes, ", ")
			}
			lines = append(lines, fmt.Sprintf("%-6s %-37s %v tokens, rate %v, %s", method, path, op.Extensions["x-token-cost"], rate, callers))
		}
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	const golden = "../testdata/prices.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(must(os.ReadFile(golden))), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
