package handlers

import (
	"github.com/oapi-codegen/nullable"

	"example.com/alta/gen"
	"example.com/alta/internal/money"
	"example.com/alta/repo"
)

func wireView(v repo.TransactionView) gen.Transaction {
	return gen.Transaction{
		ID:          v.ID,
		Type:        gen.TransactionType(v.Type),
		Amount:      money.Number(v.Amount),
		Currency:    v.Currency,
		Description: orNull(v.Description),
		Date:        wireTime(v.Date),
		UserID:      v.UserID,
		AccountID:   orNull(v.AccountID),
		CategoryID:  orNull(v.CategoryID),
		Account:     accountIn(v),
		Category:    categoryIn(v),
		CreatedAt:   wireTime(v.CreatedAt),
		UpdatedAt:   wireTime(v.UpdatedAt),
		DeletedAt:   timeOrNull(v.DeletedAt),
	}
}

func accountIn(v repo.TransactionView) nullable.Nullable[gen.TransactionAccount] {
	if v.AccountID == nil {
		return nullable.NewNullNullable[gen.TransactionAccount]()
	}
	return nullable.NewNullableWithValue(gen.TransactionAccount{
		ID:       *v.AccountID,
		Name:     *v.AccountName,
		Type:     gen.TransactionAccountType(*v.AccountType),
		Balance:  money.Number(*v.AccountBalance),
		Currency: *v.AccountCurrency,
		Color:    orNull(v.AccountColor),
		Icon:     orNull(v.AccountIcon),
	})
}

func categoryIn(v repo.TransactionView) nullable.Nullable[gen.TransactionCategory] {
	if v.CategoryID == nil {
		return nullable.NewNullNullable[gen.TransactionCategory]()
	}
	return nullable.NewNullableWithValue(gen.TransactionCategory{
		ID:      *v.CategoryID,
		Name:    *v.CategoryName,
		Type:    gen.TransactionCategoryType(*v.CategoryType),
		Color:   orNull(v.CategoryColor),
		Icon:    orNull(v.CategoryIcon),
		IsFixed: *v.CategoryFixed,
	})
}
