package site

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
)

const ofTransferCategory = `"categoryId":"` + marketID + `","category":{"id":"` + marketID + `","name":"Transferencia","type":"EXPENSE","color":null,"icon":null,"isFixed":false}`

// arrival is the arriving side of a transfer from an account, or from a deleted one.
func arrival(account string) string {
	row := fakeTransaction(movedID, "INCOME", "500", `"Desde: Ahorros"`, ofWallet, ofTransferCategory)
	from := `"accountId":null,"accountName":null`
	if account != "" {
		from = `"accountId":"` + savingsID + `","accountName":"` + account + `"`
	}
	return strings.TrimSuffix(row, "}") + `,"transfer":{"id":"` + budgetID + `","direction":"INCOMING","transactionId":"` + purchaseID + `",` + from +
		`,"description":"Transferencia a: Billetera"}}`
}

// TestTransferIsOneRow: the arriving side of a transfer is shown as a transfer from one
// account to the other, not as income.
func TestTransferIsOneRow(t *testing.T) {
	for account, want := range map[string]string{"Ahorros": "Ahorros → Efectivo / Billetera", "": "deleted account → Efectivo / Billetera"} {
		api := moneyAPI()
		api.on("GET "+apiTransactions, 200, fakePage(false, arrival(account)))
		for _, path := range []string{pathApp, pathTransactions} {
			w := get(moneySite(api), "GET", path, signedInCookie, "Accept-Language: en")
			contains(t, w, 200, `<td class="where">`+want+`</td>`, `<td class="figure TRANSFER">500`)
			if strings.Contains(w.Body.String(), `figure INCOME`) {
				t.Errorf("%s shows a transfer as income", path)
			}
		}
	}
}

// TestTransferPage: of a transfer between two accounts, only the description can be
// changed, on either side. If the other account is gone, everything can.
func TestTransferPage(t *testing.T) {
	api := moneyAPI()
	path := pathTransactions + "/" + movedID
	api.on("GET "+apiTransactions+"/"+movedID, 200, arrival("Ahorros"))
	if page := get(moneySite(api), "GET", path, signedInCookie).Body.String(); strings.Contains(page, `id="amount"`) || !strings.Contains(page, `id="description"`) {
		t.Error("the arriving side of a transfer has fields that cannot be changed")
	}
	api.on("GET "+apiTransactions+"/"+movedID, 200, arrival(""))
	if page := get(moneySite(api), "GET", path, signedInCookie).Body.String(); !strings.Contains(page, `id="amount"`) || !strings.Contains(page, `name="delete"`) {
		t.Error("what is left of a transfer cannot be changed or deleted")
	}
}

// TestCategoryOfTransferStays: the form does not drop the category of what is left of a
// transfer, although the category is for another type.
func TestCategoryOfTransferStays(t *testing.T) {
	api := moneyAPI()
	api.on("GET "+apiTransactions+"/"+movedID, 200, arrival(""))
	tab := browser.Start(t)
	tab.Do(t, chromedp.Navigate(signedIn(t, moneySite(api)).URL+pathTransactions+"/"+movedID))
	got, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.querySelector("#categoryId").value`))
	if err != nil || got != marketID {
		t.Errorf("the category is %q, want %q: %v", got, marketID, err)
	}
}
