package site

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/problem"
)

// TestOpeningBalanceIsAskedFor: the form of a new transaction asks for what an empty
// account held before, unless every account has money or may go below zero.
func TestOpeningBalanceIsAskedFor(t *testing.T) {
	for _, test := range []struct {
		name, kind, balance, more string
		asked                     bool
	}{
		{"empty", "WALLET", "0", "false", true},
		{"with money", "WALLET", "0.01", "false", false},
		{"in debt", "WALLET", "-5", "true", false},
		{"below zero allowed", "WALLET", "0", "true", false},
		{"credit card", "CREDIT_CARD", "0", "false", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := moneyAPI()
			account := fakeAccount(walletID, "Billetera", test.kind, "ARS", test.balance, noGoal+`,"allowNegative":`+test.more, "true")
			api.on("GET "+apiAccounts, 200, "["+account+"]")
			page := get(moneySite(api), "GET", pathAdd, signedInCookie).Body.String()
			if got := strings.Contains(page, `id="openingBalance"`); got != test.asked {
				t.Errorf("asks for the opening balance: %t, want %t", got, test.asked)
			}
		})
	}
}

// TestOpeningBalanceIsSent: the opening balance goes along with the transaction, and
// what is wrong with it is said at its field.
func TestOpeningBalanceIsSent(t *testing.T) {
	api := emptyAPI()
	api.on("POST "+apiTransactions, 201, purchase)
	form := with(sale, "categoryId", "", "openingBalance", "2,000.5")
	seeOther(t, post(moneySite(api), pathAdd, form, append(fromHere, "Accept-Language: en")...), "/app?done=transaction-added")
	if body := lastCall(t, api, "POST").body; !strings.Contains(body, `"openingBalance":2000.5`) {
		t.Errorf("the API was sent %s", body)
	}
	api.on("POST "+apiTransactions, 400, `{"statusCode":400,"message":"`+problem.ErrAccountNotEmpty.App.Text+`","error":"Bad Request","code":"account_not_empty"}`)
	contains(t, post(moneySite(api), pathAdd, form, append(fromHere, "Accept-Language: en")...), 400, `id="openingBalance-error"`, "The account is not empty")
}

// TestOpeningBalanceInABrowser: the field is there for an expense from an empty account
// only.
func TestOpeningBalanceInABrowser(t *testing.T) {
	api := moneyAPI()
	api.on("GET "+apiAccounts, 200, "["+fakeAccount(walletID, "Billetera", "WALLET", "ARS", "0", noGoal, "true")+
		","+fakeAccount(savingsID, "Ahorros", "SAVINGS", "ARS", "100", noGoal, "false")+"]")
	server := signedIn(t, moneySite(api))
	tab := browser.Start(t)
	tab.Do(t, chromedp.Navigate(server.URL+pathAdd))
	expect := func(when string, want bool) {
		t.Helper()
		const visible = `document.querySelector("#openingBalance").checkVisibility() && !document.querySelector("#openingBalance").disabled`
		if got, err := chromedp.Run(tab, chromedp.Evaluate[bool](visible)); err != nil || got != want {
			t.Errorf("%s: the field can be filled in: %t, want %t: %v", when, got, want, err)
		}
	}
	change := func(script string) {
		t.Helper()
		tab.Do(t, chromedp.Evaluate[chromedp.Void](script))
	}
	expect("an expense from an empty account", true)
	change(`document.querySelector("input[name=type][value=INCOME]").click()`)
	expect("income", false)
	change(`document.querySelector("input[name=type][value=EXPENSE]").click()`)
	expect("an expense again", true)
	change(`(s => { s.value = "` + savingsID + `"; s.dispatchEvent(new Event("change")); })(document.querySelector("#accountId"))`)
	expect("an account with money", false)
	if got := tab.Complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}
