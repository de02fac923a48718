// Package browser gives tests a real browser: a headless Chromium.
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
	// variable names a Chromium. scripts/with-services finds one.
	variable = "ALTA_TEST_CHROMIUM"
	// screenshots names a directory. Where it is not set, none are taken.
	screenshots = "ALTA_TEST_SCREENSHOTS"
	// patience ends a test that waits for what never comes.
	patience = 2 * time.Minute
)

// Tab is a browser with one tab. It is the context that chromedp.Do and
// chromedp.Run take.
type Tab struct {
	context.Context
	mu         sync.Mutex
	complaints []string
}

// Start starts a browser, which is gone when the test ends. Where there is no
// Chromium the test is skipped, or fails when CI is true.
func Start(t testing.TB, options ...Option) *Tab {
	t.Helper()
	program := os.Getenv(variable)
	if program == "" {
		testkit.Missing(t, variable+" is not set: run `make test`, which finds a Chromium")
	}
	flags := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program),
		chromedp.NoSandbox, // Chromium has none for root, and shows the tests' own pages only
		chromedp.Env("HOME=" + t.TempDir()),
	})
	// The test's own context ends before its cleanups run, and would kill the
	// browser before it has tidied up.
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

// Do runs the steps. The test ends when one fails.
func (tab *Tab) Do(t testing.TB, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(tab, steps...); err != nil {
		t.Fatal(err)
	}
}

// Follow clicks what the CSS selector finds first, and waits for the page that
// it leads to.
func (tab *Tab) Follow(t testing.TB, selector string) {
	t.Helper()
	click := chromedp.Click(chromedp.CSS(selector))
	if _, err := chromedp.Run(tab, chromedp.WaitEvent(page.LoadEventFired, nil, click)); err != nil {
		t.Fatalf("follow %s: %v", selector, err)
	}
}

// Fill types the value into the field that the CSS selector finds first, in
// place of what is there. It needs no scripts, and chromedp.SetValue does.
func (tab *Tab) Fill(t testing.TB, selector, value string) {
	t.Helper()
	selectAll := func(key *input.DispatchKeyEventParams) { key.Commands = []string{"selectAll"} }
	tab.Do(t,
		chromedp.Focus(chromedp.CSS(selector)),
		chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl), selectAll),
		chromedp.SendKeys(chromedp.CSS(selector), value),
	)
}

// Text returns the text, as it is shown, of what the CSS selector finds first.
func (tab *Tab) Text(t testing.TB, selector string) string {
	t.Helper()
	text, err := chromedp.Run(tab, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		t.Fatalf("the text of %s: %v", selector, err)
	}
	return strings.TrimSpace(text)
}

// Complaints returns what the browser has found wrong so far: exceptions,
// errors in the console, and what a page's policy forbade. That an answer's
// status is no success is not among them.
func (tab *Tab) Complaints() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.complaints)
}

// listen is called in the order in which the browser tells of events.
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

// Screenshot writes the whole of the page as name.png into the directory that
// ALTA_TEST_SCREENSHOTS names. Where it is not set, nothing happens.
func Screenshot(t testing.TB, ctx context.Context, name string) {
	t.Helper()
	const lossless = 100 // the quality at which the image is a PNG
	picture(t, ctx, name, chromedp.FullScreenshot(lossless))
}

// View is a Screenshot of what the window shows, for pages that are too long to
// be taken as a whole.
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
