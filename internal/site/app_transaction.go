package site

import (
	"net/url"
	"slices"
	"time"

	"example.com/alta/gen"
)

// makeTransactionForm returns the form of a new transaction, or of an existing
// one.
func (v moneyVisit) makeTransactionForm(w *workspace, accounts []gen.Account, action, button string) *form {
	t, op := &v.text.App, v.operation("createTransaction")
	types := []gen.CategoryType{gen.CategoryTypeEXPENSE, gen.CategoryTypeINCOME, gen.CategoryTypeBOTH}
	return newForm(op, action, button,
		field{Name: "type", Type: "choice", Label: t.Type, Options: optionsOf(t.Types, "EXPENSE", "INCOME")},
		v.text.amountField("amount", t.Amount, firstCurrency(accounts)),
		field{Name: "accountId", Type: "select", Label: t.Account, Options: v.text.accountOptions(accounts)},
		field{Name: "categoryId", Type: "select", Label: t.Category, Options: v.text.categoryOptions(w, types...)},
		field{Name: "date", Type: "date", Label: t.Date},
		field{Name: "description", Type: "text", Label: t.Description},
	)
}

// readNewTransaction reads the data of the form of a new transaction.
func (v moneyVisit) readNewTransaction() (transaction newItem, ok bool) {
	w, ok := v.readCategorized()
	if !ok {
		return transaction, false
	}
	t := &v.text.App
	p := appForm{
		Back: link{pathApp, t.Overview}, Heading: t.Add, op: v.operation("createTransaction"),
		currency: w.chosenCurrency("accountId"),
		Form:     v.makeTransactionForm(w, w.accounts, pathAdd, t.AddButton),
	}
	if slices.ContainsFunc(w.accounts, isEmpty) {
		v.askForOpeningBalance(&p, w.accounts)
	}
	p.Form.set(url.Values{
		"type": {string(gen.TransactionTypeEXPENSE)},
		"date": {w.calendar.DayOf(v.now).Format(time.DateOnly)},
	})
	return newItem{page: p, show: v.showForm, api: apiTransactions, next: donePath(pathApp, url.Values{}, "transaction-added")}, true
}

// isEmpty reports whether the account refuses every expense, because it has no money
// and may not go below zero.
func isEmpty(a gen.Account) bool {
	return minor(a.Balance, a.Currency) == 0 && !a.AllowNegative && a.Type != gen.AccountTypeCREDITCARD
}

// kindEmpty marks accounts for the script that shows the field of the opening balance
// for them.
const kindEmpty = "empty"

// askForOpeningBalance adds a field for what an empty account held before. It follows
// the account. Without scripts it is there whichever account is chosen.
func (v moneyVisit) askForOpeningBalance(p *appForm, accounts []gen.Account) {
	t, fields := &v.text.App, p.Form.Fields
	opening := v.text.amountField("openingBalance", t.Opening, firstCurrency(accounts))
	opening.Hint = t.OpeningHint
	at := slices.IndexFunc(fields, func(f field) bool { return f.Name == "accountId" })
	for i := range accounts {
		if isEmpty(accounts[i]) {
			fields[at].Options[i].Kind = kindEmpty
		}
	}
	p.Form.Fields = slices.Insert(fields, at+1, withLimits(p.op, opening)...)
}

// showNewTransaction shows the form of a new transaction: an expense of today,
// unless the link that led there has other values.
func (v moneyVisit) showNewTransaction() {
	transaction, ok := v.readNewTransaction()
	if !ok {
		return
	}
	query := v.r.URL.Query()
	for _, name := range []string{"type", "accountId", "categoryId"} {
		if f := transaction.page.Form.find(name); query.Has(name) {
			f.Value = query.Get(name)
		}
	}
	v.showForm(transaction.page)
}

func (v moneyVisit) sendNewTransaction() { v.createItem(moneyVisit.readNewTransaction) }

// readTransaction reads the transaction that the path names.
func (v moneyVisit) readTransaction() (it item, ok bool) {
	var transaction gen.Transaction
	id := v.r.PathValue("id")
	w, ok := v.readCategorized()
	if !ok {
		return it, false
	}
	tag, ok := v.getTagged(itemPath(apiTransactions, id), &transaction)
	if !ok {
		return it, false
	}
	return item{
		page:     v.makeTransactionPage(w, transaction),
		api:      itemPath(apiTransactions, id),
		tag:      tag,
		pristine: transaction.CreatedAt == transaction.UpdatedAt,
		saved:    donePath(pathTransactions, url.Values{}, doneSaved),
		deleted:  deletedTo(pathTransactions, "transaction-deleted"),
	}, true
}

func (v moneyVisit) makeTransactionPage(w *workspace, transaction gen.Transaction) appForm {
	t := &v.text.App
	action := itemPath(pathTransactions, transaction.ID.String())
	isOrphan, isTransfer := transaction.AccountID == nil, isFixedTransfer(transaction)
	p := appForm{
		Back: link{pathTransactions, t.Transactions}, Heading: t.EditTransaction, op: v.operation("createTransaction"),
		currency: always(transaction.Currency),
		Confirm:  newConfirmation(action, t.DeleteTransaction, t.DeleteTransactionSays, t.DeleteButton),
	}
	if row := w.listTransactions([]gen.Transaction{transaction})[0]; isOrphan || isTransfer {
		p.Heading, p.Facts = row.Title, row.facts()
	}
	switch {
	case isOrphan:
		p.Says, p.Confirm = t.AccountGone, nil
	case isTransfer:
		p.Says = t.TransferFixed
		p.Form = newForm(p.op, action, t.Save, field{Name: "description", Type: "text", Label: t.Description})
	default:
		p.Form = v.makeTransactionForm(w, sameCurrency(w.accounts, transaction.Currency), action, t.Save)
		p.Form.keepType(t, transaction)
		p.Form.keepCategory(transaction)
	}
	if p.Form != nil {
		p.Form.set(w.transactionValues(transaction))
	}
	return p
}

// sameCurrency returns the accounts with the currency. A transaction can be moved
// to one of them, and its amount keeps its meaning.
func sameCurrency(accounts []gen.Account, currency string) []gen.Account {
	return slices.DeleteFunc(slices.Clone(accounts), func(a gen.Account) bool { return a.Currency != currency })
}

// isFixedTransfer reports whether the API changes nothing but the description: a
// transfer between accounts that both exist. The form cannot change a transfer out of
// the system either.
func isFixedTransfer(transaction gen.Transaction) bool {
	if transaction.Transfer == nil {
		return transaction.Type == gen.TransactionTypeTRANSFER
	}
	return transaction.Transfer.AccountID != nil
}

// keepType adds the transaction's type to the choices, if it is the side of a transfer
// that is left.
func (f *form) keepType(t *appText, transaction gen.Transaction) {
	if choice := f.find("type"); !(field{Options: choice.Options, Value: string(transaction.Type)}).isOffered() {
		choice.Options = append(choice.Options, optionsOf(t.Types, string(transaction.Type))...)
	}
}

// keepCategory adds the transaction's category to the choices if it has been
// deleted.
func (f *form) keepCategory(transaction gen.Transaction) {
	choice, category := f.find("categoryId"), value(transaction.Category)
	if id := idOf(transaction.CategoryID); id != "" && !(field{Options: choice.Options, Value: id}).isOffered() {
		choice.Options = append(choice.Options, option{Value: id, Says: category.Name, Kind: string(category.Type)})
	}
}

// transactionValues returns the transaction as its form has it.
func (w *workspace) transactionValues(transaction gen.Transaction) url.Values {
	return url.Values{
		"type":        {string(transaction.Type)},
		"amount":      {w.text.formatTyped(transaction.Amount, transaction.Currency)},
		"accountId":   {idOf(transaction.AccountID)},
		"categoryId":  {idOf(transaction.CategoryID)},
		"date":        {w.dayOf(transaction.Date).Format(time.DateOnly)},
		"description": {value(transaction.Description)},
	}
}
