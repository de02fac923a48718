package site

import (
	"net/url"

	"example.com/alta/gen"
)

var accountsPage = parse("app_accounts.html", "app_parts.html")

// accountsMain is the data of the list of accounts, with the form of a new one.
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
	Goal          string // the target, and its date; empty: there is none
	Progress      shareBar
}

// listAccounts returns the first most accounts as lists show them.
func (w *workspace) listAccounts(most int) []accountRow {
	rows := make([]accountRow, min(most, len(w.accounts)))
	for i, a := range w.accounts[:len(rows)] {
		id := a.ID.String()
		rows[i] = accountRow{
			Path:     itemPath(pathAccounts, id),
			Deposit:  itemPath(pathAccounts, id, "deposit"),
			Name:     a.Name,
			Type:     w.text.App.AccountTypes[string(a.Type)],
			Balance:  w.text.formatMoney(a.Balance, a.Currency),
			Goal:     w.describeGoal(a),
			Progress: shareBar{Percent: float64(a.Progress), Kind: "good"},
		}
	}
	return rows
}

// describeGoal says how far a savings account is from its target.
func (w *workspace) describeGoal(a gen.Account) string {
	if a.TargetAmount == nil {
		return ""
	}
	amount, by := w.text.formatMoney(*a.TargetAmount, a.Currency), ""
	if a.TargetDate != nil {
		by = w.text.formatDate(w.dayOf(*a.TargetDate))
	}
	return w.text.App.describeGoal(a.Progress, amount, by)
}

// makeAccountForm returns a page with the form of an account. currency is the
// account's or the person's own.
func (v moneyVisit) makeAccountForm(currency, action, button string) appForm {
	t, op := &v.text.App, v.operation("createAccount")
	types := enumOf(op, "type")
	target := v.text.amountField("targetAmount", t.TargetAmount, currency)
	target.Hint = t.TargetHint
	chosen := func(f *form) string { return f.valueOf(fieldCurrency) }
	p := appForm{op: op, currency: chosen, Form: newForm(op, action, button,
		field{Name: "name", Type: "text", Label: t.Name},
		field{Name: "type", Type: "select", Label: t.Type, Value: types[0], Options: optionsOf(t.AccountTypes, types...)},
		field{Name: "currency", Type: "select", Label: t.Currency, Value: currency, Options: v.text.currencyOptions(currency)},
		target,
		field{Name: "targetDate", Type: "date", Label: t.TargetDate},
		field{Name: "allowNegative", Type: "choice", Label: t.AllowNegative, Value: "false", Options: []option{
			{Value: "true", Says: v.text.Frame.Yes}, {Value: "false", Says: v.text.Frame.No},
		}},
	)}
	p.Form.find("allowNegative").Optional = true // a form without an answer leaves it as it is
	return p
}

// readNewAccount reads the list of accounts, and makes the form of a new one.
func (v moneyVisit) readNewAccount() (account newItem, ok bool) {
	w, ok := v.readWorkspace()
	if !ok {
		return account, false
	}
	show := func(p appForm) {
		status, title := p.check(v.text, v.text.App.Accounts)
		main := accountsMain{Tabs: v.makeMoneyTabs(), Accounts: w.listAccounts(len(w.accounts)), CanTransfer: len(w.accounts) > 1, New: p}
		v.showPage(status, accountsPage, page{Title: title, Wide: true, Main: main})
	}
	return newItem{
		page: v.makeAccountForm(w.me.Currency, pathAccounts, v.text.App.CreateAccount),
		show: show,
		api:  apiAccounts,
		next: donePath(pathAccounts, url.Values{}, "account-created"),
	}, true
}
