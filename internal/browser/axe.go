package browser

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/testnode"
)

// packages is the directory with the npm packages that this package uses.
const packages = "internal/browser"

// runAxe checks the page only: pages in its frames are checked on their own.
const runAxe = `axe.run(document, {
  iframes: false,
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
  resultTypes: ["violations"],
}).then(({violations}) => violations.map(({id, help, nodes}) => ({
  rule: id, help, nodes: nodes.map(({target, failureSummary}) => ({at: target.join(" "), summary: failureSummary})),
})))`

// violation is a rule of axe-core that a page breaks, and where.
type violation struct {
	Rule, Help string
	Nodes      []struct{ At, Summary string }
}

// Axe checks the current page against axe-core's rules for WCAG 2.1 AA. If
// there is no Node.js, the test is skipped, or fails if CI is true.
func (tab *Tab) Axe(t testing.TB) {
	t.Helper()
	violations := tab.violations(t)
	if len(violations) == 0 {
		return
	}
	at, err := chromedp.Run(tab, chromedp.Location())
	if err != nil {
		t.Error(err)
	}
	t.Errorf("%s is not accessible:\n%s", at, describe(violations))
}

// violations evaluates axe-core in the page. The page's policy would block a
// script element, but does not block this. axe-core needs timers, which do not
// run in a tab without scripts; scripts are enabled meanwhile, but those of the
// page do not run.
func (tab *Tab) violations(t testing.TB) []violation {
	t.Helper()
	axe, err := os.ReadFile(testnode.Start(t, packages).Path("node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	without, err := chromedp.Run(tab, chromedp.Evaluate[bool](`matchMedia("(scripting: none)").matches`))
	if err != nil {
		t.Fatal(err)
	}
	tab.Do(t, disableScripts(false), chromedp.Evaluate[chromedp.Void](string(axe)))
	found, err := chromedp.Run(tab, chromedp.Evaluate[[]violation](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("axe: %v", err)
	}
	tab.Do(t, disableScripts(without))
	return found
}

func describe(violations []violation) string {
	var text strings.Builder
	for _, v := range violations {
		fmt.Fprintf(&text, "%s: %s\n", v.Rule, v.Help)
		for _, node := range v.Nodes {
			fmt.Fprintf(&text, "  %s: %s\n", node.At, strings.ReplaceAll(node.Summary, "\n", "\n    "))
		}
	}
	return text.String()
}
