package handlers

import (
	"example.com/alta/gen"
	"example.com/alta/internal/money"
	"example.com/alta/repo"
)

func wireTransaction(v repo.TransactionView) gen.Transaction {
	return gen.Transaction{
		ID:          v.ID,
		Type:        gen.TransactionType(v.Type),
		Amount:      money.Number(v.Amount, v.Currency),
		Currency:    v.Currency,
		Description: v.Description,
		Date:        wireTime(v.Date),
		UserID:      v.UserID,
		AccountID:   v.AccountID,
		CategoryID:  v.CategoryID,
		Account:     wireTransactionAccount(v),
		Category:    wireTransactionCategory(v),
		CreatedAt:   wireTime(v.CreatedAt),
		UpdatedAt:   wireTime(v.UpdatedAt),
		DeletedAt:   timeOrNull(v.DeletedAt),
		Transfer:    wireTransactionTransfer(v),
	}
}

// wireTransactionTransfer returns the transfer that the transaction is a leg of, or nil.
func wireTransactionTransfer(v repo.TransactionView) *gen.TransactionTransfer {
	if v.TransferID == nil {
		return nil
	}
	direction := gen.TransactionTransferDirectionOUTGOING
	if v.Type == repo.TypeIncome {
		direction = gen.TransactionTransferDirectionINCOMING
	}
	return &gen.TransactionTransfer{
		ID: *v.TransferID, Direction: direction, TransactionID: v.OtherID, AccountID: v.OtherAccountID, AccountName: v.OtherAccountName,
		Description: v.OtherDescription,
	}
}

func wireTransactionAccount(v repo.TransactionView) *gen.TransactionAccount {
	if v.AccountID == nil {
		return nil
	}
	return &gen.TransactionAccount{
		ID:       *v.AccountID,
		Name:     *v.AccountName,
		Type:     gen.AccountType(*v.AccountType),
		Balance:  money.Number(*v.AccountBalance, *v.AccountCurrency),
		Currency: *v.AccountCurrency,
		Color:    v.AccountColor,
		Icon:     v.AccountIcon,
	}
}

func wireTransactionCategory(v repo.TransactionView) *gen.TransactionCategory {
	if v.CategoryID == nil {
		return nil
	}
	return &gen.TransactionCategory{
		ID:      *v.CategoryID,
		Name:    *v.CategoryName,
		Type:    gen.CategoryType(*v.CategoryType),
		Color:   v.CategoryColor,
		Icon:    v.CategoryIcon,
		IsFixed: *v.CategoryFixed,
	}
}
