package handlers_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// listed is a transaction of a list.
type listed struct {
	ID, Type, AccountID string
	Transfer            *struct{ ID, Direction, TransactionID, AccountID, AccountName string }
}

// list returns a list of transactions, and fails the test unless it has its own total.
func (b *walletOwner) list(query string) []listed {
	b.t.Helper()
	var page struct {
		Data []listed
		Meta struct{ Total int }
	}
	err := json.Unmarshal(b.do("GET", "/api/transactions?limit=100&"+query, "", b.bearer).status(200).Body.Bytes(), &page)
	if err != nil || page.Meta.Total != len(page.Data) {
		b.t.Errorf("%s: %d of %d transactions: %v", query, len(page.Data), page.Meta.Total, err)
	}
	return page.Data
}

// TestTransfersOnce: a transfer is listed as one transaction, whichever of its sides the
// other filters match, and never as income. Each side says where the other one is.
func TestTransfersOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		b := startWithWallet(t, databaseURL)
		savings := b.account("ada@example.com SAVINGS ARS Trips")
		b.deposit(b.wallet, "100")
		body := fmt.Sprintf(`{"fromAccountId":%q,"toAccountId":%q,"amount":10,"description":"Iceland"}`, b.wallet, savings)
		b.do("POST", "/api/accounts/transfer", body, b.bearer).status(200)
		legs := b.list("type=TRANSFER")
		out := legs[0]
		if out.Transfer == nil || out.Transfer.Direction != "OUTGOING" || out.Transfer.AccountID != savings.String() || out.Transfer.AccountName != "Trips" {
			t.Errorf("the leaving side is %+v", out.Transfer)
		}
		in := b.list("accountId=" + savings.String())[0]
		if in.Transfer == nil || in.Transfer.Direction != "INCOMING" || in.Transfer.AccountID != b.wallet.String() || in.Transfer.ID != out.Transfer.ID ||
			in.Transfer.TransactionID != out.ID || out.Transfer.TransactionID != in.ID {
			t.Errorf("the arriving side is %+v", in.Transfer)
		}
		for query, want := range map[string]string{
			"":                               "INCOME OUTGOING",
			"type=INCOME":                    "INCOME",
			"type=EXPENSE":                   "",
			"type=TRANSFER":                  "OUTGOING",
			"accountId=" + savings.String():  "INCOMING",
			"accountId=" + b.wallet.String(): "INCOME OUTGOING",
			"type=INCOME&accountId=" + savings.String():   "",
			"type=TRANSFER&accountId=" + savings.String(): "INCOMING",
			"search=iceland":                 "INCOMING",
			"search=trips":                   "OUTGOING",
			"search=transferencia&year=2026": "OUTGOING",
		} {
			b.expectListed(query+"&transfers=once", want)
		}
		b.expectListed("", "INCOME INCOMING OUTGOING")
		b.close(savings)
		b.expectListed("transfers=once", "INCOME OUTGOING")
		b.do("POST", "/api/transactions", fmt.Sprintf(`{"type":"INCOME","amount":5,"accountId":%q}`, b.wallet), b.bearer).status(201)
		b.expectListed("transfers=once&type=INCOME", "INCOME INCOME")
	})
}

// expectListed compares the list with the sorted types of its transactions or, if they
// are sides of transfers, their directions.
func (b *walletOwner) expectListed(query, want string) {
	b.t.Helper()
	var income, others, found []string
	for _, transaction := range b.list(query) {
		if transaction.Transfer != nil {
			others = append(others, transaction.Transfer.Direction)
		} else {
			income = append(income, transaction.Type)
		}
	}
	slices.Sort(others)
	found = append(income, others...)
	if got := strings.Join(found, " "); got != want {
		b.t.Errorf("%s: %s, want %s", query, got, want)
	}
}
