package handlers

import (
	"encoding/json"
	"net/http"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/money"
	"example.com/alta/repo"
)

// transactionPage is gen.TransactionPage with pointers for what may be null:
// the generated type has a map for each, and this is the list that people look at
// most. A test holds the two to the same JSON.
type transactionPage struct {
	Data []shownTransaction `json:"data"`
	Meta gen.PageMeta       `json:"meta"`
}

// VisitFindTransactionsResponse is part of gen.FindTransactionsResponseObject.
func (p transactionPage) VisitFindTransactionsResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	return json.NewEncoder(w).Encode(p)
}

type shownTransaction struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	Amount      json.Number    `json:"amount"`
	Currency    string         `json:"currency"`
	Description *string        `json:"description"`
	Date        string         `json:"date"`
	UserID      string         `json:"userId"`
	AccountID   *string        `json:"accountId"`
	CategoryID  *string        `json:"categoryId"`
	Account     *shownAccount  `json:"account"`
	Category    *shownCategory `json:"category"`
	CreatedAt   string         `json:"createdAt"`
	UpdatedAt   string         `json:"updatedAt"`
	DeletedAt   *string        `json:"deletedAt"`
}

type shownAccount struct {
	ID       *string     `json:"id"`
	Name     *string     `json:"name"`
	Type     *string     `json:"type"`
	Balance  json.Number `json:"balance"`
	Currency *string     `json:"currency"`
	Color    *string     `json:"color"`
	Icon     *string     `json:"icon"`
}

type shownCategory struct {
	ID      *string `json:"id"`
	Name    *string `json:"name"`
	Type    *string `json:"type"`
	Color   *string `json:"color"`
	Icon    *string `json:"icon"`
	IsFixed *bool   `json:"isFixed"`
}

func showTransaction(v repo.TransactionView) shownTransaction {
	shown := shownTransaction{
		ID: v.ID.String(), Type: v.Type, Amount: money.Number(v.Amount), Currency: v.Currency, Description: v.Description,
		Date: wireTime(v.Date), UserID: v.UserID.String(), AccountID: idText(v.AccountID), CategoryID: idText(v.CategoryID),
		CreatedAt: wireTime(v.CreatedAt), UpdatedAt: wireTime(v.UpdatedAt),
	}
	if v.DeletedAt != nil {
		shown.DeletedAt = new(wireTime(*v.DeletedAt))
	}
	if shown.AccountID != nil {
		shown.Account = &shownAccount{
			ID: shown.AccountID, Name: v.AccountName, Type: v.AccountType, Balance: money.Number(*v.AccountBalance),
			Currency: v.AccountCurrency, Color: v.AccountColor, Icon: v.AccountIcon,
		}
	}
	if shown.CategoryID != nil {
		shown.Category = &shownCategory{
			ID: shown.CategoryID, Name: v.CategoryName, Type: v.CategoryType, Color: v.CategoryColor, Icon: v.CategoryIcon,
			IsFixed: v.CategoryFixed,
		}
	}
	return shown
}

func idText(id *uuid.UUID) *string {
	if id == nil {
		return nil
	}
	return new(id.String())
}
