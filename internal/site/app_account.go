package site

import (
	"net/url"
	"strconv"
	"time"

	"example.com/alta/gen"
)

// readAccountInPath reads the workspace and the account that the path names. If it
// cannot, it shows the error and ok is false.
func (v moneyVisit) readAccountInPath() (w *workspace, a *gen.Account, ok bool) {
	if w, ok = v.readWorkspace(); !ok {
		return nil, nil, false
	}
	if a = w.findAccount(v.r.PathValue("id")); a == nil {
		v.showGone()
		return nil, nil, false
	}
	return w, a, true
}

// readAccount reads the account that the path names.
func (v moneyVisit) readAccount() (it item, ok bool) {
	w, listed, ok := v.readAccountInPath()
	if !ok {
		return it, false
	}
	t, a := &v.text.App, &gen.Account{}
	id := listed.ID.String()
	tag, ok := v.getTagged(itemPath(apiAccounts, id), a)
	if !ok {
		return it, false
	}
	action := itemPath(pathAccounts, id)
	p := v.makeAccountForm(a.Currency, action, t.Save)
	p.Back, p.Heading = link{pathAccounts, t.Accounts}, a.Name
	if !a.IsDefault {
		p.Confirm = newConfirmation(action, t.DeleteAccount, t.DeleteAccountSays, t.DeleteButton)
	}
	p.Form.set(w.accountValues(a))
	return item{
		page:     p,
		api:      itemPath(apiAccounts, id),
		tag:      tag,
		pristine: a.CreatedAt == a.UpdatedAt,
		saved:    donePath(pathAccounts, url.Values{}, doneSaved),
		deleted:  deletedTo(pathAccounts, "account-deleted"),
	}, true
}

// accountValues returns the account as its form has it.
func (w *workspace) accountValues(a *gen.Account) url.Values {
	values := url.Values{"name": {a.Name}, "type": {string(a.Type)}, "currency": {a.Currency}, "allowNegative": {strconv.FormatBool(a.AllowNegative)}}
	if a.TargetAmount != nil {
		values.Set("targetAmount", w.text.formatTyped(*a.TargetAmount, a.Currency))
	}
	if a.TargetDate != nil {
		values.Set("targetDate", w.dayOf(*a.TargetDate).Format(time.DateOnly))
	}
	return values
}

// readDeposit reads the data of the form that puts money into the account that
// the path names.
func (v moneyVisit) readDeposit() (deposit newItem, ok bool) {
	_, a, ok := v.readAccountInPath()
	if !ok {
		return deposit, false
	}
	t, op := &v.text.App, v.operation("depositIntoAccount")
	id := a.ID.String()
	return newItem{
		page: appForm{
			Back: link{pathAccounts, t.Accounts}, Heading: t.Deposit,
			Says: a.Name + " · " + v.text.formatMoney(a.Balance, a.Currency),
			op:   op, currency: always(a.Currency),
			Form: newForm(op, itemPath(pathAccounts, id, "deposit"), t.DepositButton,
				v.text.amountField("amount", t.Amount, a.Currency),
				field{Name: "description", Type: "text", Label: t.Description}),
		},
		show: v.showForm,
		api:  itemPath(apiAccounts, id, "deposit"),
		next: donePath(pathAccounts, url.Values{}, "deposited"),
	}, true
}

// readTransfer reads the data of the form that moves money from one account to
// another.
func (v moneyVisit) readTransfer() (transfer newItem, ok bool) {
	w, ok := v.readWorkspace()
	if !ok {
		return transfer, false
	}
	t, op := &v.text.App, v.operation("transferBetweenAccounts")
	accounts := v.text.accountOptions(w.accounts)
	p := appForm{
		Back: link{pathAccounts, t.Accounts}, Heading: t.Transfer, Says: t.TransferSays,
		op: op, currency: w.chosenCurrency("fromAccountId"),
		Form: newForm(op, pathTransfer, t.TransferButton,
			field{Name: "fromAccountId", Type: "select", Label: t.TransferFrom, Options: accounts},
			field{Name: "toAccountId", Type: "select", Label: t.TransferTo, Options: accounts},
			v.text.amountField("amount", t.Amount, firstCurrency(w.accounts)),
			field{Name: "description", Type: "text", Label: t.Description}),
	}
	for _, name := range []string{"fromAccountId", "toAccountId"} {
		p.Form.find(name).Optional = false // the contract requires neither: each has a second name there
	}
	return newItem{page: p, show: v.showForm, api: apiTransfer, next: donePath(pathAccounts, url.Values{}, "transferred")}, true
}

func (v moneyVisit) showTransfer() {
	transfer, ok := v.readTransfer()
	if !ok {
		return
	}
	if to := transfer.page.Form.find("toAccountId"); len(to.Options) > 1 {
		to.Value = to.Options[1].Value
	}
	v.showForm(transfer.page)
}

func (v moneyVisit) sendTransfer() { v.createItem(moneyVisit.readTransfer) }
