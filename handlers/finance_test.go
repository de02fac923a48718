package handlers_test

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// account makes an account as "user@example.com SAVINGS USD Trips" says.
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
