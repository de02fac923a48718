package handlers

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"alta/gen"
	"alta/internal/money"
	"alta/repo"
)

var errAccountNotFound = errors.New("the caller has no such account")

// ListAccounts answers the caller's accounts, the oldest first.
func (s *Server) ListAccounts(ctx context.Context, _ gen.ListAccountsRequestObject) (gen.ListAccountsResponseObject, error) {
	accounts, err := s.Repo.Accounts(ctx, callFrom(ctx).principal.UserID)
	if err != nil {
		return nil, err
	}
	body := make([]gen.Account, len(accounts))
	for i, account := range accounts {
		body[i] = wireAccount(account)
	}
	return gen.ListAccounts200JSONResponse{Body: body}, nil
}

// changeWorkspace runs change in a transaction that has locked the caller's
// workspace.
func (s *Server) changeWorkspace(ctx context.Context, change func(*repo.Tx, repo.Workspace) error) error {
	return s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		w, err := tx.LockWorkspace(ctx, callFrom(ctx).principal.UserID)
		if err != nil {
			return gone(err)
		}
		return change(tx, w)
	})
}

// accountOf returns the account of the workspace that a path names.
func accountOf(ctx context.Context, tx *repo.Tx, w repo.Workspace, text string) (repo.Account, error) {
	if checkUUID(text) != nil {
		return repo.Account{}, errAccountNotFound
	}
	account, err := tx.Account(ctx, w.UserID, uuid.MustParse(text))
	if errors.Is(err, repo.ErrNotFound) {
		err = errAccountNotFound
	}
	return account, err
}

func wireAccount(a repo.Account) gen.Account {
	return gen.Account{
		ID:           a.ID,
		Name:         a.Name,
		Type:         gen.AccountType(a.Type),
		Currency:     a.Currency,
		Balance:      money.Number(a.Balance),
		Color:        orNull(a.Color),
		Icon:         orNull(a.Icon),
		TargetAmount: moneyOrNull(a.TargetAmount),
		TargetDate:   timeOrNull(a.TargetDate),
		IsDefault:    a.IsDefault,
		UserID:       a.UserID,
		CreatedAt:    wireTime(a.CreatedAt),
		UpdatedAt:    wireTime(a.UpdatedAt),
		Progress:     progress(a),
	}
}

// progress is how much of its target an account has reached, in percent from
// 0 to 100, halves rounded up; 0 without a target.
func progress(a repo.Account) int {
	if a.TargetAmount == nil || *a.TargetAmount <= 0 || a.Balance <= 0 {
		return 0
	}
	if a.Balance >= *a.TargetAmount {
		return 100
	}
	return int((a.Balance*200 + *a.TargetAmount) / (2 * *a.TargetAmount))
}
