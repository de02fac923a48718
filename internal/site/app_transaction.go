package site

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"example.com/alta/gen"
)

// transactionForm is the form of a new transaction, or of one that there is.
func (v *visit) transactionForm(w *workspace, accounts []gen.Account, action, button string) *form {
	t, op := &v.text.App, v.site.operation("createTransaction")
	types := []gen.CategoryType{gen.CategoryTypeEXPENSE, gen.CategoryTypeINCOME, gen.CategoryTypeBOTH}
	return newForm(op, action, button,
		field{Name: "type", Type: "choice", Label: t.Type, Options: optionsOf(t.Types, "EXPENSE", "INCOME")},
		v.text.amountField("amount", t.Amount),
		field{Name: "accountId", Type: "select", Label: t.Account, Options: v.text.accountOptions(accounts)},
		field{Name: "categoryId", Type: "select", Label: t.Category, Options: v.text.categoryOptions(w, types...)},
		field{Name: "date", Type: "date", Label: t.Date},
		field{Name: "description", Type: "text", Label: t.Description},
	)
}

func (v *visit) newTransaction(w *workspace) appForm {
	t := &v.text.App
	return appForm{
		Back: link{pathApp, t.Overview}, Heading: t.Add, op: v.site.operation("createTransaction"),
		Form: v.transactionForm(w, w.accounts, pathAdd, t.AddButton),
	}
}

// showNewTransaction shows the form of a new transaction: an expense of today,
// unless the link that led there says what else.
func showNewTransaction(v *visit) {
	w, ok := v.workspace()
	if !ok {
		return
	}
	p := v.newTransaction(w)
	p.Form.set(url.Values{
		"type": {string(gen.TransactionTypeEXPENSE)},
		"date": {v.site.config.Now().In(w.calendar.Zone).Format(time.DateOnly)},
	})
	query := v.r.URL.Query()
	for _, name := range []string{"type", "accountId", "categoryId"} {
		if f := p.Form.field(name); query.Has(name) {
			f.Value = query.Get(name)
		}
	}
	v.showForm(p)
}

func sendNewTransaction(v *visit) {
	values, ok := v.form()
	if !ok {
		return
	}
	w, ok := v.workspace()
	if !ok {
		return
	}
	p := v.newTransaction(w)
	p.Form.set(values)
	body, ok := v.read(p.Form)
	if !ok {
		v.showForm(p)
		return
	}
	v.sendOrRefuse(p, http.MethodPost, apiTransactions, body, v.back(pathApp, "transaction-added"))
}

// transactionPage returns the page of the transaction that the path names. When
// there is none, the person has been told.
func (v *visit) transactionPage() (p appForm, ok bool) {
	var is gen.Transaction
	id := v.r.PathValue("id")
	w, ok := v.workspace()
	if !ok || !v.get(itemPath(apiTransactions, id), &is) {
		return p, false
	}
	t := &v.text.App
	action := itemPath(pathTransactions, id)
	p = appForm{
		Back: link{pathTransactions, t.Transactions}, Heading: t.EditTransaction, op: v.site.operation("createTransaction"),
		Confirm: newConfirmation(action, t.DeleteTransaction, t.DeleteTransactionSays, t.DeleteButton),
	}
	if row := v.rows(w, []gen.Transaction{is})[0]; idOf(is.AccountID) == "" || is.Type == gen.TransactionTypeTRANSFER {
		p.Heading, p.Facts = row.Title, row.facts()
	}
	switch {
	case idOf(is.AccountID) == "":
		p.Says, p.Confirm = t.AccountGone, nil
	case is.Type == gen.TransactionTypeTRANSFER:
		p.Says = t.TransferFixed
		p.Form = newForm(p.op, action, t.Save, field{Name: "description", Type: "text", Label: t.Description})
	default:
		p.Form = v.transactionForm(w, sameCurrency(w.accounts, is.Currency), action, t.Save)
		p.Form.keepCategory(is)
	}
	if p.Form != nil {
		p.Form.set(v.valuesOf(w, is))
	}
	return p, true
}

// sameCurrency returns the accounts that a transaction can be moved to without
// a change of what its amount means.
func sameCurrency(accounts []gen.Account, currency string) []gen.Account {
	return slices.DeleteFunc(slices.Clone(accounts), func(a gen.Account) bool { return a.Currency != currency })
}

// keepCategory adds the transaction's category to the choices where it has been
// deleted.
func (f *form) keepCategory(is gen.Transaction) {
	choice, category := f.field("categoryId"), value(is.Category)
	if id := idOf(is.CategoryID); id != "" && !(field{Options: choice.Options, Value: id}).offers() {
		choice.Options = append(choice.Options, option{Value: id, Says: category.Name, Kind: string(category.Type)})
	}
}

// valuesOf returns what the form of the transaction has in its fields.
func (v *visit) valuesOf(w *workspace, is gen.Transaction) url.Values {
	return url.Values{
		"type":        {string(is.Type)},
		"amount":      {v.text.typed(is.Amount)},
		"accountId":   {idOf(is.AccountID)},
		"categoryId":  {idOf(is.CategoryID)},
		"date":        {w.day(is.Date).Format(time.DateOnly)},
		"description": {value(is.Description)},
	}
}

func showTransaction(v *visit) {
	if p, ok := v.transactionPage(); ok {
		v.showForm(p)
	}
}

func sendTransaction(v *visit) {
	v.sendItem(v.transactionPage, apiTransactions, pathTransactions, "transaction-deleted")
}
