package repo_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// beforeAccents is the version of the schema whose searches minded accents.
var beforeAccents = steps[slices.IndexFunc(steps, func(m repo.Migration) bool { return m.Version == 16 })-1].Version

// TestMigrateSearchText: the upgrade brings the searched forms of all descriptions up
// to date, however many there are, and the way back restores the old ones.
func TestMigrateSearchText(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		b := openBooks(t, r, "ada@example.com")
		var list []repo.Transaction
		for i := range 1203 {
			description := fmt.Sprintf("Café %d", i)
			list = append(list, repo.Transaction{Type: repo.TypeIncome, Amount: 1, Currency: "ARS", Description: &description, Date: start, AccountID: &b.account})
		}
		list = append(list, repo.Transaction{Type: repo.TypeIncome, Amount: 1, Currency: "ARS", Date: start, AccountID: &b.account})
		b.add(list...)
		count := func(form string) int {
			t.Helper()
			var texts []string
			if err := r.List(t.Context(), &texts, `SELECT search_text FROM transactions WHERE search_text LIKE $1`, form+" %"); err != nil {
				t.Fatal(err)
			}
			return len(texts)
		}
		downTo(t, r, beforeAccents)
		if old, now := count("café"), count("cafe"); old != 1203 || now != 0 {
			t.Errorf("before the upgrade, %d texts have their accent and %d have not", old, now)
		}
		if _, err := r.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if old, now := count("café"), count("cafe"); old != 0 || now != 1203 {
			t.Errorf("after the upgrade, %d texts have their accent and %d have not", old, now)
		}
	})
}

// TestSearchIgnoresAccents: searches find descriptions and categories with and without
// accents, and tell ñ from n.
func TestSearchIgnoresAccents(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		b := openBooks(t, r, "ada@example.com")
		education := b.categories["Educación"]
		for _, description := range []string{"Café con leche", "CAFE\u0301 solo", "Año nuevo", "ano", "cuota"} {
			tr := repo.Transaction{Type: repo.TypeIncome, Amount: 1, Currency: "ARS", Description: &description, Date: start, AccountID: &b.account}
			if description == "cuota" {
				tr.CategoryID = &education
			}
			b.add(tr)
		}
		for search, want := range map[string][]string{
			"cafe": {"CAFE\u0301 solo", "Café con leche"}, "CAFÉ": {"CAFE\u0301 solo", "Café con leche"}, "año": {"Año nuevo"}, "ano": {"ano"},
			"educacion": {"cuota"}, "Educación": {"cuota"}, "cafés": {},
		} {
			views, total, err := r.Transactions(t.Context(), b.user.ID, repo.TransactionFilter{Search: search}, repo.Page{Limit: 10})
			got := []string{}
			for _, view := range views {
				got = append(got, *view.Description)
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" || err != nil || total != len(want) {
				t.Errorf("%q: %d, %v (-want +got):\n%s", search, total, err, diff)
			}
		}
	})
}
