package site

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.com/alta/gen"
	"example.com/alta/internal/site/static"
)

// Names of fields, of forms and of the API alike.
const (
	fieldFiscalDay = "fiscalStartDay"
	fieldTimeZone  = "timezone"
	fieldLanguage  = "language"
)

var profilePage = parse("profile.html")

// profile is the data of the page of a person's own record.
type profile struct {
	Tabs     tabs
	Alert    string
	Email    string
	Verified bool
	Since    string
	Form     *form
	Export   string // path of one's own data
	Delete   string // path of the page that deletes the account
}

func (v accountVisit) showProfile() {
	var me gen.Me
	if v.get(apiMe, &me) {
		v.showRecord(http.StatusOK, me, v.makeProfileForm(profileValues(me)))
	}
}

// showRecord shows the page of the record with the form as it was sent.
func (v accountVisit) showRecord(status int, me gen.Me, f *form) {
	shown := profile{
		Tabs:     v.makeAccountTabs(),
		Email:    me.Email,
		Verified: me.EmailVerified != nil,
		Since:    v.text.formatDate(parseMoment(me.CreatedAt)),
		Form:     f,
		Export:   apiMe + "/export",
		Delete:   pathDelete,
	}
	title := v.text.Account.Profile
	if f.failed() {
		shown.Alert, title = v.text.Frame.CheckFields, v.text.ErrorTitle+title
	}
	v.showPage(status, profilePage, page{Title: title, Wide: true, Scripts: []*static.Asset{profileScript}, Main: shown})
}

// profileValues returns the fields of the record that can be changed, as the form
// has them.
func profileValues(me gen.Me) url.Values {
	return url.Values{
		fieldFirstName: {me.FirstName}, fieldLastName: {me.LastName}, fieldCurrency: {me.Currency},
		fieldFiscalDay: {strconv.Itoa(me.FiscalStartDay)}, fieldTimeZone: {me.Timezone}, fieldLanguage: {string(me.Language)},
	}
}

func (v accountVisit) makeProfileForm(values url.Values) *form {
	t, op := v.text.Account, v.operation("updateMe")
	currency := v.text.currencyField(op, fieldCurrency, values.Get(fieldCurrency))
	currency.Hint = t.CurrencyHint
	fields := withLimits(op,
		field{Name: fieldFirstName, Type: "text", Label: v.text.SignUp.FirstName, Autocomplete: "given-name"},
		field{Name: fieldLastName, Type: "text", Label: v.text.SignUp.LastName, Autocomplete: "family-name"},
		currency,
		field{Name: fieldFiscalDay, Type: "select", Label: t.FiscalDay, Hint: t.FiscalDayHint, Options: v.listFiscalDays()},
		field{Name: fieldTimeZone, Type: "text", Label: t.TimeZone, Autocomplete: "off", Hint: t.TimeZoneHint},
		field{Name: fieldLanguage, Type: "select", Label: t.MailLanguage, Options: languageOptions},
	)
	for i := range fields {
		fields[i].Value = values.Get(fields[i].Name)
		isName := fields[i].Name == fieldFirstName || fields[i].Name == fieldLastName
		fields[i].Optional = isName // users of the API door may have none; all else has a value
	}
	return &form{Action: pathProfile, Fields: fields, Button: t.Save}
}

func (v accountVisit) listFiscalDays() []option {
	rule := v.operation("updateMe").Body.Property(fieldFiscalDay).Schema
	var days []option
	for day := int(*rule.Min); day <= int(*rule.Max); day++ {
		days = append(days, option{Value: strconv.Itoa(day), Says: strconv.Itoa(day)})
	}
	return days
}

func (v accountVisit) sendProfile() {
	values, ok := v.readForm()
	if !ok {
		return
	}
	var me gen.Me
	if !v.get(apiMe, &me) {
		return
	}
	f := v.makeProfileForm(values)
	a := v.call(http.MethodPatch, apiMe, profileChanges(values, profileValues(me)), "")
	switch {
	case a.ok():
		v.redirectDone(pathProfile, doneProfile)
	case v.markErrors(f, a, v.operation("updateMe")):
		v.showRecord(a.status, me, f)
	default:
		v.showErrorWith(a, card{Heading: v.text.Failed, Form: f})
	}
}

// profileChanges returns the fields that the API is to change. Names that a user
// of the API door has never set are left out.
func profileChanges(sent, known url.Values) map[string]any {
	changes := map[string]any{}
	for name := range known {
		value := strings.TrimSpace(sent.Get(name))
		if value == known.Get(name) {
			continue
		}
		changes[name] = value
		if day, err := strconv.Atoi(value); name == fieldFiscalDay && err == nil {
			changes[name] = day
		}
	}
	return changes
}
