package site

import (
	"encoding/json"
	"fmt"
	"net/http"

	"example.com/alta/gen"
	"example.com/alta/internal/bounds"
)

// appError is how a page about money explains an error of the API.
type appError struct {
	field  string                // that the error is about; empty: the form as a whole
	source string                // the field that it is about instead, in a form that has it
	says   func(*appText) string // what is wrong
	quotes func(*appText) string // a sentence with the error's amount; nil: it has none
	bound  int                   // the number in what it says; 0: none
}

// appErrors are the errors of operations about money, by their codes.
var appErrors = map[gen.ErrorCode]appError{
	gen.ErrorCodeInsufficientFunds: {
		field: "amount", source: "fromAccountId", says: func(t *appText) string { return t.NoFunds }, quotes: func(t *appText) string { return t.Holds },
	},
	gen.ErrorCodeBudgetAboveParent: {
		field: "amount", source: "parentId", says: func(t *appText) string { return t.AboveParent }, quotes: func(t *appText) string { return t.Available },
	},
	gen.ErrorCodeBudgetBelowChildren: {
		field: "amount", says: func(t *appText) string { return t.BelowChildren }, quotes: func(t *appText) string { return t.Together },
	},
	gen.ErrorCodeAmountOutOfRange:         {field: "amount", says: func(t *appText) string { return t.OutOfRange }},
	gen.ErrorCodeBudgetExists:             {field: "categoryId", says: func(t *appText) string { return t.BudgetTaken }},
	gen.ErrorCodeCategoryNotFound:         {field: "categoryId", says: func(t *appText) string { return t.NotOffered }},
	gen.ErrorCodeCategoryInvalid:          {field: "categoryId", says: func(t *appText) string { return t.NotOffered }},
	gen.ErrorCodeCategoryTypeMismatch:     {field: "categoryId", says: func(t *appText) string { return t.OtherType }},
	gen.ErrorCodeCurrencyMismatch:         {field: "accountId", says: func(t *appText) string { return t.OtherCurrency }},
	gen.ErrorCodeAccountNotFound:          {field: "accountId", says: func(t *appText) string { return t.NotOffered }},
	gen.ErrorCodeTransferAccountNotFound:  {field: "toAccountId", says: func(t *appText) string { return t.NotOffered }},
	gen.ErrorCodeSameAccount:              {field: "toAccountId", says: func(t *appText) string { return t.SameAccount }},
	gen.ErrorCodeTransferCurrencyMismatch: {field: "toAccountId", says: func(t *appText) string { return t.OtherCurrency }},
	gen.ErrorCodeTransferFixed:            {says: func(t *appText) string { return t.TransferFixed }},
	gen.ErrorCodeAccountDeleted:           {says: func(t *appText) string { return t.AccountGone }},
	gen.ErrorCodeDefaultAccount:           {says: func(t *appText) string { return t.DefaultKept }},
	gen.ErrorCodeCurrencyLocked:           {field: "currency", says: func(t *appText) string { return t.CurrencyKept }},
	gen.ErrorCodeAccountNotEmpty:          {field: "openingBalance", says: func(t *appText) string { return t.NotEmpty }},
	gen.ErrorCodeNegativeBalance:          {field: "type", says: func(t *appText) string { return t.InDebt }},
	gen.ErrorCodeCategoryExists:           {field: "name", says: func(t *appText) string { return t.NameTaken }},
	gen.ErrorCodeParentInvalid:            {field: "parentId", says: func(t *appText) string { return t.BadParent }},
	gen.ErrorCodeParentNotFound:           {field: "parentId", says: func(t *appText) string { return t.BadParent }},
	gen.ErrorCodeParentTypeMismatch:       {field: "type", says: func(t *appText) string { return t.TypeOfParent }},
	gen.ErrorCodeCategoryTypeLocked:       {field: "type", says: func(t *appText) string { return t.TypeKept }},
	gen.ErrorCodeCategoriesExist:          {says: func(t *appText) string { return t.HasCategories }},
	gen.ErrorCodeTooManyAccounts:          {says: func(t *appText) string { return t.TooManyAccounts }, bound: bounds.Accounts},
	gen.ErrorCodeTooManyCategories:        {says: func(t *appText) string { return t.TooManyCategories }, bound: bounds.Categories},
	gen.ErrorCodeTooManyDeletedCategories: {says: func(t *appText) string { return t.TooManyDeleted }, bound: bounds.DeletedCategories},
	gen.ErrorCodeTooManyBudgets:           {says: func(t *appText) string { return t.TooManyBudgets }, bound: bounds.Budgets},
	gen.ErrorCodeTooManyTransactions:      {says: func(t *appText) string { return t.TooManyTransactions }, bound: bounds.Transactions},
	gen.ErrorCodeIdempotencyConflict:      {says: func(t *appText) string { return t.UnderWay }},
	gen.ErrorCodePreconditionFailed:       {says: func(t *appText) string { return t.UnderWay }},
	gen.ErrorCodeIdempotencyMismatch:      {says: func(t *appText) string { return t.SentBefore }},
}

// findField returns the form's field that the error is about, or nil.
func (e appError) findField(f *form) *field {
	if source := f.find(e.source); source != nil {
		return source
	}
	return f.find(e.field)
}

// markPage makes the page say why the API rejects its form: at the fields, or for
// the form as a whole. If the error is not about the form, markPage shows the
// error itself and returns false.
func (v moneyVisit) markPage(a answer, p *appForm) bool {
	field := appErrors[a.code].findField(p.Form)
	switch a.status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity:
	case http.StatusNotFound: // of the page's subject, or of a choice in its form
		if field == nil {
			v.showError(a)
			return false
		}
	default:
		v.showError(a)
		return false
	}
	if p.Form != nil && a.code == gen.ErrorCodeIdempotencyConflict {
		p.Form.Idempotency = v.idempotencyKey() // the form is under way: sent again, it must not be done twice
	}
	switch {
	case p.Form != nil && v.markErrors(p.Form, a, p.op):
	case field != nil:
		field.Error = v.text.describeError(a, p)
	case p.Alert == "":
		p.Alert = v.text.describeError(a, p)
	}
	return true
}

// describeError says what is wrong by the code of the answer. It quotes the
// answer's amount, if that is known.
func (t *text) describeError(a answer, p *appForm) string {
	found, ok := appErrors[a.code]
	switch {
	case ok && found.quotes != nil && len(a.values) > 0:
		amount := t.formatAmount(json.Number(fmt.Sprint(a.values[0])), p.currency(p.Form))
		return found.says(&t.App) + " " + fmt.Sprintf(found.quotes(&t.App), amount)
	case ok && found.bound > 0:
		return t.formatNumbers(found.says(&t.App), found.bound)
	case ok:
		return found.says(&t.App)
	case a.isAbout("year"): // which is in the page's address
		return fmt.Sprintf(t.App.TooEarly, int(*p.op.Body.Property("year").Schema.Min))
	}
	if p.op != nil && p.op.Body != nil { // of a field that the form does not show
		if broken := a.brokenRules(p.op); len(broken) > 0 {
			return t.describeRule(broken[0], "?")
		}
	}
	return t.App.Invalid
}
