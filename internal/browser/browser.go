// Package browser provides tests with a real browser, a headless Chromium.
package browser

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"example.com/alta/internal/testkit"
)

const (
	// variable names the environment variable with the path of a Chromium.
	// scripts/with-services finds one.
	variable = "ALTA_TEST_CHROMIUM"
	// screenshots names the environment variable with a directory for
	// screenshots. If it is not set, none are taken.
	screenshots = "ALTA_TEST_SCREENSHOTS"
	// patience is the time limit of a test's browser.
	patience = 2 * time.Minute
)

// Tab is a browser with one tab. It is the context for chromedp.Do and
// chromedp.Run.
type Tab struct {
	context.Context
	mu         sync.Mutex
	complaints []string
}

// Start starts a browser, which is closed when the test ends. If there is no
// Chromium, the test is skipped, or fails if CI is true.
func Start(t testing.TB, options ...Option) *Tab {
	t.Helper()
	program := os.Getenv(variable)
	if program == "" {
		testkit.Missing(t, variable+" is not set: run `make test`, which finds a Chromium")
	}
	flags := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program),
		chromedp.NoSandbox, // Chromium has no sandbox for root, and shows the tests' own pages only
		chromedp.Env("HOME=" + t.TempDir()),
		chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1"), // names of machines that browsers do not trust like this one
	})
	// The test's own context ends before its cleanups run. It would kill the
	// browser before the browser has tidied up.
	root, cancel := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(flags...))
	t.Cleanup(cancel)
	if err := chromedp.Do(root); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	t.Cleanup(func() { stop(t, root) })
	ctx, cancel := context.WithTimeout(root, patience)
	t.Cleanup(cancel)
	tab := &Tab{Context: ctx}
	if err := chromedp.Listen(ctx, tab.listen); err != nil {
		t.Fatal(err)
	}
	tab.Do(t, Size(1280, 800))
	tab.Do(t, options...)
	return tab
}

func stop(t testing.TB, root context.Context) {
	ctx, cancel := context.WithTimeout(root, patience)
	defer cancel()
	if err := chromedp.Cancel(ctx); err != nil {
		t.Errorf("stop the browser: %v", err)
	}
}

// Do runs the steps. The test ends if one fails.
func (tab *Tab) Do(t testing.TB, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(tab, steps...); err != nil {
		t.Fatal(err)
	}
}

// Follow clicks the first element that matches the CSS selector, and waits for
// the page that it leads to.
func (tab *Tab) Follow(t testing.TB, selector string) {
	t.Helper()
	click := chromedp.Click(chromedp.CSS(selector))
	if _, err := chromedp.Run(tab, chromedp.WaitEvent(page.LoadEventFired, nil, click)); err != nil {
		t.Fatalf("follow %s: %v", selector, err)
	}
}

// Fill replaces the value of the first field that matches the CSS selector.
// Unlike chromedp.SetValue, it does not need scripts.
func (tab *Tab) Fill(t testing.TB, selector, value string) {
	t.Helper()
	selectAll := func(key *input.DispatchKeyEventParams) { key.Commands = []string{"selectAll"} }
	tab.Do(t,
		chromedp.Focus(chromedp.CSS(selector)),
		chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl), selectAll),
		chromedp.SendKeys(chromedp.CSS(selector), value),
	)
}

// Text returns the visible text of the first element that matches the CSS
// selector.
func (tab *Tab) Text(t testing.TB, selector string) string {
	t.Helper()
	text, err := chromedp.Run(tab, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		t.Fatalf("the text of %s: %v", selector, err)
	}
	return strings.TrimSpace(text)
}

// Complaints returns the problems that the browser has reported so far:
// exceptions, errors in the console, and violations of a page's policy.
// Unsuccessful statuses are not among them.
func (tab *Tab) Complaints() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.complaints)
}

// listen handles the browser's events in order.
func (tab *Tab) listen(event any) {
	complaint := ""
	switch event := event.(type) {
	case *log.EventEntryAdded:
		if event.Entry.Source == log.EntrySourceNetwork || event.Entry.Level != log.EntryLevelError {
			return
		}
		complaint = event.Entry.Text
	case *runtime.EventExceptionThrown:
		complaint = event.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		if event.Type != runtime.ConsoleAPICalledTypeError {
			return
		}
		for _, argument := range event.Args {
			complaint += string(argument.Value)
		}
	default:
		return
	}
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.complaints = append(tab.complaints, complaint)
}

// Screenshot writes a picture of the whole page to name.png in the directory
// that ALTA_TEST_SCREENSHOTS names. If the variable is not set, it does
// nothing.
func Screenshot(t testing.TB, ctx context.Context, name string) {
	t.Helper()
	const lossless = 100 // the quality at which chromedp makes a PNG
	picture(t, ctx, name, chromedp.FullScreenshot(lossless))
}

// View is like Screenshot, but only of the visible part, for pages that are too
// long.
func View(t testing.TB, ctx context.Context, name string) {
	t.Helper()
	picture(t, ctx, name, chromedp.CaptureScreenshot())
}

func picture(t testing.TB, ctx context.Context, name string, take chromedp.Action[[]byte]) {
	t.Helper()
	dir := os.Getenv(screenshots)
	if dir == "" {
		return
	}
	image, err := chromedp.Run(ctx, take)
	if err != nil {
		t.Fatalf("screenshot %s: %v", name, err)
	}
	path := filepath.Join(dir, name+".png")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, image, 0o644); err != nil {
		t.Fatal(err)
	}
}
