package site

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"example.com/alta/internal/locale"
)

// refusal is how the API refuses something: what its message has in it, the
// field that it is about, and what the page says of it. Where that has a %s,
// what the pattern catches goes there.
type refusal struct {
	message *regexp.Regexp
	field   string // empty: the form as a whole
	says    func(*appText) string
}

// refusals are tried in order. The texts are those of the contract.
var refusals = []refusal{
	{regexp.MustCompile(`^Fondos insuficientes\. Tu saldo es \$(-?[0-9.]+) `), "amount", func(t *appText) string { return t.NoFunds }},
	{regexp.MustCompile(`^Insufficient funds`), "amount", func(t *appText) string { return t.NoFundsThere }},
	{regexp.MustCompile(`^El (saldo de la cuenta|total de los movimientos) quedaría`), "amount", func(t *appText) string { return t.OutOfRange }},
	{regexp.MustCompile(`^El presupuesto supera .* \$(-?[0-9.]*[0-9])`), "amount", func(t *appText) string { return t.AboveParent }},
	{regexp.MustCompile(`^El monto es menor .*\(\$(-?[0-9.]*[0-9])\)`), "amount", func(t *appText) string { return t.BelowChildren }},
	{regexp.MustCompile(`^Amount must|^amount must be a positive`), "amount", func(t *appText) string { return t.NotPositive }},
	{regexp.MustCompile(`^Ya existe un presupuesto`), "categoryId", func(t *appText) string { return t.BudgetTaken }},
	{regexp.MustCompile(`^year must not be less than ([0-9]+)`), "", func(t *appText) string { return t.TooEarly }},
	{regexp.MustCompile(`^Categor(ía (no encontrada|inválida)|y not found)`), "categoryId", func(t *appText) string { return t.NotOffered }},
	{regexp.MustCompile(`^No puedes crear una transacción de tipo|^Incoherencia`), "categoryId", func(t *appText) string { return t.OtherType }},
	{regexp.MustCompile(`^No puedes crear una transacción en`), "accountId", func(t *appText) string { return t.OtherCurrency }},
	{regexp.MustCompile(`^(Cuenta no|Nueva cuenta no|Account not)`), "accountId", func(t *appText) string { return t.NotOffered }},
	{regexp.MustCompile(`^Source or destination account not`), "toAccountId", func(t *appText) string { return t.NotOffered }},
	{regexp.MustCompile(`^Cannot transfer to the same`), "toAccountId", func(t *appText) string { return t.SameAccount }},
	{regexp.MustCompile(`^Cannot transfer between accounts`), "toAccountId", func(t *appText) string { return t.OtherCurrency }},
	{regexp.MustCompile(`^Una transferencia no se puede`), "", func(t *appText) string { return t.TransferFixed }},
	{regexp.MustCompile(`^La transacción original|^Transacción sin cuenta`), "", func(t *appText) string { return t.AccountGone }},
	{regexp.MustCompile(`^Cannot delete default`), "", func(t *appText) string { return t.DefaultKept }},
	{regexp.MustCompile(`^No puedes cambiar la moneda`), "currency", func(t *appText) string { return t.CurrencyKept }},
	{regexp.MustCompile(`^Category ".*" already exists`), "name", func(t *appText) string { return t.NameTaken }},
	{regexp.MustCompile(`^(Nesting limit|Invalid parent|Parent category not|Category cannot be its)`), "parentId", func(t *appText) string { return t.BadParent }},
	{regexp.MustCompile(`^El tipo de una subcategoría`), "type", func(t *appText) string { return t.TypeOfParent }},
	{regexp.MustCompile(`^No puedes cambiar el tipo`), "type", func(t *appText) string { return t.TypeKept }},
	{regexp.MustCompile(`^User already has categories`), "", func(t *appText) string { return t.HasCategories }},
	{regexp.MustCompile(`with this Idempotency-Key is still`), "", func(t *appText) string { return t.UnderWay }},
	{regexp.MustCompile(`^This Idempotency-Key was used`), "", func(t *appText) string { return t.SentBefore }},
}

// markPage makes the page say why the API rejects its form: at the fields, or for
// the form as a whole. If the error is not about the form, markPage shows the
// error itself and returns false.
func (v moneyVisit) markPage(a answer, p *appForm) bool {
	switch a.status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
	case http.StatusNotFound: // of the form's own thing, or of one that it chose
		if !v.text.aboutField(a, p.Form) {
			v.showError(a)
			return false
		}
	default:
		v.showError(a)
		return false
	}
	if p.Form != nil && a.status == http.StatusConflict && a.retryAfter() != "" {
		p.Form.Idempotency = v.idempotencyKey() // the same is under way: to send it again must not do it again
	}
	if p.Form != nil && v.markErrors(p.Form, a, p.op) {
		return true
	}
	for _, message := range a.messages {
		name, says := v.text.describeRefusal(message)
		if field := p.Form.find(name); field != nil {
			field.Error = says.Says
		} else if p.Alert.Says == "" {
			p.Alert = says
		}
	}
	return true
}

// aboutField reports whether a message is about a field of the form.
func (t *text) aboutField(a answer, f *form) bool {
	return slices.ContainsFunc(a.messages, func(message string) bool {
		field, _ := t.describeRefusal(message)
		return f.find(field) != nil
	})
}

// describeRefusal returns the field that a message of the API is about, and what to say
// of it: the message itself, which is English, where the page knows it not.
func (t *text) describeRefusal(message string) (field string, says notice) {
	for _, r := range refusals {
		found := r.message.FindStringSubmatch(message)
		if found == nil {
			continue
		}
		words := r.says(&t.App)
		if len(found) > 1 {
			words = strings.Replace(words, "%s", t.quoted(message, found[len(found)-1]), 1)
		}
		return r.field, notice{Says: words}
	}
	if t.Language != locale.English {
		return "", notice{message, locale.English}
	}
	return "", notice{Says: message}
}

// quoted writes a number of a message as people do: counts as they are.
func (t *text) quoted(message, number string) string {
	if strings.Contains(number, ".") || strings.Contains(message, "$"+number) {
		return t.formatAmount(json.Number(number))
	}
	return number
}
