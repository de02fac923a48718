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
	Discard  *link // drops what was typed; nil: there is nothing to drop
	Email    string
	Verified bool
	Since    string
	Form     *form
	Export   string // path of one's own data
	Delete   string // path of the page that deletes the account
}

func (v accountVisit) showProfile() {
	if me, e, ok := v.readProfile(); ok {
		e.form.remember(e.tag)
		v.showRecord(http.StatusOK, me, e.form)
	}
}

// readProfile reads the person's own record. If it cannot, it shows the error and ok
// is false.
func (v accountVisit) readProfile() (me gen.Me, e edit, ok bool) {
	tag, ok := v.getTagged(apiMe, &me)
	if !ok {
		return me, e, false
	}
	f := v.makeProfileForm(profileValues(me))
	return me, edit{
		form: f, tag: tag, pristine: me.CreatedAt == me.UpdatedAt, method: http.MethodPatch, api: apiMe,
		body: func(changed map[string]bool) (map[string]any, bool) { return profileChanges(f, changed), true },
	}, true
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
	switch {
	case status == http.StatusConflict:
		shown.Alert, title = v.text.Edit.Changed, v.text.ErrorTitle+title
		shown.Discard = &link{pathProfile, v.text.Edit.Discard}
	case f.failed():
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
	e, a, result := v.sendEdit(func() (e edit, ok bool) {
		me, e, ok = v.readProfile()
		return e, ok
	}, values)
	switch {
	case result == editUnread:
	case result == editSaved:
		v.redirectDone(pathProfile, doneProfile)
	case result == editConflict, a.status == http.StatusPreconditionFailed:
		v.showRecord(http.StatusConflict, me, e.form)
	case v.markErrors(e.form, a, v.operation("updateMe")):
		v.showRecord(a.status, me, e.form)
	default:
		v.showErrorWith(a, card{Heading: v.text.Failed, Form: e.form})
	}
}

// profileChanges returns the changed fields for the API. Names that a user of the API
// door has never set are left out.
func profileChanges(f *form, changed map[string]bool) map[string]any {
	changes := map[string]any{}
	for name := range changed {
		value := strings.TrimSpace(f.find(name).Value)
		changes[name] = value
		if day, err := strconv.Atoi(value); name == fieldFiscalDay && err == nil {
			changes[name] = day
		}
	}
	return changes
}
