package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/testdb"
)

// TestDaysInABrowser: what a person enters on a day is on that day on each page, wherever
// the person moves, and the overview of a month shows the month, newest entry first.
func TestDaysInABrowser(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.SQLite(t))
	p := appUser{visitor: visitor{s, browser.Start(t)}}
	p.signUp(t)
	p.live(t, "Europe/Madrid")
	for _, what := range []string{"Rent", "Groceries", "Cinema"} {
		p.open(t, "/app/add")
		p.choose(t, "type", "Income")
		p.setDate(t, "2024-03-01")
		p.tab.Fill(t, "#amount", "10")
		p.tab.Fill(t, "#description", what)
		p.tab.Follow(t, "main form[method=post] > button")
		p.shows(t, "Transaction added")
	}
	for _, zone := range []string{"Europe/Madrid", "America/Mexico_City", "Pacific/Kiritimati", "Pacific/Honolulu"} {
		p.live(t, zone)
		p.open(t, "/app?month=3&year=2024")
		p.sees(t, "app-other-month", "March 2024")
		p.shows(t, "Latest transactions of the month", "30.00 USD", "“Available now” is as of today", "Balances as of today")
		p.hasRows(t, "Cinema 1 Mar 2024", "Groceries 1 Mar 2024", "Rent 1 Mar 2024")
		p.follow(t, "All transactions of the month")
		p.hasRows(t, "Cinema 1 Mar 2024", "Groceries 1 Mar 2024", "Rent 1 Mar 2024")
		p.follow(t, "Rent")
		if got, err := chromedp.Run(p.tab, chromedp.Evaluate[string](`document.querySelector("#date").value`)); err != nil || got != "2024-03-01" {
			t.Errorf("in %s the form has %s, %v", zone, got, err)
		}
		p.open(t, "/app?month=2&year=2024")
		p.sees(t, "app-empty-month", "February 2024")
		p.shows(t, "No transactions this month.")
	}
	if got := p.tab.Complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// live moves the person to the time zone.
func (p *appUser) live(t *testing.T, zone string) {
	t.Helper()
	p.call(t, 200, "PATCH", "/api/users/me", fmt.Sprintf(`{"timezone":%q}`, zone), p.cookie)
}

// setDate enters the date, which people pick from a calendar.
func (p *appUser) setDate(t *testing.T, day string) {
	t.Helper()
	p.tab.Do(t, chromedp.SetValue(chromedp.CSS("#date"), day))
}

// hasRows expects these titles and days in the list of transactions, and no others.
func (p *appUser) hasRows(t *testing.T, want ...string) {
	t.Helper()
	rows, err := chromedp.Run(p.tab, chromedp.Evaluate[[]string](`[...document.querySelectorAll(".ledger tbody tr")].map((row) =>
		row.querySelector(".what a").textContent + " " + row.querySelector(".time").textContent)`))
	if got := strings.ReplaceAll(strings.Join(rows, "\n"), "\u00a0", " "); err != nil || got != strings.Join(want, "\n") {
		t.Errorf("the list has %q, %v", got, err)
	}
}
