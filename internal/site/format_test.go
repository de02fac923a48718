package site

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/money"
)

func TestAmountsAsPeopleRead(t *testing.T) {
	for amount, want := range map[json.Number][2]string{
		"0":                {"0.00", "0,00"},
		"10.5":             {"10.50", "10,50"},
		"999.99":           {"999.99", "999,99"},
		"1000":             {"1,000.00", "1.000,00"},
		"-1234567.8":       {"−1,234,567.80", "−1.234.567,80"},
		"9999999999999.99": {"9,999,999,999,999.99", "9.999.999.999.999,99"},
		"123456":           {"123,456.00", "123.456,00"},
		// Sums may be larger than amounts.
		"12000000000000":        {"12,000,000,000,000.00", "12.000.000.000.000,00"},
		"92233720368547758.07":  {"92,233,720,368,547,758.07", "92.233.720.368.547.758,07"},
		"-92233720368547758.08": {"−92,233,720,368,547,758.08", "−92.233.720.368.547.758,08"},
	} {
		if got := [2]string{english.formatAmount(amount, "USD"), spanish.formatAmount(amount, "USD")}; got != want {
			t.Errorf("%s is %q, want %q", amount, got, want)
		}
	}
	for currency, want := range map[string][2]string{
		"JPY": {"1,234,567", "1.234.567"}, "KWD": {"1,234,567.000", "1.234.567,000"}, "UYW": {"1,234,567.0000", "1.234.567,0000"}, "XYZ": {"1,234,567.00", "1.234.567,00"},
	} {
		if got := [2]string{english.formatAmount("1234567", currency), spanish.formatAmount("1234567", currency)}; got != want {
			t.Errorf("%s are %q, want %q", currency, got, want)
		}
	}
	if got := spanish.formatMoney("1234.5", "ARS"); got != "1.234,50\u00a0ARS" {
		t.Errorf("money is %q", got)
	}
	if en, es := english.formatTyped("1234.5", "ARS"), spanish.formatTyped("1234.5", "ARS"); en != "1234.50" || es != "1234,50" {
		t.Errorf("an amount in a field is %q, %q", en, es)
	}
}

func TestDatesAsPeopleRead(t *testing.T) {
	day := time.Date(2026, 9, 5, 0, 0, 0, 0, time.UTC)
	for language, want := range map[string][2]string{
		"en": {"5\u00a0Sep\u00a02026", "September 2026"}, "es": {"5\u00a0sep\u00a02026", "septiembre de 2026"},
	} {
		text := texts[language]
		if got := [2]string{text.formatDate(day), text.formatMonth(fiscal.Period{Year: 2026, Month: 9})}; got != want {
			t.Errorf("%s: got %q, want %q", language, got, want)
		}
	}
}

func TestAmountsAsPeopleType(t *testing.T) {
	for _, test := range []struct {
		typed   string
		en, es  json.Number
		errorEN error
		errorES error
	}{
		{"1234", "1234", "1234", nil, nil},
		{"1234.5", "1234.5", "1234.5", nil, nil},
		{"1234,56", "1234.56", "1234.56", nil, nil},
		{" 1 234,50 ", "1234.5", "1234.5", nil, nil},
		{"1\u00a0234.00", "1234", "1234", nil, nil},
		{"1.234,56", "1234.56", "1234.56", nil, nil},
		{"1,234.56", "1234.56", "1234.56", nil, nil},
		{"12.345.678,9", "12345678.9", "12345678.9", nil, nil},
		{"1,234", "1234", "", nil, errUnclear},
		{"1.234", "", "1234", errUnclear, nil},
		{"1.234.567", "1234567", "1234567", nil, nil},
		{"1,234,567", "1234567", "1234567", nil, nil},
		{".5", "0.5", "0.5", nil, nil},
		{"007", "7", "7", nil, nil},
		{"9999999999999.99", "9999999999999.99", "9999999999999.99", nil, nil},
		{"10000000000000", "", "", errTooLarge, errTooLarge},
		{"0", "", "", errNotAbove0, errNotAbove0},
		{"0,00", "", "", errNotAbove0, errNotAbove0},
		{"0.123", "", "", errAmount, errAmount},
		{"1234.567", "", "", errAmount, errAmount},
		{"1.23.4", "", "", errAmount, errAmount},
		{"1.234.56", "", "", errAmount, errAmount},
		{"1,234.567,89", "", "", errAmount, errAmount},
		{"1.234,567.8", "", "", errAmount, errAmount},
		{"1,234.567", "", "", errAmount, errAmount},
		{"-5", "", "", errAmount, errAmount},
		{"1e3", "", "", errAmount, errAmount},
		{"$5", "", "", errAmount, errAmount},
		{"NaN", "", "", errAmount, errAmount},
		{"٣", "", "", errAmount, errAmount},
		{".", "", "", errAmount, errAmount},
		{"", "", "", errAmount, errAmount},
	} {
		if got, err := english.parseAmount(test.typed, "ARS"); got != test.en || !errors.Is(err, test.errorEN) {
			t.Errorf("en: %q is %q, %v; want %q, %v", test.typed, got, err, test.en, test.errorEN)
		}
		if got, err := spanish.parseAmount(test.typed, "ARS"); got != test.es || !errors.Is(err, test.errorES) {
			t.Errorf("es: %q is %q, %v; want %q, %v", test.typed, got, err, test.es, test.errorES)
		}
	}
}

// TestAmountsOfOtherMinorUnits: a single sign before three digits is a decimal point in a
// currency with three decimals, unless it separates thousands in the reader's language.
func TestAmountsOfOtherMinorUnits(t *testing.T) {
	for _, test := range []struct {
		currency, typed  string
		en, es           json.Number
		errorEN, errorES error
	}{
		{"JPY", "1234", "1234", "1234", nil, nil},
		{"JPY", "1,234", "1234", "", nil, errUnclear},
		{"JPY", "1.234", "", "1234", errUnclear, nil},
		{"JPY", "12.5", "", "", errAmount, errAmount},
		{"JPY", "12.00", "12", "12", nil, nil},
		{"JPY", "9999999999999", "9999999999999", "9999999999999", nil, nil},
		{"JPY", "10000000000000", "", "", errTooLarge, errTooLarge},
		{"KWD", "1.234", "1.234", "1234", nil, nil},
		{"KWD", "1,234", "1234", "1.234", nil, nil},
		{"KWD", "0.125", "0.125", "0.125", nil, nil},
		{"KWD", "1234.567", "1234.567", "1234.567", nil, nil},
		{"KWD", "1,234.567", "1234.567", "1234.567", nil, nil},
		{"KWD", "1.234,567", "1234.567", "1234.567", nil, nil},
		{"KWD", "1.2345", "", "", errAmount, errAmount},
		{"KWD", "999999999999.999", "999999999999.999", "999999999999.999", nil, nil},
		{"KWD", "1000000000000", "", "", errTooLarge, errTooLarge},
		{"UYW", "1.2345", "1.2345", "1.2345", nil, nil},
		{"UYW", "1,234.5678", "1234.5678", "1234.5678", nil, nil},
		{"XYZ", "1.25", "1.25", "1.25", nil, nil},
		{"XYZ", "0.125", "", "", errAmount, errAmount},
	} {
		if got, err := english.parseAmount(test.typed, test.currency); got != test.en || !errors.Is(err, test.errorEN) {
			t.Errorf("en: %q %s is %q, %v; want %q, %v", test.typed, test.currency, got, err, test.en, test.errorEN)
		}
		if got, err := spanish.parseAmount(test.typed, test.currency); got != test.es || !errors.Is(err, test.errorES) {
			t.Errorf("es: %q %s is %q, %v; want %q, %v", test.typed, test.currency, got, err, test.es, test.errorES)
		}
	}
}

// TestWordsForMinorUnits: forms have an example and an error for each number of decimals
// that a currency has.
func TestWordsForMinorUnits(t *testing.T) {
	for _, c := range money.Currencies() {
		for _, words := range []*text{&english, &spanish} {
			if words.App.AmountHints[c.Decimals] == "" || words.App.BadAmounts[c.Decimals] == "" {
				t.Errorf("%s has %d decimals, and %s has no words for that", c.Code, c.Decimals, words.Language)
			}
		}
	}
}
