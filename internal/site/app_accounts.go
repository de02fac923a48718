package site

import (
	"net/http"
	"slices"

	"example.com/alta/gen"
)

var accountsPage = parse("app_accounts.html", "app_parts.html")

// accountsMain is what the list of accounts shows, with the form of a new one.
type accountsMain struct {
	Tabs        tabs
	Accounts    []accountRow
	CanTransfer bool
	New         appForm
}

// accountRow is an account as lists show it.
type accountRow struct {
	Path, Deposit string
	Name, Type    string
	Balance       string
	Goal          string // what is to be reached, and by when; empty: nothing
	Progress      shareBar
}

func (v *visit) accountRows(w *workspace) []accountRow {
	rows := make([]accountRow, len(w.accounts))
	for i, a := range w.accounts {
		id := a.ID.String()
		rows[i] = accountRow{
			Path: itemPath(pathAccounts, id), Deposit: itemPath(pathAccounts, id, "deposit"),
			Name: a.Name, Type: v.text.App.AccountTypes[string(a.Type)],
			Balance: v.text.money(a.Balance, a.Currency),
			Goal:    v.goal(w, a), Progress: shareBar{Percent: float64(a.Progress), Kind: "good"},
		}
	}
	return rows
}

// goal says what a savings account is to reach.
func (v *visit) goal(w *workspace, a gen.Account) string {
	if a.TargetAmount == nil {
		return ""
	}
	amount, by := v.text.money(*a.TargetAmount, a.Currency), ""
	if a.TargetDate != nil {
		by = v.text.date(w.day(*a.TargetDate))
	}
	return v.text.App.goal(a.Progress, amount, by)
}

func (v *visit) currencyOptions(codes []string) []option {
	options := optionsOf(v.text.SignUp.Currencies, codes...)
	for i, o := range options {
		if o.Says != o.Value {
			options[i].Says += " (" + o.Value + ")"
		}
	}
	return options
}

// accountForm returns a page with the form of an account. currency is the one
// that it has, or that the person likes best: it may be one of registration's.
func (v *visit) accountForm(currency, action, button string) appForm {
	t, op := &v.text.App, v.site.operation("createAccount")
	types, codes := enumOf(op, "type"), enumOf(op, "currency")
	if !slices.Contains(codes, currency) {
		codes = append(codes, currency)
	}
	target := v.text.amountField("targetAmount", t.TargetAmount)
	target.Hint = t.TargetHint
	return appForm{op: op, Form: newForm(op, action, button,
		field{Name: "name", Type: "text", Label: t.Name},
		field{Name: "type", Type: "select", Label: t.Type, Value: types[0], Options: optionsOf(t.AccountTypes, types...)},
		field{Name: "currency", Type: "select", Label: t.Currency, Value: currency, Options: v.currencyOptions(codes)},
		target,
		field{Name: "targetDate", Type: "date", Label: t.TargetDate},
	)}
}

func (v *visit) showAccountsWith(w *workspace, p appForm) {
	status, title := v.settle(&p, v.text.App.Accounts)
	main := accountsMain{Tabs: v.appTabs(), Accounts: v.accountRows(w), CanTransfer: len(w.accounts) > 1, New: p}
	v.show(status, accountsPage, page{Title: title, Wide: true, Main: main})
}

func (v *visit) newAccount(w *workspace) appForm {
	return v.accountForm(w.me.Currency, pathAccounts, v.text.App.CreateAccount)
}

func showAccounts(v *visit) {
	if w, ok := v.workspace(); ok {
		v.showAccountsWith(w, v.newAccount(w))
	}
}

func sendNewAccount(v *visit) {
	values, ok := v.form()
	if !ok {
		return
	}
	w, ok := v.workspace()
	if !ok {
		return
	}
	p := v.newAccount(w)
	p.Form.set(values)
	body, ok := v.read(p.Form)
	if !ok {
		v.showAccountsWith(w, p)
		return
	}
	a := v.send(http.MethodPost, apiAccounts, body, v.idempotency())
	if a.ok() {
		v.done(pathAccounts, "account-created")
	} else if v.refused(a, &p) {
		v.showAccountsWith(w, p)
	}
}
