package handlers_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// filterQueries are filters of the list, each parameter on its own and some together.
// {account} and {category} stand for ids.
var filterQueries = []string{
	"", "search=MERCADO", "search=sueldo", "search=nothing+like+it", "type=EXPENSE", "type=income", "type=both", "type=TRANSFER",
	"accountId={account}", "categoryId={category}", "currency=USD", "currency=ARS", "currency=EUR",
	"startDate=2026-03-04", "endDate=2026-03-04", "startDate=2026-02-28&endDate=2026-03-03", "date=2026-03-04",
	"month=2&year=2026", "year=2026", "year=2025",
	"transfers=once", "transfers=legs", "transfers=once&type=TRANSFER", "transfers=once&type=INCOME",
	"accountId={account}&type=EXPENSE&search=mercado&startDate=2026-03-01",
}

// TestExportsTakeTheFilterOfTheList holds that every export has what the list has with
// the same filter, in the same order.
func TestExportsTakeTheFilterOfTheList(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		ada := h.register("ada@example.com")
		ids := h.addFiltered(ada)
		for _, query := range filterQueries {
			query = strings.NewReplacer("{account}", ids.account, "{category}", ids.category).Replace(query)
			var list struct {
				Data []struct{ Description string }
			}
			if err := json.Unmarshal(h.do("GET", "/api/transactions?limit=100&"+query, "", ada).status(200).Body.Bytes(), &list); err != nil {
				t.Fatal(err)
			}
			want := []string{}
			for _, transaction := range list.Data {
				want = append(want, transaction.Description)
			}
			for _, more := range []string{"", "&all=true"} {
				file := h.do("GET", "/api/reports/export/csv?"+query+more, "", ada).status(200)
				got := []string{}
				for _, record := range must(csv.NewReader(strings.NewReader(file.Body.String())).ReadAll())[1:] {
					got = append(got, record[4])
				}
				if !slices.Equal(got, want) || file.Header().Get("X-Total-Count") != strconv.Itoa(len(want)) || file.Header().Get("X-Truncated") != "" {
					t.Errorf("%s%s: got %q of %s, want %q", query, more, got, file.Header().Get("X-Total-Count"), want)
				}
			}
			for _, path := range []string{"", "/pdf/table", "/pdf/visual"} {
				file := h.do("GET", "/api/reports/export"+path+"?"+query, "", ada).status(200)
				if total := file.Header().Get("X-Total-Count"); total != strconv.Itoa(len(want)) {
					t.Errorf("%s?%s has %s transactions, want %d", path, query, total, len(want))
				}
			}
		}
		for _, path := range []string{"", "/csv", "/pdf/table", "/pdf/visual"} {
			h.do("GET", "/api/reports/export"+path+"?month=3", "", ada).status(400)
			h.do("GET", "/api/reports/export"+path+"?type=nothing", "", ada).status(400)
		}
	})
}

type filteredIDs struct{ account, category string }

// addFiltered adds transactions of several days, accounts, categories and currencies.
func (h *harness) addFiltered(bearer string) (ids filteredIDs) {
	h.t.Helper()
	account := func(currency string) string {
		body := fmt.Sprintf(`{"name":"Tarjeta %s","type":"CREDIT_CARD","currency":%q}`, currency, currency)
		return h.do("POST", "/api/accounts", body, bearer).status(201).get("id")
	}
	ids.account = account("ARS")
	other, dollars := account("ARS"), account("USD")
	ids.category = h.do("POST", "/api/categories", `{"name":"Mercado","type":"EXPENSE"}`, bearer).status(201).get("id")
	for _, transaction := range []struct{ kind, account, category, description, date string }{
		{"EXPENSE", ids.account, ids.category, "fruta", "2026-03-04"},
		{"EXPENSE", ids.account, "", "Supermercado %", "2026-03-04"},
		{"EXPENSE", other, ids.category, "verdura", "2026-03-03"},
		{"INCOME", ids.account, "", "Sueldo", "2026-02-28"},
		{"EXPENSE", dollars, "", "libro", "2026-03-01"},
		{"EXPENSE", ids.account, "", "viejo", "2025-12-31"},
	} {
		category := ""
		if transaction.category != "" {
			category = fmt.Sprintf(`"categoryId":%q,`, transaction.category)
		}
		body := fmt.Sprintf(`{"type":%q,"amount":10,"accountId":%q,%s"description":%q,"date":%q}`,
			transaction.kind, transaction.account, category, transaction.description, transaction.date)
		h.do("POST", "/api/transactions", body, bearer).status(201)
	}
	body := fmt.Sprintf(`{"fromAccountId":%q,"toAccountId":%q,"amount":5,"description":"pase"}`, ids.account, other)
	h.do("POST", "/api/accounts/transfer", body, bearer).status(200)
	return ids
}

// TestExportsOfOthersThings holds that a filter by another user's account is refused,
// and that one by another user's category selects nothing.
func TestExportsOfOthersThings(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada, grace := h.register("ada@example.com"), h.register("grace@example.com")
	ids := h.addFiltered(ada)
	h.do("GET", "/api/reports/export/csv?"+url.Values{"accountId": {ids.account}, "type": {"EXPENSE"}}.Encode(), "", grace).status(404)
	file := h.do("GET", "/api/reports/export/csv?categoryId="+ids.category, "", grace).status(200)
	if total := file.Header().Get("X-Total-Count"); total != "0" {
		t.Errorf("the file has %s transactions of somebody else", total)
	}
}
