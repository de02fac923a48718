package repo_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// books is a user's workspace with transactions.
type books struct {
	t          *testing.T
	repo       *repo.Repo
	user       repo.User
	account    uuid.UUID
	categories map[string]uuid.UUID
}

func openBooks(t *testing.T, r *repo.Repo, email string) *books {
	t.Helper()
	user := createUser(t, r, email)
	accounts, err := r.Accounts(t.Context(), user.ID)
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := r.Categories(t.Context(), user.ID, "", repo.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	b := &books{t: t, repo: r, user: user, account: accounts[0].ID, categories: map[string]uuid.UUID{}}
	for _, category := range list {
		b.categories[category.Name] = category.ID
	}
	return b
}

// add adds transactions. Their user is set; everything else is taken as it is.
func (b *books) add(list ...repo.Transaction) {
	b.t.Helper()
	write(b.t, b.repo, func(tx *repo.Tx) error {
		w, err := tx.LockWorkspace(b.t.Context(), b.user.ID)
		for i := 0; i < len(list) && err == nil; i++ {
			err = tx.AddTransaction(b.t.Context(), w, &list[i])
		}
		return err
	})
}

// addAccount adds an account.
func (b *books) addAccount(name, currency string) (id uuid.UUID) {
	b.t.Helper()
	id = uuid.New()
	write(b.t, b.repo, func(tx *repo.Tx) error {
		_, err := tx.Exec(b.t.Context(), `
INSERT INTO accounts (id, user_id, name, type, currency, balance, is_default, created_at, updated_at)
VALUES ($1, $2, $3, 'SAVINGS', $4, 0, FALSE, $5, $5)`, id.String(), b.user.ID.String(), name, currency, tx.Now())
		return err
	})
	return id
}

func TestExport(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		stranger := openBooks(t, r, "grace@example.com")
		stranger.add(repo.Transaction{Type: repo.TypeIncome, Amount: 1, Currency: "ARS", Date: start, AccountID: &stranger.account})
		b := openBooks(t, r, "ada@example.com")
		dollars := b.addAccount("Dólares", "USD")
		id := func(name string) *uuid.UUID { id := b.categories[name]; return &id }
		text, transfer := "Compra", uuid.New()
		day := func(n int) time.Time { return start.AddDate(0, 0, -n) }
		b.add(
			repo.Transaction{Type: repo.TypeExpense, Amount: 100, Currency: "ARS", Date: day(1), AccountID: &b.account, CategoryID: id("Supermercado"), Description: &text},
			repo.Transaction{Type: repo.TypeExpense, Amount: 20, Currency: "ARS", Date: day(70), AccountID: &b.account, CategoryID: id("Restaurantes / Delivery")},
			repo.Transaction{Type: repo.TypeExpense, Amount: 3, Currency: "ARS", Date: day(3), AccountID: &b.account, CategoryID: id("Alimentación")},
			repo.Transaction{Type: repo.TypeExpense, Amount: 4, Currency: "USD", Date: day(4), AccountID: &dollars},
			repo.Transaction{Type: repo.TypeIncome, Amount: 50, Currency: "ARS", Date: day(0), AccountID: &b.account, CategoryID: id("Otros")},
			repo.Transaction{Type: repo.TypeTransfer, Amount: 6, Currency: "ARS", Date: day(6), AccountID: &b.account, TransferID: &transfer},
			repo.Transaction{Type: repo.TypeIncome, Amount: 6, Currency: "ARS", Date: day(7), AccountID: &b.account, TransferID: &transfer},
		)
		wallet, savings := "Efectivo / Billetera", "Dólares"
		food, other := "Alimentación", "Otros"
		market, restaurant := "Supermercado", "Restaurantes / Delivery"
		inWallet := []repo.ExportTransaction{
			{Date: day(0), Type: "INCOME", Amount: 50, Currency: "ARS", Account: &wallet, Category: &other},
			{Date: day(1), Type: "EXPENSE", Amount: 100, Currency: "ARS", Account: &wallet, Category: &market, Description: &text},
			{Date: day(3), Type: "EXPENSE", Amount: 3, Currency: "ARS", Account: &wallet, Category: &food},
			{Date: day(6), Type: "TRANSFER", Amount: 6, Currency: "ARS", Account: &wallet},
			{Date: day(7), Type: "INCOME", Amount: 6, Currency: "ARS", Account: &wallet},
			{Date: day(70), Type: "EXPENSE", Amount: 20, Currency: "ARS", Account: &wallet, Category: &restaurant},
		}
		inDollars := repo.ExportTransaction{Date: day(4), Type: "EXPENSE", Amount: 4, Currency: "USD", Account: &savings}
		total := func(account *uuid.UUID, category, kind, currency string, isTransfer bool, amount int64) repo.PeriodTotal {
			total := repo.PeriodTotal{
				UserID: b.user.ID, AccountID: account.String(), Type: kind, IsTransfer: isTransfer, Currency: currency, Amount: amount, Entries: 1,
			}
			if category != "" {
				total.CategoryID = id(category).String()
			}
			return total
		}
		totals := []repo.PeriodTotal{
			total(&b.account, market, "EXPENSE", "ARS", false, 100),
			total(&b.account, restaurant, "EXPENSE", "ARS", false, 20),
			total(&b.account, food, "EXPENSE", "ARS", false, 3),
			total(&dollars, "", "EXPENSE", "USD", false, 4),
			total(&b.account, other, "INCOME", "ARS", false, 50),
			total(&b.account, "", "TRANSFER", "ARS", true, 6),
			total(&b.account, "", "INCOME", "ARS", true, 6),
		}
		all := append(append(append([]repo.ExportTransaction(nil), inWallet[:3]...), inDollars), inWallet[3:]...)

		for _, c := range []struct {
			what         string
			account      *uuid.UUID
			limit        int
			transactions []repo.ExportTransaction
		}{
			{what: "everything", limit: 100, transactions: all},
			{what: "the newest two", limit: 2, transactions: all[:2]},
			{what: "the wallet", account: &b.account, limit: 100, transactions: inWallet},
			{what: "the dollars", account: &dollars, limit: 100, transactions: []repo.ExportTransaction{inDollars}},
		} {
			got, err := exportOf(t, r, b.user.ID, c.account, c.limit)
			if err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			if got.Workspace.UserID != b.user.ID || got.Workspace.Currency != "ARS" || len(got.Categories) != 24 {
				t.Errorf("%s: got %d categories and the workspace %+v", c.what, len(got.Categories), got.Workspace)
			}
			if (got.Account == nil) != (c.account == nil) || c.account != nil && got.Account.ID != *c.account {
				t.Errorf("%s: got the account %+v", c.what, got.Account)
			}
			if diff := cmp.Diff(c.transactions, got.Transactions); diff != "" {
				t.Errorf("%s: transactions (-want +got):\n%s", c.what, diff)
			}
			byAmount := cmpopts.SortSlices(func(a, b repo.PeriodTotal) bool { return a.Type+fmt.Sprint(a.Amount) < b.Type+fmt.Sprint(b.Amount) })
			if diff := cmp.Diff(totals, got.Totals, byAmount); diff != "" {
				t.Errorf("%s: totals (-want +got):\n%s", c.what, diff)
			}
		}
		for what, foreign := range map[string]uuid.UUID{"somebody else's": stranger.account, "nobody's": uuid.New()} {
			if got, err := exportOf(t, r, b.user.ID, &foreign, 10); !errors.Is(err, repo.ErrAccountNotFound) || len(got.Transactions) > 0 {
				t.Errorf("%s account: got %d transactions and %v", what, len(got.Transactions), err)
			}
		}
		if _, err := exportOf(t, r, uuid.New(), nil, 10); !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("of nobody: got %v, want %v", err, repo.ErrNotFound)
		}
	})
}

// exported is the data of a file with its transactions.
type exported struct {
	repo.Export
	Transactions []repo.ExportTransaction
}

func exportOf(t *testing.T, r *repo.Repo, userID uuid.UUID, accountID *uuid.UUID, limit int) (e exported, err error) {
	t.Helper()
	err = r.InSnapshot(t.Context(), func(s *repo.Snapshot) (err error) {
		e = exported{}
		if e.Export, err = s.Export(t.Context(), userID, repo.TransactionFilter{AccountID: accountID}); err != nil {
			return err
		}
		return s.ExportTransactions(t.Context(), e.Export, limit, func(transaction repo.ExportTransaction) error {
			e.Transactions = append(e.Transactions, transaction)
			return nil
		})
	})
	return e, err
}

// Deleted rows are neither in the list nor in the totals.
func TestExportLeavesOutDeleted(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		b := openBooks(t, r, "ada@example.com")
		b.add(
			repo.Transaction{Type: repo.TypeIncome, Amount: 5, Currency: "ARS", Date: start, AccountID: &b.account},
			repo.Transaction{Type: repo.TypeExpense, Amount: 3, Currency: "ARS", Date: start, AccountID: &b.account},
		)
		write(t, r, func(tx *repo.Tx) error {
			if _, err := tx.Exec(t.Context(), `UPDATE transactions SET deleted_at = $1 WHERE type = 'EXPENSE'`, tx.Now()); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), `UPDATE period_totals SET amount = 0, entries = 0 WHERE type = 'EXPENSE'`)
			return err
		})
		for _, account := range []*uuid.UUID{nil, &b.account} {
			got, err := exportOf(t, r, b.user.ID, account, 10)
			if err != nil || len(got.Transactions) != 1 || len(got.Totals) != 1 || got.Totals[0].Type != "INCOME" {
				t.Errorf("got %+v, %v", got, err)
			}
		}
	})
}

// A snapshot does not see writes that happen while it is open, and they do not
// wait for it.
func TestSnapshot(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		createUser(t, r, "ada@example.com")
		count := func(query interface {
			Users(ctx context.Context, after string, limit int) ([]repo.User, error)
		}) int {
			users, err := query.Users(t.Context(), "", 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(users)
		}
		failure := errors.New("on purpose")
		for range 3 { // its statements are prepared after the first time
			before := count(r)
			err := r.InSnapshot(t.Context(), func(s *repo.Snapshot) error {
				if n := count(s); n != before {
					t.Errorf("%d users, want %d", n, before)
				}
				createUser(t, r, uuid.NewString()+"@example.com")
				if n := count(s); n != before {
					t.Errorf("%d users later in the snapshot, want %d still", n, before)
				}
				if n := count(r); n != before+1 {
					t.Errorf("%d users outside of it, want %d", n, before+1)
				}
				return failure
			})
			if !errors.Is(err, failure) {
				t.Errorf("got %v, want fn's error", err)
			}
			if n := count(r); n != before+1 {
				t.Errorf("%d users afterwards, want %d", n, before+1)
			}
		}
	})
}

// A snapshot always gives its connection back.
func TestSnapshotsEnd(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		for i := range 100 {
			func() {
				defer func() { _ = recover() }()
				_ = r.InSnapshot(t.Context(), func(*repo.Snapshot) error {
					if i%2 == 0 {
						panic("on purpose")
					}
					return errors.New("on purpose")
				})
			}()
		}
		for name, pool := range r.Pools() {
			if n := pool.Stats().InUse; n > 0 {
				t.Errorf("%d connections of the pool %s are still in use", n, name)
			}
		}
	})
}
