package mailbox_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/site"
	"example.com/alta/internal/site/mailbox"
	"example.com/alta/internal/site/pagetest"
)

func TestMailboxInABrowser(t *testing.T) {
	for _, look := range pagetest.Looks {
		t.Run(look.Name, func(t *testing.T) {
			box := mailboxOf()
			api := http.NotFoundHandler() // the page behind the link asks whose sign-up it is
			server := httptest.NewServer(site.New(site.Config{Mailbox: box, API: api}))
			t.Cleanup(server.Close)
			tab := browser.Start(t, append(look.Options, browser.WithoutScripts())...)
			walkMailbox(&pagetest.Walk{T: t, Tab: tab, Look: look.Name, URL: server.URL}, box)
			if got := tab.Complaints(); len(got) > 0 {
				t.Errorf("the browser complains: %q", got)
			}
		})
	}
}

func walkMailbox(w *pagetest.Walk, box *fakeMailbox) {
	w.Open("/dev/mailbox")
	w.Sees("mailbox-empty")
	other := verification
	other.Name, other.Subject, other.To, other.Date = "2.eml", "Reset your password", "maria.fernanda.gutierrez@universidad.example.com", other.Date.Add(-60e9)
	box.mails = map[string]mailbox.Mail{verification.Name: verification, hostile.Name: hostile, other.Name: other}
	w.Open("/dev/mailbox")
	w.Sees("mailbox")
	w.Open(hostile.Path())
	w.Sees("mail-hostile")
	w.Open("/dev/mailbox/" + verification.Name)
	w.Sees("mail")
	w.Tab.Do(w.T, chromedp.ScrollIntoView(chromedp.CSS("iframe")))
	followInFrame(w, "/verify-email?token=abc")
}

// followInFrame clicks the link that fills the mail's frame. The browser shows
// the frame in a process of its own, and loses clicks on it until it knows
// where that is; nothing tells when it does.
func followInFrame(w *pagetest.Walk, path string) {
	w.T.Helper()
	const middle = `(({x, y, width, height}) => [x + width / 2, y + height / 2])(document.querySelector("iframe").getBoundingClientRect())`
	for try := 0; ; try++ {
		at, err := chromedp.Run(w.Tab, chromedp.Location())
		if err != nil {
			w.T.Fatalf("the link in the frame leads nowhere: %v", err)
		}
		if at == w.URL+path {
			return
		}
		if try%20 == 0 {
			center, err := chromedp.Run(w.Tab, chromedp.Evaluate[[]float64](middle))
			if err != nil || len(center) != 2 {
				w.T.Fatalf("the frame is at %v, %v", center, err)
			}
			w.Tab.Do(w.T, chromedp.MouseClickXY(center[0], center[1]))
		}
		w.Tab.Do(w.T, chromedp.Sleep(50*time.Millisecond))
	}
}
