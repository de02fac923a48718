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
