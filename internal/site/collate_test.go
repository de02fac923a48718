package site

import (
	"strings"
	"testing"

	"example.com/alta/gen"
)

// TestNamesAreSorted: names come as in a dictionary of the reader's language, and the
// default account first.
func TestNamesAreSorted(t *testing.T) {
	for language, want := range map[string]string{
		"es": "alquiler Ángel nube Ñandú ñu Óptica Otros zapato", // ñ is a letter after n
		"en": "alquiler Ángel Ñandú ñu nube Óptica Otros zapato",
	} {
		w := &workspace{text: texts[language]}
		for _, name := range []string{"zapato", "Otros", "Óptica", "ñu", "nube", "Ñandú", "Ángel", "alquiler"} {
			w.categories = append(w.categories, gen.Category{Name: name})
			w.accounts = append(w.accounts, gen.Account{Name: name, IsDefault: name == "nube"})
		}
		w.sortAccounts()
		w.sortCategories()
		var names []string
		for _, category := range w.categories {
			names = append(names, category.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("in %s: %s, want %s", language, got, want)
		}
		if w.accounts[0].Name != "nube" || w.accounts[1].Name != "alquiler" {
			t.Errorf("the accounts begin with %s, %s", w.accounts[0].Name, w.accounts[1].Name)
		}
	}
}

// TestPageAfterTheLast: a page after the last one says how many transactions there are,
// and leads back.
func TestPageAfterTheLast(t *testing.T) {
	api := moneyAPI()
	api.on("GET "+apiTransactions, 200, `{"data":[],"meta":{"page":9,"limit":20,"total":57,"totalPages":3,"hasNextPage":false,"hasPreviousPage":true}}`)
	s := moneySite(api)
	w := get(s, "GET", "/app/transactions?page=9&search=x", fromHere...)
	contains(t, w, 200, "There are 57 transactions.", `href="/app/transactions?page=3&amp;search=x"`, "To the last page")
	lacks(t, w, "page 9 of 3")
	contains(t, get(s, "GET", "/app/transactions?page=9", append([]string{"Accept-Language: es"}, fromHere...)...), 200, "Hay 57 movimientos.", "Ir a la última página")
}

// TestSearchesAreTrimmed: blanks around a search are not searched for.
func TestSearchesAreTrimmed(t *testing.T) {
	api := moneyAPI()
	s := moneySite(api)
	api.asked()
	get(s, "GET", "/app/transactions?search=+caf%C3%A9+", fromHere...)
	for _, call := range api.asked() {
		if call.URL.Path == apiTransactions && call.URL.Query().Get("search") != "café" {
			t.Errorf("the API was asked for %q", call.URL.Query().Get("search"))
		}
	}
}

// TestBarsAreShares: a bar's length is its share of all expenses, and expenses without
// a category have words of their own.
func TestBarsAreShares(t *testing.T) {
	chart := english.makeSpending([]gen.CategoryShare{
		{CategoryName: "Food", Total: "60"}, {CategoryName: "Otros", Total: "30"}, {CategoryName: "No category", Total: "10"},
	}, "ARS")
	for i, want := range []float64{60, 30, 10} {
		if got := chart[i].Width; got < want-0.001 || got > want+0.001 {
			t.Errorf("%s is %v of the track, want %v", chart[i].Name, got, want)
		}
	}
	api := moneyAPI()
	s := moneySite(api)
	api.asked()
	get(s, "GET", "/app", append([]string{"Accept-Language: es"}, fromHere...)...)
	asked := false
	for _, call := range api.asked() {
		asked = asked || call.URL.Path == apiDashboard && call.URL.Query().Get("uncategorized") == "Sin categoría"
	}
	if !asked {
		t.Error("the overview does not say what expenses without a category are called")
	}
}
