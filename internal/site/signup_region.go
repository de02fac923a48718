package site

import (
	"maps"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/locale"
)

// guessZone tells the script to put the browser's time zone into a field.
const guessZone = "time zone"

// regionalFields ask for what depends on the place where a new user lives. They show
// the reader's language and the contract's defaults, which a script replaces by
// what the browser knows, unless they have been sent before.
func (v signUpVisit) regionalFields(op *contract.Operation) []field {
	t, sent := v.text.SignUp, v.r.PostFormValue
	money := v.text.currencyField(op, fieldCurrency, sent(fieldCurrency))
	zone := field{
		Name: fieldTimeZone, Type: "text", Label: v.text.Account.TimeZone, Value: sent(fieldTimeZone), Autocomplete: "off",
		Hint: v.text.Account.TimeZoneHint,
	}
	if !v.r.PostForm.Has(fieldTimeZone) {
		zone.Value, _ = op.Body.Property(fieldTimeZone).Schema.Default.(string)
		zone.Guess, money.Guess = guessZone, regionCurrencies()
	}
	tongue := field{Name: fieldLanguage, Type: "select", Label: t.Language, Value: sent(fieldLanguage), Options: languageOptions}
	if tongue.Value == "" {
		tongue.Value = v.text.Language
	}
	fields := withLimits(op, money, zone, tongue)
	for i := range fields {
		fields[i].Optional = false // the form has a value for each
	}
	return fields
}

var languageOptions = []option{{Value: locale.English, Says: "English"}, {Value: locale.Spanish, Says: "Español"}}

// keepLanguage makes the pages, too, come in the language that a new user has chosen.
func (v signUpVisit) keepLanguage(chosen string) {
	if chosen != v.text.Language && texts[chosen] != nil {
		http.SetCookie(v.w, newLanguageCookie(chosen, strings.HasPrefix(v.baseURL, "https:")))
	}
}

// newCurrencies are those of regions that have changed theirs since the edition of
// the CLDR that the library has.
var newCurrencies = map[string]string{
	"BG": "EUR", "CW": "XCG", "HR": "EUR", "MR": "MRU", "SL": "SLE", "ST": "STN", "SX": "XCG", "VE": "VES", "ZW": "ZWG",
}

// regionCurrencies returns the currency of each region, as JSON for the script.
var regionCurrencies = sync.OnceValue(func() string {
	byRegion := map[string]string{}
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			region, err := language.ParseRegion(string([]rune{first, second}))
			if err != nil || !region.IsCountry() {
				continue
			}
			if unit, ok := currency.FromRegion(region); ok {
				byRegion[region.String()] = unit.String()
			}
		}
	}
	maps.Copy(byRegion, newCurrencies)
	return string(encode(byRegion))
})
