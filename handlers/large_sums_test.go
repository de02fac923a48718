package handlers_test

import (
	"context"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/uuid"

	"example.com/alta/internal/money"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestSumsLargerThanTheirParts: whatever the amounts of a thousand transactions are, each
// page and each export answers, the API's sums are exact, and balances are the sums of
// what was moved. Each currency has its own minor units.
func TestSumsLargerThanTheirParts(t *testing.T) {
	for seed, currency := range []string{"ARS", "JPY", "KWD", "UYW"} {
		t.Run(currency, func(t *testing.T) {
			if currency != "KWD" { // the engines add up in the same way whatever the unit
				checkLargeSums(t, testdb.SQLite(t), uint64(seed), currency)
				return
			}
			testdb.Each(t, func(t *testing.T, databaseURL string) { checkLargeSums(t, databaseURL, uint64(seed), currency) })
		})
	}
}

func checkLargeSums(t *testing.T, databaseURL string, seed uint64, currency string) {
	h := start(t, databaseURL)
	bearer := h.register("ada@example.com")
	h.do("PATCH", "/api/users/me", `{"currency":"`+currency+`","timezone":"UTC"}`, bearer).status(200)
	testdb.Connect(t, databaseURL).MustExec(`UPDATE accounts SET currency = $1`, currency)
	wallet := h.do("GET", "/api/accounts", "", bearer).get("0.id")
	side := decimal(h.moveThousand(rand.New(rand.NewPCG(seed, 1)), uuid.MustParse(wallet), currency), currency)
	category := h.category(h.user("ada@example.com").ID, "Salud").String()
	h.do("POST", "/api/budgets", `{"amount":99999999,"month":3,"year":2026,"categoryId":"`+category+`"}`, bearer).status(201)

	for path, want := range map[string]string{
		"/api/reports/dashboard?month=3&year=2026": `"income":` + side + `,"expense":` + side + `,"cashFlow":0,"totalAvailable":0`,
		"/api/budgets?month=3&year=2026":           `"spent":` + side,
		"/api/transactions/balance":                `{"netWorth":{"` + currency + `":0}}`,
	} {
		if got := h.do("GET", path, "", bearer).status(200).Body.String(); !strings.Contains(got, want) {
			t.Errorf("%s is %.500s, want %s", path, got, want)
		}
	}
	cookie := strings.Replace(bearer, "Authorization: Bearer ", "Cookie: alta=", 1)
	for _, path := range []string{
		"/app?month=3&year=2026", "/app?month=3&year=2026&accountId=" + wallet, "/app/transactions", "/app/budgets?month=3&year=2026",
		"/app/accounts", "/app/accounts/" + wallet, "/app/add", "/app/transfer", "/app/categories",
	} {
		h.visit("GET", path, nil, cookie).status(200)
	}
	for _, path := range []string{
		"/api/reports/export", "/api/reports/export/csv", "/api/reports/export/pdf/table", "/api/reports/export/pdf/visual", "/api/users/me/export",
	} {
		h.do("GET", path, "", bearer).status(200)
	}
}

// moveThousand adds five hundred incomes of random amounts up to the largest, each with an
// expense of the same, so that the balance stays in range. It returns the sum of one side.
func (h *harness) moveThousand(random *rand.Rand, account uuid.UUID, currency string) *big.Int {
	h.t.Helper()
	category, sum := h.category(h.user("ada@example.com").ID, "Salud"), new(big.Int)
	h.inWorkspace("ada@example.com", func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error {
		sum.SetInt64(0)
		for n := range 500 {
			amount := 1 + random.Int64N(money.Limit(currency))
			if n%2 == 0 {
				amount = money.Limit(currency)
			}
			sum.Add(sum, big.NewInt(amount))
			for _, kind := range []string{repo.TypeIncome, repo.TypeExpense} {
				tr := repo.Transaction{Type: kind, Amount: amount, Currency: currency, Date: h.clock.Now(), AccountID: &account}
				if kind == repo.TypeExpense {
					tr.CategoryID = &category
				}
				if err := tx.AddTransaction(ctx, w, &tr); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return sum
}

// decimal returns the sum as a JSON number, without the package that is tested.
func decimal(minor *big.Int, currency string) string {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(money.Decimals(currency))), nil)
	text := new(big.Rat).SetFrac(minor, scale).FloatString(money.Decimals(currency))
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
