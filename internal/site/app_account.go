package site

import (
	"net/http"
	"net/url"
	"time"
)

// accountPage returns the page of the account that the path names.
func (v *visit) accountPage() (p appForm, ok bool) {
	w, ok := v.workspace()
	if !ok {
		return p, false
	}
	a := w.account(v.r.PathValue("id"))
	if a == nil {
		v.gone()
		return p, false
	}
	t := &v.text.App
	action := itemPath(pathAccounts, a.ID.String())
	p = v.accountForm(a.Currency, action, t.Save)
	p.Back, p.Heading = link{pathAccounts, t.Accounts}, a.Name
	if !a.IsDefault {
		p.Confirm = newConfirmation(action, t.DeleteAccount, t.DeleteAccountSays, t.DeleteButton)
	}
	values := url.Values{"name": {a.Name}, "type": {string(a.Type)}, "currency": {a.Currency}}
	if a.TargetAmount != nil {
		values.Set("targetAmount", v.text.typed(*a.TargetAmount))
	}
	if a.TargetDate != nil {
		values.Set("targetDate", w.day(*a.TargetDate).Format(time.DateOnly))
	}
	p.Form.set(values)
	return p, true
}

func showAccount(v *visit) {
	if p, ok := v.accountPage(); ok {
		v.showForm(p)
	}
}

func sendAccount(v *visit) { v.sendItem(v.accountPage, apiAccounts, pathAccounts, "account-deleted") }

// depositPage returns the page with the form that puts money into the account
// that the path names.
func (v *visit) depositPage() (p appForm, ok bool) {
	w, ok := v.workspace()
	if !ok {
		return p, false
	}
	a := w.account(v.r.PathValue("id"))
	if a == nil {
		v.gone()
		return p, false
	}
	t, op := &v.text.App, v.site.operation("depositIntoAccount")
	return appForm{
		Back: link{pathAccounts, t.Accounts}, Heading: t.Deposit,
		Says: a.Name + " · " + v.text.money(a.Balance, a.Currency),
		op:   op,
		Form: newForm(op, itemPath(pathAccounts, a.ID.String(), "deposit"), t.DepositButton,
			v.text.amountField("amount", t.Amount),
			field{Name: "description", Type: "text", Label: t.Description}),
	}, true
}

func showDeposit(v *visit) {
	if p, ok := v.depositPage(); ok {
		v.showForm(p)
	}
}

func sendDeposit(v *visit) {
	v.sendSimple(v.depositPage, itemPath(apiAccounts, v.r.PathValue("id"), "deposit"), "deposited")
}

// transferPage returns the page with the form that moves money from one account
// to another.
func (v *visit) transferPage() (p appForm, ok bool) {
	w, ok := v.workspace()
	if !ok {
		return p, false
	}
	t, op := &v.text.App, v.site.operation("transferBetweenAccounts")
	accounts := v.text.accountOptions(w.accounts)
	p = appForm{
		Back: link{pathAccounts, t.Accounts}, Heading: t.Transfer, Says: t.TransferSays,
		op: op,
		Form: newForm(op, pathTransfer, t.TransferButton,
			field{Name: "fromAccountId", Type: "select", Label: t.TransferFrom, Options: accounts},
			field{Name: "toAccountId", Type: "select", Label: t.TransferTo, Options: accounts},
			v.text.amountField("amount", t.Amount),
			field{Name: "description", Type: "text", Label: t.Description}),
	}
	for _, name := range []string{"fromAccountId", "toAccountId"} {
		p.Form.field(name).Optional = false // the contract leaves open by which name they go
	}
	return p, true
}

func showTransfer(v *visit) {
	p, ok := v.transferPage()
	if !ok {
		return
	}
	if to := p.Form.field("toAccountId"); len(to.Options) > 1 {
		to.Value = to.Options[1].Value
	}
	v.showForm(p)
}

func sendTransfer(v *visit) { v.sendSimple(v.transferPage, apiTransfer, "transferred") }

// sendSimple answers a form whose values are the API's, and which leads back to
// the accounts.
func (v *visit) sendSimple(show func() (appForm, bool), target, code string) {
	values, ok := v.form()
	if !ok {
		return
	}
	p, ok := show()
	if !ok {
		return
	}
	p.Form.set(values)
	body, ok := v.read(p.Form)
	if !ok {
		v.showForm(p)
		return
	}
	v.sendOrRefuse(p, http.MethodPost, target, body, v.back(pathAccounts, code))
}
