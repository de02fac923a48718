package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/testdb"
)

// newAppUser signs a new person up and logs their browser in.
func newAppUser(t *testing.T, s *server, email string, options ...browser.Option) *appUser {
	t.Helper()
	body := fmt.Sprintf(`{"email":%q,"password":%q,"firstName":"Ana","lastName":"Paz","currency":"USD"}`, email, password)
	session := s.call(t, 201, "POST", "/api/auth/register", body).token(t)
	p := &appUser{visitor: visitor{s, browser.Start(t, options...)}, cookie: "Cookie: alta=" + session}
	p.open(t, "/login")
	p.tab.Fill(t, "#email", email)
	p.tab.Fill(t, "#password", password)
	p.tab.Follow(t, "main form > button")
	return p
}

// get reads the API's answer to the person.
func (p *appUser) get(t *testing.T, path string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(p.call(t, 200, "GET", path, "", p.cookie).body), into); err != nil {
		t.Fatal(err)
	}
}

// change changes something by the API, as another tab or a phone does.
func (p *appUser) change(t *testing.T, status int, method, path, body string) (id string) {
	t.Helper()
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(p.call(t, status, method, path, body, p.cookie, "Origin: "+p.url).body), &made); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

type shownAccount struct{ ID, Name string }

func (p *appUser) accounts(t *testing.T) (list []shownAccount) {
	t.Helper()
	p.get(t, "/api/accounts", &list)
	return list
}

// save presses the button of the page's form.
func (p *appUser) save(t *testing.T, name, heading string, want ...string) {
	t.Helper()
	p.tab.Follow(t, "main form[method=post] > button")
	p.sees(t, name, heading)
	p.shows(t, want...)
}

// eachWay runs the test with the scripts of pages and without.
func eachWay(t *testing.T, run func(t *testing.T, p *appUser)) {
	s := start(t, testdb.SQLite(t))
	for name, options := range map[string][]browser.Option{"scripts": {}, "no scripts": {browser.WithoutScripts()}, "phone": {browser.Phone()}} {
		t.Run(name, func(t *testing.T) {
			p := newAppUser(t, s, strings.ReplaceAll(name, " ", ".")+"@example.com", options...)
			run(t, p)
			if got := p.tab.Complaints(); len(got) > 0 {
				t.Errorf("the browser complains: %q", got)
			}
		})
	}
}

// TestTwoTabs: a form that was opened before another change does not undo the change.
// If both changed one field, the page says so, keeps what was typed, and saves it when
// the person insists.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, p *appUser) {
		wallet := p.accounts(t)[0].ID
		p.change(t, 200, "POST", "/api/accounts/"+wallet+"/deposit", `{"amount":500}`)
		id := p.change(t, 201, "POST", "/api/transactions", fmt.Sprintf(`{"type":"EXPENSE","amount":10,"accountId":%q,"date":"2026-03-01","description":"lunch"}`, wallet))
		path := "/api/transactions/" + id
		type row struct {
			Amount      json.Number
			Description string
		}
		expect := func(want row) {
			t.Helper()
			var is row
			if p.get(t, path, &is); is != want {
				t.Errorf("the transaction is %v, want %v", is, want)
			}
		}
		p.open(t, "/app/transactions/"+id)
		p.change(t, 200, "PATCH", path, `{"amount":55}`)
		p.tab.Fill(t, "#description", "lunch with Bea")
		p.save(t, "tabs-merged", "Transactions", "Saved")
		expect(row{"55", "lunch with Bea"})

		p.open(t, "/app/transactions/"+id)
		p.change(t, 200, "PATCH", path, `{"amount":60,"description":"dinner"}`)
		p.tab.Fill(t, "#amount", "70")
		p.save(t, "tabs-conflict", "Edit transaction", "This has changed since you opened the page", "Changed in the meantime to: 60.00", "Changed in the meantime to: dinner", "Save my changes")
		p.kept(t, "amount", "70")
		p.kept(t, "description", "dinner")
		expect(row{"60", "dinner"})
		p.tab.Axe(t)
		p.save(t, "tabs-insisted", "Transactions", "Saved")
		expect(row{"70", "dinner"})

		p.open(t, "/app/transactions/"+id)
		p.change(t, 200, "PATCH", path, `{"amount":80}`)
		p.tab.Fill(t, "#amount", "90")
		p.tab.Follow(t, "main form[method=post] > button")
		p.tab.Follow(t, ".discard a")
		p.kept(t, "amount", "80.00")
		expect(row{"80", "dinner"})
	})
}

// TestTwoTabsElsewhere: accounts, categories, budgets and the profile are edited
// likewise.
func TestTwoTabsElsewhere(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, p *appUser) {
		account := p.change(t, 201, "POST", "/api/accounts", `{"name":"Trips","type":"SAVINGS","currency":"USD","targetAmount":100}`)
		category := p.change(t, 201, "POST", "/api/categories", `{"name":"Pets","type":"EXPENSE"}`)
		budget := p.change(t, 201, "POST", "/api/budgets", fmt.Sprintf(`{"categoryId":%q,"amount":50,"month":3,"year":2026}`, category))
		p.change(t, 200, "PATCH", "/api/users/me", `{"lastName":"Ruiz"}`)
		for _, test := range []struct {
			page, api, method     string
			field, typed          string // what is changed on the page
			other                 string // what is changed elsewhere: another field
			clash                 string // likewise: the same field
			both, lost, meanwhile string // parts of the API's answer after the first change; what the page says after the second
			saved                 string // heading of the page after saving
		}{
			{"/app/accounts/" + account, "/api/accounts/" + account, "PATCH", "#name", "Cars", `{"targetAmount":200}`, `{"name":"Boats"}`,
				`"name":"Cars"`, `"targetAmount":200`, "to: Boats", "Accounts"},
			{"/app/categories/" + category, "/api/categories/" + category, "PATCH", "#name", "Dogs", `{"isFixed":true}`, `{"name":"Cats"}`,
				`"name":"Dogs"`, `"isFixed":true`, "to: Cats", "Categories"},
			{"/app/budgets/" + budget + "?month=3&year=2026", "/api/budgets/" + budget, "PATCH", "#amount", "70", `{"year":2026}`, `{"amount":80}`,
				`"amount":70`, `"month":3`, "to: 80.00", "March 2026"},
			{"/account/profile", "/api/users/me", "PATCH", "#firstName", "Eva", `{"lastName":"Sanz"}`, `{"firstName":"Mia"}`,
				`"firstName":"Eva"`, `"lastName":"Sanz"`, "to: Mia", "Profile"},
		} {
			p.open(t, test.page)
			p.change(t, 200, test.method, test.api, test.other)
			p.tab.Fill(t, test.field, test.typed)
			p.tab.Follow(t, "main form[method=post] > button")
			_, way, _ := strings.Cut(t.Name(), "/")
			name := "tabs-" + way + "-" + strings.Split(test.page, "/")[2][:6]
			p.sees(t, name, test.saved)
			now := p.call(t, 200, "GET", test.api, "", p.cookie).body
			if !strings.Contains(now, test.both) || !strings.Contains(now, test.lost) {
				t.Errorf("%s: it is %s, want %s and %s", test.page, now, test.both, test.lost)
			}
			p.open(t, test.page)
			p.change(t, 200, test.method, test.api, test.clash)
			p.tab.Fill(t, test.field, test.typed+"x")
			p.tab.Follow(t, "main form[method=post] > button")
			p.shows(t, "This has changed since you opened the page", test.meanwhile)
			browser.Screenshot(t, p.tab, name+"-conflict")
			p.tab.Axe(t)
		}
	})
}

// TestSelectKeepsItsValue: saving the description of a transfer's arriving side keeps
// its category, which the form would not offer for income. So does a form whose category
// was deleted.
func TestSelectKeepsItsValue(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, p *appUser) {
		wallet := p.accounts(t)[0].ID
		p.change(t, 200, "POST", "/api/accounts/"+wallet+"/deposit", `{"amount":500}`)
		savings := p.change(t, 201, "POST", "/api/accounts", `{"name":"Sav","type":"SAVINGS","currency":"USD"}`)
		p.call(t, 200, "POST", "/api/accounts/transfer", fmt.Sprintf(`{"fromAccountId":%q,"toAccountId":%q,"amount":10}`, wallet, savings), p.cookie, "Origin: "+p.url)
		category := p.change(t, 201, "POST", "/api/categories", `{"name":"Pets","type":"EXPENSE"}`)
		expense := p.change(t, 201, "POST", "/api/transactions", fmt.Sprintf(`{"type":"EXPENSE","amount":10,"accountId":%q,"categoryId":%q}`, wallet, category))
		p.call(t, 200, "DELETE", "/api/categories/"+category, "", p.cookie, "Origin: "+p.url)
		type row struct {
			ID          string
			Description string
			Category    struct{ Name string }
		}
		var list struct{ Data []row }
		p.get(t, "/api/transactions?accountId="+savings, &list)
		for _, id := range []string{list.Data[0].ID, expense} {
			var before, after row
			p.get(t, "/api/transactions/"+id, &before)
			p.open(t, "/app/transactions/"+id)
			p.tab.Fill(t, "#description", "changed")
			p.save(t, "select-kept", "Transactions", "Saved")
			if p.get(t, "/api/transactions/"+id, &after); after.Description != "changed" || after.Category != before.Category || before.Category.Name == "" {
				t.Errorf("%v became %v", before, after)
			}
		}
	})
}

// TestBackAndAgain: a form that is sent again unchanged, from the page that Back leads
// to, adds nothing and says so. It adds it again when the person wants that.
func TestBackAndAgain(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.SQLite(t))
	p := newAppUser(t, s, "back@example.com")
	wallet := p.accounts(t)[0].ID
	p.change(t, 200, "POST", "/api/accounts/"+wallet+"/deposit", `{"amount":500}`)
	count := func() int {
		var list struct{ Data []any }
		p.get(t, "/api/transactions?search=coffee", &list)
		return len(list.Data)
	}
	fill := func() {
		t.Helper()
		p.open(t, "/app/add")
		p.tab.Fill(t, "#amount", "3")
		p.tab.Fill(t, "#description", "coffee")
	}
	fill()
	key, err := chromedp.Run(p.tab, chromedp.Evaluate[string](`document.querySelector("main [name=idempotency]").value`))
	if err != nil {
		t.Fatal(err)
	}
	p.tab.Follow(t, "main form[method=post] > button")
	p.shows(t, "Transaction added")
	fill() // and with its key it is the page that Back shows, from the browser's memory
	p.tab.Do(t, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector("main [name=idempotency]").value = %q`, key)))
	p.save(t, "back-again", "Add a transaction", "This was added before. Nothing was added now.", "Add it again")
	if n := count(); n != 1 {
		t.Errorf("there are %d coffees, want 1", n)
	}
	p.tab.Axe(t)
	p.tab.Follow(t, "main form[method=post] > button")
	p.shows(t, "Transaction added")
	if n := count(); n != 2 {
		t.Errorf("there are %d coffees, want 2", n)
	}
}
