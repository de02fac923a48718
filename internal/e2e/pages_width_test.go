package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/testdb"
)

// brokenNumbers returns the width of the page, the amounts that stand on more than one
// line, and those that leave the frame around them, and names that are squeezed into a column.
const brokenNumbers = `(() => {
	const broken = [], outside = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node; node = walker.nextNode()) {
		for (const found of node.data.matchAll(/[+−]?\d[\d.,]{4,}(\u00a0[A-Z]{3})?/g)) {
			const range = document.createRange();
			range.setStart(node, found.index);
			range.setEnd(node, found.index + found[0].length);
			const boxes = [...range.getClientRects()].filter((r) => r.width > 0);
			if (new Set(boxes.map((r) => Math.round(r.top))).size > 1) broken.push(found[0]);
			const frame = node.parentElement.closest("li, dl, main"), right = frame.getBoundingClientRect().right - parseFloat(getComputedStyle(frame).paddingRight);
			if (boxes.some((r) => r.right > right + 1)) outside.push(found[0]);
		}
	}
	const thin = [...document.querySelectorAll(".name, .what a")].filter((name) => name.textContent.length > 40 && name.getBoundingClientRect().width < 80).length;
	return JSON.stringify({width: document.documentElement.scrollWidth, broken, outside, thin});
})()`

// TestLargeAmountsOnPages: with amounts of thirteen digits before the point, sums beyond
// that, and names without a blank, of sixty characters or as many as they may have, no
// page about money is wider than its window, down to 320 pixels (WCAG 1.4.10). No amount
// is broken or leaves its frame, in either language.
func TestLargeAmountsOnPages(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.SQLite(t))
	p := appUser{visitor: visitor{s, browser.Start(t)}}
	p.signUp(t)
	p.live(t, "UTC")
	paths := p.ownMuch(t)
	for _, look := range []struct {
		language string
		width    int64
	}{{"es", 320}, {"en", 320}, {"en", 390}, {"es", 700}, {"en", 1280}} {
		p.tab.Do(t, browser.Language(look.language), browser.Size(look.width, 800))
		for _, path := range paths {
			p.open(t, path)
			page := strings.ReplaceAll(strings.SplitN(path, "?", 2)[0], "/", "-")
			browser.Screenshot(t, p.tab, fmt.Sprintf("large-%s-%d%s", look.language, look.width, page))
			raw, err := chromedp.Run(p.tab, chromedp.Evaluate[string](brokenNumbers))
			var found struct {
				Width, Thin     int
				Broken, Outside []string
			}
			if err == nil {
				err = json.Unmarshal([]byte(raw), &found)
			}
			if err != nil || int64(found.Width) > look.width || len(found.Broken)+len(found.Outside)+found.Thin > 0 {
				t.Errorf("%s in %s is %d of %d pixels wide, breaks %q, has %q outside its frame, and squeezes %d names, %v",
					path, look.language, found.Width, look.width, found.Broken, found.Outside, found.Thin, err)
			}
		}
	}
}

// ownMuch gives the person the largest amounts and the longest names, and returns the
// paths of all pages about money.
func (p *appUser) ownMuch(t *testing.T) (paths []string) {
	t.Helper()
	const most = "9999999999999.99"
	long := func(first string) string { return first + strings.Repeat("W", 59) }
	id := func(method, path, body string) string {
		var made struct{ ID string }
		if err := json.Unmarshal([]byte(p.call(t, 201, method, path, body, p.cookie).body), &made); err != nil {
			t.Fatal(err)
		}
		return made.ID
	}
	category := id("POST", "/api/categories", fmt.Sprintf(`{"name":%q,"type":"BOTH"}`, long("A")[:50]))
	child := id("POST", "/api/categories", fmt.Sprintf(`{"name":%q,"type":"EXPENSE","parentId":%q}`, long("B")[:50], category))
	var accounts []string
	for _, name := range []string{"C", "D"} {
		account := id("POST", "/api/accounts", fmt.Sprintf(`{"name":%q,"type":"SAVINGS","currency":"USD","targetAmount":99999999.99,"targetDate":"2027-12-31"}`, long(name)))
		accounts = append(accounts, account)
		p.call(t, 200, "POST", "/api/accounts/"+account+"/deposit", `{"amount":`+most+`}`, p.cookie)
	}
	spent := id("POST", "/api/transactions", fmt.Sprintf(`{"type":"EXPENSE","amount":%s,"accountId":%q,"categoryId":%q,"description":%q}`, most, accounts[0], category, long("E")))
	id("POST", "/api/transactions", fmt.Sprintf(`{"type":"INCOME","amount":%s,"accountId":%q,"categoryId":%q}`, most, accounts[0], category))
	id("POST", "/api/transactions", fmt.Sprintf(`{"type":"EXPENSE","amount":%s,"accountId":%q,"categoryId":%q}`, most, accounts[1], child))
	id("POST", "/api/transactions", fmt.Sprintf(`{"type":"INCOME","amount":%s,"accountId":%q}`, most, accounts[1]))
	p.call(t, 200, "POST", "/api/accounts/transfer", fmt.Sprintf(`{"fromAccountId":%q,"toAccountId":%q,"amount":100}`, accounts[0], p.wallet(t)), p.cookie)
	now := time.Now().UTC()
	month := fmt.Sprintf(`"month":%d,"year":%d`, now.Month(), now.Year())
	budget := id("POST", "/api/budgets", fmt.Sprintf(`{"amount":99999999.99,"categoryId":%q,%s}`, category, month))
	id("POST", "/api/budgets", fmt.Sprintf(`{"amount":9999999.99,"categoryId":%q,%s}`, child, month))
	return []string{
		"/app", "/app?accountId=" + accounts[0], "/app/add", "/app/transactions", "/app/transactions/" + spent, "/app/accounts",
		"/app/accounts/" + accounts[0], "/app/accounts/" + accounts[0] + "/deposit", "/app/transfer", "/app/categories",
		"/app/categories/" + child, "/app/budgets", "/app/budgets/" + budget, "/account", "/account/profile", "/account/notifications",
	}
}

// wallet returns the id of the person's first account.
func (p *appUser) wallet(t *testing.T) string {
	t.Helper()
	var accounts []struct{ ID string }
	if err := json.Unmarshal([]byte(p.call(t, 200, "GET", "/api/accounts", "", p.cookie).body), &accounts); err != nil {
		t.Fatal(err)
	}
	return accounts[0].ID
}
