package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// TestPictures takes the pictures of the README from a running server, and keeps
// them if somebody wants them, as CONTRIBUTING.md says.
func TestPictures(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL)
	d := s.developer(t, databaseURL, "ada@example.com")
	spendForAMonth(t, databaseURL, d.email)
	v := visitor{s, browser.Start(t, browser.Size(1280, 800))}
	v.open(t, "/account")
	v.submit(t, map[string]string{"email": d.email, "password": password})
	v.views(t, "account", "Account")
	v.open(t, "/docs/sandbox/get-api-v1-sandbox")
	v.views(t, "operation", "Make a billed test call")
	if got := v.tab.Complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// views keeps a picture of what the window shows, and holds the page to its heading.
func (v visitor) views(t *testing.T, name, heading string) {
	t.Helper()
	// The toast of a log-in would cover the page.
	v.tab.Do(t, chromedp.Reload())
	browser.View(t, v.tab, name)
	if got := v.tab.Text(t, "h1"); got != heading {
		t.Errorf("%s: the heading is %q, want %q", name, got, heading)
	}
}

// spendForAMonth charges calls on each of the last thirty days, more of them on
// weekdays, as a ledger whose clock is moved along does.
func spendForAMonth(t *testing.T, databaseURL, email string) {
	t.Helper()
	clock := testkit.NewClock(time.Now())
	r, err := repo.Open(t.Context(), databaseURL, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	user, err := r.UserByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	ledger := meter.NewLedger(r, clock.Now, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ledger.Run(ctx)
	}()
	defer func() {
		stop()
		<-ended
	}()
	for day := -29; day <= 0; day++ {
		clock.Set(time.Now().AddDate(0, 0, day))
		calls := 9 + (day*day*7+day*3+300)%17
		if weekday := clock.Now().Weekday(); weekday == time.Saturday || weekday == time.Sunday {
			calls /= 3
		}
		for i := range calls {
			endpoint, cost := "GET /api/accounts", int64(1)
			switch {
			case i%9 == 4:
				endpoint, cost = "GET /api/reports/dashboard", 5
			case i%3 == 0:
				endpoint = "POST /api/transactions"
			}
			debit := meter.Debit{UserID: user.ID, Cost: cost, Endpoint: endpoint, RequestID: fmt.Sprintf("%d %d", day, i)}
			if _, err := ledger.Charge(context.Background(), debit); err != nil {
				t.Fatal(err)
			}
		}
	}
}
