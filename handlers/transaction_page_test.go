package handlers

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/repo"
)

// TestShownTransaction holds what lists show to what the contract's own type
// shows, with everything there and with nothing that may be missing.
func TestShownTransaction(t *testing.T) {
	now, id, balance := time.Date(2026, 3, 4, 14, 13, 20, 0, time.UTC), uuid.New(), int64(-1050)
	text, fixed := `Café "☕" <b>`, true
	bare := repo.TransactionView{Transaction: repo.Transaction{
		ID: uuid.New(), UserID: uuid.New(), Type: "EXPENSE", Amount: 2550, Currency: "ARS", Date: now, CreatedAt: now, UpdatedAt: now,
	}}
	whole := bare
	whole.Description, whole.AccountID, whole.CategoryID, whole.TransferID, whole.DeletedAt = &text, &id, &id, &id, &now
	whole.AccountName, whole.AccountType, whole.AccountBalance, whole.AccountCurrency = &text, &text, &balance, &text
	whole.CategoryName, whole.CategoryType, whole.CategoryFixed = &text, &text, &fixed
	decorated := whole
	decorated.AccountColor, decorated.AccountIcon, decorated.CategoryColor, decorated.CategoryIcon = &text, &text, &text, &text
	for name, view := range map[string]repo.TransactionView{"bare": bare, "whole": whole, "decorated": decorated} {
		want, err := json.Marshal(wireView(view))
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(showTransaction(view))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
