package site

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"example.com/alta/internal/fiscal"
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
	} {
		if got := [2]string{english.formatAmount(amount), spanish.formatAmount(amount)}; got != want {
			t.Errorf("%s is %q, want %q", amount, got, want)
		}
	}
	if got := spanish.formatMoney("1234.5", "ARS"); got != "1.234,50\u00a0ARS" {
		t.Errorf("money is %q", got)
	}
	if en, es := english.formatTyped("1234.5"), spanish.formatTyped("1234.5"); en != "1234.50" || es != "1234,50" {
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
		{"10000000000000", "", "", errAmount, errAmount},
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
		if got, err := english.parseAmount(test.typed); got != test.en || !errors.Is(err, test.errorEN) {
			t.Errorf("en: %q is %q, %v; want %q, %v", test.typed, got, err, test.en, test.errorEN)
		}
		if got, err := spanish.parseAmount(test.typed); got != test.es || !errors.Is(err, test.errorES) {
			t.Errorf("es: %q is %q, %v; want %q, %v", test.typed, got, err, test.es, test.errorES)
		}
	}
}
