package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/testdb"
)

// appUser is a person with a browser who has signed up at the app door.
type appUser struct {
	visitor
	cookie string
}

// TestMoneyPagesInABrowser is what a person does every month, from the first deposit
// on, and what is refused.
func TestMoneyPagesInABrowser(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.SQLite(t))
	p := appUser{visitor: visitor{s, browser.Start(t)}}
	p.signUp(t)
	p.firstSteps(t)
	p.wrongInput(t)
	p.budget(t)
	p.transfer(t)
	p.sentTwice(t)
	p.deletes(t)
	if got := p.tab.Complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

func (p *appUser) signUp(t *testing.T) {
	t.Helper()
	p.open(t, "/app")
	p.sees(t, "app-login", "Log in")
	p.open(t, "/register")
	for field, value := range map[string]string{"firstName": "John", "lastName": "Doe", "email": "john.doe@example.com", "password": password} {
		p.tab.Fill(t, "#"+field, value)
	}
	p.tab.Do(t, chromedp.SetValue(chromedp.CSS("#currency"), "USD"))
	p.tab.Follow(t, "main form > button")
	p.sees(t, "app-welcome", "Welcome, John")
	session := p.call(t, 200, "POST", "/api/auth/login", credentials("john.doe@example.com", password)).token(t)
	p.cookie = "Cookie: alta=" + session
}

// fill fills in fields, by name, and sends the form. It expects a page with the
// heading and the texts.
func (p *appUser) fill(t *testing.T, name, heading string, values map[string]string, want ...string) {
	t.Helper()
	for _, field := range slices.Backward(slices.Sorted(maps.Keys(values))) { // the type first: the categories go by it
		switch field {
		case "categoryId", "type":
			p.choose(t, field, values[field])
		default:
			p.tab.Fill(t, "#"+field, values[field])
		}
	}
	p.tab.Follow(t, "main form[method=post] > button")
	p.sees(t, name, heading)
	p.shows(t, want...)
}

// choose selects the option whose text begins with the words.
func (p *appUser) choose(t *testing.T, field, words string) {
	t.Helper()
	script := fmt.Sprintf(`(() => {
		const radio = [...document.querySelectorAll("input[type=radio][name=%[1]s]")].find((one) => one.parentElement.textContent === %[2]q);
		if (radio) { radio.click(); return true; }
		const option = [...document.querySelector("#%[1]s").options].find((one) => one.textContent.startsWith(%[2]q));
		if (option) option.selected = true;
		return !!option;
	})()`, field, words)
	if found, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](script)); err != nil || !found {
		t.Fatalf("%s offers no %s: %v", field, words, err)
	}
}

// shows expects the texts on the page, toasts included.
func (p *appUser) shows(t *testing.T, want ...string) {
	t.Helper()
	page := strings.ReplaceAll(p.tab.Text(t, "body"), "\u00a0", " ")
	for _, text := range want {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q:\n%s", text, page)
		}
	}
}

// follow clicks the first link of the page that has the words.
func (p *appUser) follow(t *testing.T, words string) {
	t.Helper()
	mark := fmt.Sprintf(`[...document.querySelectorAll("main a")].find((a) => a.textContent.startsWith(%q)).id = "followed"`, words)
	p.tab.Do(t, chromedp.Evaluate[chromedp.Void](mark))
	p.tab.Follow(t, "#followed")
}

// firstSteps follows the links of the welcome page.
func (p *appUser) firstSteps(t *testing.T) {
	t.Helper()
	p.follow(t, "Add money")
	p.sees(t, "app-deposit", "Add money")
	p.fill(t, "app-deposited", "Accounts", map[string]string{"amount": "1,000.50"}, "Money added", "1,000.50 USD")
	p.open(t, "/app/add")
	p.shows(t, "Groceries")
	p.choose(t, "type", "Income")
	if page := p.tab.Text(t, "#categoryId"); strings.Contains(page, "Groceries") || !strings.Contains(page, "Monthly Salary") {
		t.Errorf("income has the categories %q", page)
	}
	p.fill(t, "app-expense", p.month(t), map[string]string{
		"type": "Expense", "amount": "80", "categoryId": "Groceries", "description": "Weekly <b>shopping</b>",
	}, "Transaction added", "Weekly <b>shopping</b>", "920.50 USD", "Food")
}

// month returns the overview's heading: the month by the server's clock, not the
// test's.
func (p *appUser) month(t *testing.T) string {
	t.Helper()
	page := p.call(t, 200, "GET", "/app/budgets", "", p.cookie, "Accept-Language: en").body
	found := regexp.MustCompile(`<h1>([^<]+)</h1>`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("the budgets have no month:\n%s", page)
	}
	return found[1]
}

func (p *appUser) wrongInput(t *testing.T) {
	t.Helper()
	p.open(t, "/app/add")
	for amount, says := range map[string]string{
		"1.234":  "This amount is ambiguous",
		"ten":    "Enter an amount such as 1,234.56",
		"0":      "must be more than 0",
		"950.01": "not enough money in the account. It has 920.50",
	} {
		p.fill(t, "app-wrong", "Add a transaction", map[string]string{"amount": amount, "description": "Kept"}, says, "Check the marked fields")
		p.kept(t, "amount", amount)
		p.kept(t, "description", "Kept")
	}
}

// kept expects the field to have kept its value.
func (p *appUser) kept(t *testing.T, field, want string) {
	t.Helper()
	got, err := chromedp.Run(p.tab, chromedp.Evaluate[string](fmt.Sprintf(`document.getElementById(%q).value`, field)))
	if err != nil || got != want {
		t.Errorf("%s has %q, want %q: %v", field, got, want, err)
	}
}

// budget plans 100 for a category in which 80 are spent: the page warns.
func (p *appUser) budget(t *testing.T) {
	t.Helper()
	p.open(t, "/app/budgets")
	p.fill(t, "app-budget", p.month(t), map[string]string{"categoryId": "Groceries", "amount": "100"},
		"Budget set", "80.00 USD of 100.00 USD", "Nearly used up", "20.00 USD left")
	p.fill(t, "app-budget-taken", p.month(t), map[string]string{"categoryId": "Groceries", "amount": "90"}, "already has a budget this month")
	p.open(t, "/app/budgets")
	p.follow(t, "Groceries")
	p.fill(t, "app-budget-changed", p.month(t), map[string]string{"amount": "70"}, "Saved", "Over budget", "10.00 USD over")
	p.open(t, "/app")
	p.shows(t, "Over budget", "10.00 USD over")
}

func (p *appUser) transfer(t *testing.T) {
	t.Helper()
	p.open(t, "/app/accounts")
	p.fill(t, "app-account-created", "Accounts", map[string]string{"name": "Vacaciones", "type": "Savings", "targetAmount": "500"},
		"Account created", "0% of 500.00 USD")
	p.open(t, "/app/transfer")
	p.fill(t, "app-transfer-short", "Transfer", map[string]string{"amount": "2000"}, "not enough money in the account.")
	p.fill(t, "app-transfer", "Accounts", map[string]string{"amount": "250"}, "Transfer done", "670.50 USD", "50% of 500.00 USD")
	p.open(t, "/app/transactions?type=INCOME")
	if page := p.tab.Text(t, ".ledger"); strings.Contains(page, "Vacaciones") || strings.Contains(page, "250.00") {
		t.Errorf("a transfer is shown as income: %s", page)
	}
	p.open(t, "/app/transactions?type=TRANSFER")
	p.sees(t, "app-transfer-row", "Transactions")
	p.shows(t, "250.00 USD", "→ Vacaciones", "1 transaction")
	p.tab.Follow(t, ".ledger a")
	p.shows(t, "Only the description of a transfer can be changed")
	p.fill(t, "app-transfer-described", "Transactions", map[string]string{"description": "For Iceland"}, "For Iceland", "→ Vacaciones")
}

// sentTwice sends one form twice, as a double click does.
func (p *appUser) sentTwice(t *testing.T) {
	t.Helper()
	page := p.call(t, 200, "GET", "/app/add", "", p.cookie).body
	key := regexp.MustCompile(`name="idempotency" value="([^"]+)"`).FindStringSubmatch(page)
	account := regexp.MustCompile(`<select id="accountId"[^>]*>\s*<option value="([^"]+)"`).FindStringSubmatch(page)
	if key == nil || account == nil {
		t.Fatalf("the form lacks a key or an account:\n%s", page)
	}
	form := url.Values{
		"idempotency": {key[1]}, "type": {"EXPENSE"}, "amount": {"1,5"}, "accountId": {account[1]}, "categoryId": {""},
		"date": {"2026-03-05"}, "description": {"Sent twice"},
	}
	send := func(status int) answer {
		return p.call(t, status, "POST", "/app/add", form.Encode(), p.cookie, "Content-Type: application/x-www-form-urlencoded", "Origin: "+p.url, "Accept-Language: en")
	}
	if got := send(303).header.Get("Location"); got != "/app?done=transaction-added" {
		t.Errorf("the form leads to %q", got)
	}
	if again := send(200).body; !strings.Contains(again, "This was added before. Nothing was added now.") || strings.Contains(again, "Transaction added") {
		t.Errorf("a form that was sent twice says\n%s", again)
	}
	var found struct {
		Data []struct {
			Amount json.Number
			Date   string
		}
	}
	body := p.call(t, 200, "GET", "/api/transactions?search=Sent+twice", "", p.cookie).body
	if err := json.Unmarshal([]byte(body), &found); err != nil || len(found.Data) != 1 || found.Data[0].Amount != "1.5" {
		t.Errorf("a form that was sent twice makes %s, %v", body, err)
	}
	form.Set("amount", "2")
	changed := send(400)
	if !strings.Contains(changed.body, "This form was already sent with other values") {
		t.Errorf("another amount with the old key: %s", changed.body)
	}
}

func (p *appUser) deletes(t *testing.T) {
	t.Helper()
	p.open(t, "/app/transactions?search=weekly")
	p.tab.Follow(t, ".ledger a")
	p.confirm(t, "app-transaction-deleted", "Transactions", "Transaction deleted and balance restored")
	p.open(t, "/app/categories")
	p.follow(t, "Food")
	p.confirm(t, "app-category-deleted", "Categories", "Category deleted", "subcategories were deleted with it")
	p.open(t, "/app/accounts")
	p.follow(t, "Vacaciones")
	p.confirm(t, "app-account-deleted", "Accounts", "Account deleted")
	if page := p.tab.Text(t, "main .accounts"); strings.Contains(page, "Vacaciones") {
		t.Errorf("the account is there still: %s", page)
	}
}

// confirm deletes the page's item, which takes two presses.
func (p *appUser) confirm(t *testing.T, name, heading string, want ...string) {
	t.Helper()
	p.tab.Do(t, chromedp.Click(chromedp.CSS(".confirm > summary")))
	browser.Screenshot(t, p.tab, name+"-ask")
	p.tab.Follow(t, ".confirm button")
	p.sees(t, name, heading)
	p.shows(t, want...)
}
