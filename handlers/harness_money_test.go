package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/money"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// account creates an account from a text such as "user@example.com SAVINGS USD
// Trips".
func (h *harness) account(text string) uuid.UUID {
	h.t.Helper()
	words := strings.SplitN(text, " ", 4)
	account := repo.Account{Type: words[1], Currency: words[2], Name: words[3]}
	h.inWorkspace(words[0], func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error { return tx.AddAccount(ctx, w, &account) })
	return account.ID
}

// close deletes the account.
func (h *harness) close(id uuid.UUID) {
	h.t.Helper()
	for _, user := range must(h.repo.Users(context.Background(), "", 10_000)) {
		h.inWorkspace(user.Email, func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error { return tx.DeleteAccount(ctx, w, id) })
	}
}

// inWorkspace runs write in a transaction that has locked the user's workspace.
func (h *harness) inWorkspace(email string, write func(context.Context, *repo.Tx, repo.Workspace) error) {
	h.t.Helper()
	ctx := context.Background()
	user := must(h.repo.UserByEmail(ctx, email))
	err := h.repo.InTx(ctx, func(tx *repo.Tx) error {
		w, err := tx.LockWorkspace(ctx, user.ID)
		if err != nil {
			return err
		}
		return write(ctx, tx, w)
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) newAccount(bearer, kind string) string {
	h.t.Helper()
	body := fmt.Sprintf(`{"name":"Cuenta","type":%q,"currency":"ARS","targetAmount":30}`, kind)
	return h.do("POST", "/api/accounts", body, bearer).status(201).get("id")
}

// newTransaction is a transaction in ARS for addTransaction.
type newTransaction struct {
	account, category string // ids; category may be empty
	kind              string
	minor             int64
	isTransfer        bool // a leg of a transfer
}

// addTransaction adds the transaction to the user's account, as of now.
func (h *harness) addTransaction(email string, n newTransaction) {
	h.t.Helper()
	accountID := uuid.MustParse(n.account)
	tr := repo.Transaction{Type: n.kind, Amount: n.minor, Currency: "ARS", Date: h.clock.Now(), AccountID: &accountID}
	if n.category != "" {
		id := uuid.MustParse(n.category)
		tr.CategoryID = &id
	}
	if n.isTransfer {
		id := uuid.New()
		tr.TransferID = &id
	}
	h.inWorkspace(email, func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error { return tx.AddTransaction(ctx, w, &tr) })
}

// addToOldestAccount adds a transaction to the user's oldest account, in the category
// of that name or, if it is empty, in none.
func (h *harness) addToOldestAccount(email, kind, amount, date, category string) {
	h.t.Helper()
	ctx, user := h.t.Context(), h.user(email)
	account := must(h.repo.Accounts(ctx, user.ID))[0]
	tr := repo.Transaction{
		Type: kind, Amount: must(money.Parse(json.Number(amount), account.Currency)), Currency: account.Currency,
		Date: must(time.Parse(time.RFC3339, date)), AccountID: &account.ID,
	}
	if category != "" {
		id := h.category(user.ID, category)
		tr.CategoryID = &id
	}
	h.inWorkspace(email, func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error { return tx.AddTransaction(ctx, w, &tr) })
}

// category returns the id of the user's category of that name.
func (h *harness) category(user uuid.UUID, name string) uuid.UUID {
	h.t.Helper()
	for _, category := range must(h.repo.CategoriesEver(h.t.Context(), user)) {
		if category.Name == name {
			return category.ID
		}
	}
	h.t.Fatalf("there is no category %q", name)
	return uuid.Nil
}

// newCategory makes a category of expenses and returns its id.
func (h *harness) newCategory(bearer, name, parent string) string {
	h.t.Helper()
	return h.do("POST", "/api/categories", category(name, parent), bearer).status(201).get("id")
}

func category(name, parent string) string {
	if parent == "" {
		return fmt.Sprintf(`{"name":%q,"type":"EXPENSE"}`, name)
	}
	return fmt.Sprintf(`{"name":%q,"type":"EXPENSE","parentId":%q}`, name, parent)
}

func under(parent string) string { return fmt.Sprintf(`{"parentId":%q}`, parent) }

// categories returns the live categories of the user, by id.
func (h *harness) categories(email string) map[uuid.UUID]repo.Category {
	h.t.Helper()
	list, total, err := h.repo.Categories(h.t.Context(), h.user(email).ID, "", repo.Page{Limit: 1000})
	if err != nil || total != len(list) {
		h.t.Fatalf("%d of %d categories: %v", len(list), total, err)
	}
	live := map[uuid.UUID]repo.Category{}
	for _, c := range list {
		live[c.ID] = c
	}
	return live
}

func budget(category uuid.UUID, amount string) string {
	return fmt.Sprintf(`{"amount":%s,"month":3,"year":2026,"categoryId":"%s"}`, amount, category)
}

// addExpenses adds n expenses to the user's default wallet: the i-th of i+1 cents, i
// minutes before now.
func (h *harness) addExpenses(email, description string, n int) (account uuid.UUID) {
	h.t.Helper()
	ctx, user := context.Background(), h.user(email)
	account = must(h.repo.Accounts(ctx, user.ID))[0].ID
	h.write(func(tx *repo.Tx) error {
		w, err := tx.LockWorkspace(ctx, user.ID)
		for i := 0; i < n && err == nil; i++ {
			err = tx.AddTransaction(ctx, w, &repo.Transaction{
				Type: repo.TypeExpense, Amount: int64(i + 1), Currency: "ARS", Description: &description,
				Date: tx.Now().Add(-time.Duration(i) * time.Minute), AccountID: &account,
			})
		}
		return err
	})
	return account
}

// fill gives the user, of whom only what signing up makes is there, n of the things.
func (h *harness) fill(email, things string, n int) {
	h.t.Helper()
	user := h.user(email).ID
	f := testdb.NewFiller(h.t, h.database, user.String())
	switch things {
	case "accounts":
		f.Accounts(n - 1)
	case "categories":
		f.Categories(n - len(h.categories(email)))
	case "deleted":
		f.DeletedCategories(n)
	case "budgets":
		const each = 500
		f.Categories(each)
		for year := 2030; n > 0; year, n = year+1, n-each {
			f.Budgets(min(n, each), year, 1)
		}
	case "transactions":
		f.KeepTransactions(n)
	default:
		h.t.Fatalf("cannot fill %s", things)
	}
}
