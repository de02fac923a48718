package site

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/gen"
	"example.com/alta/internal/money"
	"example.com/alta/internal/problem"
)

// TestRejectedMoney: an error of the API is shown where it belongs, in the
// reader's words, with the amount that it quotes. The form keeps what was typed,
// and the next try has a key of its own.
func TestRejectedMoney(t *testing.T) {
	for _, test := range []struct {
		failure       error
		field, en, es string
	}{
		{problem.ErrFunds.With("1000.50", "1234.50"), "amount", "not enough money in the account. It has 1,000.50.", "No hay suficiente dinero en la cuenta. Tiene 1.000,50."},
		{problem.ErrBalanceRange, "amount", "cannot hold that much", "no puede tener tanto"},
		{problem.ErrCategoryType.With("EXPENSE", "INCOME"), "categoryId", "another type", "otro tipo"},
		{problem.ErrForeignCategory, "categoryId", "Choose one of the options", "Elige una"},
		{problem.ErrCategoryNotFound, "categoryId", "Choose one of the options", "Elige una"},
		{problem.ErrTransactionAccount, "accountId", "Choose one of the options", "Elige una"},
		{problem.ErrCurrency.With("EUR", "ARS"), "accountId", "currencies differ", "monedas"},
		{rejected("description maxLength"), "description", "Enter at most 500", "Escribe como máximo 500"},
		{rejected("amount minimum"), "amount", "must be more than 0", "debe ser mayor que 0"},
		{rejected("date format"), "date", "Enter a date", "Escribe una fecha"},
		{rejected("currency maxLength"), "", "Enter at most 3 characters.", "Escribe como máximo 3 caracteres."},
		{problem.ErrIdempotencyMismatch, "", "already sent with other values", "ya se envió"},
		{problem.ErrIdempotencyConflict, "", "already being processed", "ya se está procesando"},
	} {
		for language, want := range map[string]string{"en": test.en, "es": test.es} {
			api := moneyAPI()
			api.failOn("POST "+apiTransactions, test.failure)
			w := post(moneySite(api), pathAdd, sale, append(fromHere, "Accept-Language: "+language)...)
			contains(t, w, 400, want, `value="1,234.5"`, `value="Weekly"`)
			if test.field != "" {
				contains(t, w, 400, `id="`+test.field+`-error"`)
			}
			isSame := errors.Is(test.failure, problem.ErrIdempotencyConflict) // under way, it must not be done twice
			if strings.Contains(w.Body.String(), "key-1") != isSame {
				t.Errorf("%v: the next try goes by the old key: %v", test.failure, !isSame)
			}
		}
	}
	api := moneyAPI()
	api.failOn("POST "+apiTransactions, problem.ErrTransactionNotFound)
	contains(t, post(moneySite(api), pathAdd, sale, fromHere...), 404, "may have been deleted")
	api.failOn("DELETE "+apiTransactions+"/"+purchaseID, problem.ErrFunds.With("10.00", "25.50"))
	contains(t, post(moneySite(api), pathTransactions+"/"+purchaseID, url.Values{"delete": {"yes"}}, fromHere...), 400,
		`role="alert">There is not enough money in the account. It has 10.00.`, `value="1500.50"`)
}

// TestRejectedElsewhere: errors of the other forms, and their amounts.
func TestRejectedElsewhere(t *testing.T) {
	transfer := url.Values{"fromAccountId": {walletID}, "toAccountId": {savingsID}, "amount": {"1"}}
	budget := url.Values{"categoryId": {marketID}, "amount": {"5"}}
	category := url.Values{"name": {"Pan"}, "type": {"EXPENSE"}, "parentId": {foodID}, "isFixed": {"false"}}
	for _, test := range []struct {
		path    string
		form    url.Values
		api     string
		failure error
		field   string // "": the form as a whole
		says    string
	}{
		{pathTransfer, transfer, apiTransfer, problem.ErrTransferFunds, "fromAccountId", "not enough money"},
		{pathTransfer, transfer, apiTransfer, problem.ErrTransferCurrencies, "toAccountId", "currencies differ"},
		{pathTransfer, transfer, apiTransfer, problem.ErrTransferAccounts, "toAccountId", "Choose one of the options"},
		{pathTransfer, transfer, apiTransfer, problem.ErrSameAccount, "toAccountId", "another account"},
		{pathBudgets, budget, apiBudgets, problem.ErrBudgetAboveParent.With(money.Number(50050, "ARS")), "amount", "Available: 500.50."},
		{pathBudgets, budget, apiBudgets, problem.ErrBudgetExists, "categoryId", "has a budget this month"},
		{pathBudgets, budget, apiBudgets, rejected("year minimum"), "", "The earliest year for a budget is 2024."},
		{pathBudgets + "/" + budgetID, url.Values{"amount": {"5"}}, apiBudgets + "/" + budgetID, problem.ErrBudgetBelowChildren.With(money.Number(12345678, "ARS")), "amount", "Together: 123,456.78."},
		{pathAccounts, saved, apiAccounts, rejected("targetAmount minimum"), "targetAmount", "Enter at least 1.00."},
		{pathAccounts, saved, apiAccounts, rejected("targetAmount maximum"), "targetAmount", "Enter at most 9,999,999,999,999.99."},
		{pathAccounts + "/" + savingsID, saved, apiAccounts + "/" + savingsID, problem.ErrCurrencyKept, "currency", "currency of an account with transactions cannot be changed"},
		{pathCategories, category, apiCategories, problem.ErrCategoryExists.With("Pan"), "name", "name"},
		{pathCategories, category, apiCategories, problem.ErrNesting, "parentId", "two levels"},
		{pathCategories, category, apiCategories, problem.ErrParentNotFound, "parentId", "two levels"},
		{pathCategories, category, apiCategories, problem.ErrParentType, "type", "subcategory"},
		{pathCategories, url.Values{"seed": {"yes"}}, apiSeed, problem.ErrSeeded, "", "already have categories"},
		{pathCategories + "/" + foodID, with(category, "parentId", ""), apiCategories + "/" + foodID, problem.ErrCategoryTypeKept, "type", "other type"},
	} {
		api, method := moneyAPI(), "POST "
		if strings.Count(test.path, "/") == 3 {
			method = "PATCH "
		}
		api.failOn(method+test.api, test.failure)
		marked := `role="alert">`
		if test.field != "" {
			marked = `id="` + test.field + `-error">`
		}
		w := post(moneySite(api), test.path, test.form, fromHere...)
		contains(t, w, 400, marked)
		_, rest, _ := strings.Cut(w.Body.String(), marked)
		if says, _, _ := strings.Cut(rest, "<"); !strings.Contains(says, test.says) {
			t.Errorf("%s: the page says %q of %v, and not %q", test.path, says, test.failure, test.says)
		}
	}
}

// TestStoredFailure: a failure that was stored with an Idempotency-Key tells its
// code and no values.
func TestStoredFailure(t *testing.T) {
	api := moneyAPI()
	api.on("POST "+apiTransactions, 400, `{"statusCode":400,"message":"Fondos insuficientes. Tu saldo es $10.00 y intentas gastar $20.00","error":"Bad Request","code":"insufficient_funds"}`)
	w := post(moneySite(api), pathAdd, sale, fromHere...)
	contains(t, w, 400, `id="amount-error">There is not enough money in the account.<`)
	api.on("POST "+apiTransactions, 400, `{"statusCode":400,"message":["amount must be a number"],"error":"Bad Request","code":"invalid_request"}`)
	contains(t, post(moneySite(api), pathAdd, sale, fromHere...), 400, `role="alert">Some values are not valid.`)
}

// ofOthers are operations of the app door that other pages answer for.
var ofOthers = regexp.MustCompile(`^/api/(auth|users|admin)/`)

// TestEveryErrorHasWords: what the contract documents of the app door's money has
// words of the pages' own.
func TestEveryErrorHasWords(t *testing.T) {
	seen := 0
	for path, item := range theDocument().Paths.Map() {
		if !strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/api/v1/") || ofOthers.MatchString(path) {
			continue
		}
		for method, op := range item.Operations() {
			if method == http.MethodGet {
				continue
			}
			for _, code := range codesOf(op) {
				seen++
				if _, ok := appErrors[code]; !ok && code != gen.ErrorCodeInvalidRequest {
					t.Errorf("%s %s answers %s, which has no words", method, path, code)
				}
			}
		}
	}
	if seen < 30 {
		t.Errorf("the contract has %d errors", seen)
	}
}

// codesOf returns the codes of the operation's errors, which its examples are
// named by.
func codesOf(op *openapi3.Operation) (codes []gen.ErrorCode) {
	known := theDocument().Components.Schemas["ErrorCode"].Value.Enum
	for _, status := range []int{400, 409, 422} {
		response := op.Responses.Status(status)
		if response == nil {
			continue
		}
		for name := range response.Value.Content.Get("application/json").Examples {
			if slices.Contains(known, any(name)) {
				codes = append(codes, gen.ErrorCode(name))
			}
		}
	}
	return codes
}
