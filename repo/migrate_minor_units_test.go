package repo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// beforeMinorUnits is the version of the schema that counted all amounts in hundredths.
var beforeMinorUnits = steps[slices.IndexFunc(steps, func(m repo.Migration) bool { return m.Version == 14 })-1].Version

// inHundredths opens books of that version: of a user with yen, who has accounts in other
// currencies.
func inHundredths(t *testing.T, databaseURL string) (b *books, accounts map[string]uuid.UUID) {
	t.Helper()
	r, _ := migrated(t, databaseURL)
	b = openBooks(t, r, "ada@example.com")
	accounts = map[string]uuid.UUID{}
	for _, code := range []string{"JPY", "KWD", "UYW", "ARS", "QQQ"} {
		accounts[code] = b.addAccount(code, code)
	}
	downTo(t, r, beforeMinorUnits)
	alter := func(query string) {
		write(t, r, func(tx *repo.Tx) error { _, err := tx.Exec(t.Context(), query); return err })
	}
	alter(`ALTER TABLE users ADD COLUMN kept_transactions BIGINT NOT NULL DEFAULT 0`) // which writers of today count in
	defer alter(`ALTER TABLE users DROP COLUMN kept_transactions`)
	day := func(month time.Month) time.Time { return time.Date(2026, month, 5, 12, 0, 0, 0, time.UTC) }
	add := func(code, kind string, amount int64, month time.Month) repo.Transaction {
		id := accounts[code]
		list := []repo.Transaction{{Type: kind, Amount: amount, Currency: code, AccountID: &id, Date: day(month)}}
		b.add(list...)
		return list[0]
	}
	for _, code := range []string{"KWD", "UYW", "ARS", "QQQ"} {
		add(code, repo.TypeIncome, 1234, time.March)
		add(code, repo.TypeExpense, 34, time.April)
	}
	add("JPY", repo.TypeIncome, 100_049, time.March)   // 1000.49
	add("JPY", repo.TypeIncome, 1_150, time.March)     // 11.50
	add("JPY", repo.TypeExpense, 20_000, time.March)   // 200
	add("JPY", repo.TypeExpense, 1, time.April)        // 0.01
	gone := add("JPY", repo.TypeExpense, 33, time.May) // 0.33
	write(t, r, func(tx *repo.Tx) error {
		w, err := tx.LockWorkspace(t.Context(), b.user.ID)
		if err != nil {
			return err
		}
		if err := tx.DeleteTransaction(t.Context(), w, gone); err != nil {
			return err
		}
		for _, query := range []string{
			`UPDATE users SET currency = 'JPY' WHERE id = $1`,
			`UPDATE accounts SET target_amount = 99950 WHERE user_id = $1 AND currency = 'JPY'`,
			`UPDATE accounts SET target_amount = 99950 WHERE user_id = $1 AND currency = 'KWD'`,
		} {
			if _, err := tx.Exec(t.Context(), query, b.user.ID.String()); err != nil {
				return err
			}
		}
		budget := repo.Budget{UserID: b.user.ID, CategoryID: b.categories["Ropa"], Amount: 4567, Month: 3, Year: 2026}
		return tx.CreateBudget(t.Context(), &budget)
	})
	return b, accounts
}

// amountsOf returns all amounts of the user: balances, targets, budgets, and what income
// and expenses come to in all months and in each.
func (b *books) amountsOf(accounts map[string]uuid.UUID) []string {
	b.t.Helper()
	var lines []string
	var stored []struct {
		Name         string `db:"name"`
		Balance      int64  `db:"balance"`
		TargetAmount *int64 `db:"target_amount"`
	}
	write(b.t, b.repo, func(tx *repo.Tx) error { // by columns that each version of the schema has
		return tx.List(b.t.Context(), &stored, `SELECT name, balance, target_amount FROM accounts WHERE user_id = $1`, b.user.ID.String())
	})
	for _, a := range stored {
		if a.Balance != 0 {
			lines = append(lines, fmt.Sprintf("%s balance %d", a.Name, a.Balance))
		}
		if a.TargetAmount != nil {
			lines = append(lines, fmt.Sprintf("%s target %d", a.Name, *a.TargetAmount))
		}
	}
	for _, period := range []string{repo.AllPeriods, "2026-03", "2026-04", "2026-05"} {
		totals, err := b.repo.PeriodTotals(b.t.Context(), b.user.ID, period)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, total := range totals {
			if total.AccountID != accounts[total.Currency].String() {
				b.t.Errorf("%+v is of another account", total)
			}
			lines = append(lines, fmt.Sprintf("%s %s%s %d of %d", total.Currency, period, strings.ToLower(total.Type[:2]), total.Amount, total.Entries))
		}
	}
	budgets, err := b.repo.Budgets(b.t.Context(), b.user.ID, 2026, 3)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, budget := range budgets {
		lines = append(lines, fmt.Sprintf("budget %d", budget.Amount))
	}
	slices.Sort(lines)
	return lines
}

// TestMigrateToMinorUnits: amounts keep their value if their currency can express it.
// Others are rounded, each is kept as it was, and balances and totals stay the sums of
// transactions. The way back restores them.
func TestMigrateToMinorUnits(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		b, accounts := inHundredths(t, databaseURL)
		before := b.amountsOf(accounts)
		if _, err := b.repo.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"ARS 2026-03in 1234 of 1", "ARS 2026-04ex 34 of 1", "ARS balance 1200", "ARS ex 34 of 1", "ARS in 1234 of 1",
			"JPY 2026-03ex 200 of 1", "JPY 2026-03in 1012 of 2", "JPY 2026-04ex 1 of 1", "JPY balance 811", "JPY ex 201 of 2", "JPY in 1012 of 2",
			"JPY target 1000",
			"KWD 2026-03in 12340 of 1", "KWD 2026-04ex 340 of 1", "KWD balance 12000", "KWD ex 340 of 1", "KWD in 12340 of 1", "KWD target 999500",
			"QQQ 2026-03in 1234 of 1", "QQQ 2026-04ex 34 of 1", "QQQ balance 1200", "QQQ ex 34 of 1", "QQQ in 1234 of 1",
			"UYW 2026-03in 123400 of 1", "UYW 2026-04ex 3400 of 1", "UYW balance 120000", "UYW ex 3400 of 1", "UYW in 123400 of 1",
			"budget 46",
		}
		if diff := cmp.Diff(want, b.amountsOf(accounts)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		var rounded []string
		write(t, b.repo, func(tx *repo.Tx) error {
			return tx.List(t.Context(), &rounded, `
SELECT kind || ' ' || currency || ' ' || CAST(hundredths AS TEXT) || ' ' || CAST(units AS TEXT) FROM rounded_amounts WHERE user_id = $1`,
				b.user.ID.String())
		})
		slices.Sort(rounded)
		wantRounded := []string{
			"accounts.balance JPY 81198 811", "accounts.target_amount JPY 99950 1000", "budgets.amount JPY 4567 46",
			"transactions.amount JPY 1 1", "transactions.amount JPY 100049 1000", "transactions.amount JPY 1150 12", "transactions.amount JPY 33 1",
		}
		if diff := cmp.Diff(wantRounded, rounded); diff != "" {
			t.Errorf("what was rounded (-want +got):\n%s", diff)
		}

		downTo(t, b.repo, beforeMinorUnits)
		if diff := cmp.Diff(before, b.amountsOf(accounts)); diff != "" {
			t.Errorf("after the way back (-want +got):\n%s", diff)
		}
	})
}
