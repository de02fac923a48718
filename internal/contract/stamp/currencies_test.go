package main

import (
	"os"
	"strings"
	"testing"

	"example.com/alta/internal/contract/source"
)

const twoCurrencies = `
components:
  schemas:
    Currency:
      enum: [EUR, JPY]
      x-currencies:
        EUR: {decimals: 2, en: Euro, es: Euro}
        JPY: {decimals: 0, en: Japanese yen, es: Yen japonés}
`

// TestCurrencyTable: the table has each currency of the enum, and a contract in which the
// two lists differ is refused.
func TestCurrencyTable(t *testing.T) {
	table := func(contract string) (string, error) {
		document, err := source.Parse([]byte(contract))
		if err != nil {
			t.Fatal(err)
		}
		text, err := currencyTable(document)
		return string(text), err
	}
	got, err := table(twoCurrencies)
	if want := `{Code: "JPY", Decimals: 0, English: "Japanese yen", Spanish: "Yen japonés"},`; err != nil || !strings.Contains(got, want) {
		t.Errorf("got %v and\n%s\nwant %s in it", err, got, want)
	}
	for _, enum := range []string{"[EUR]", "[JPY, EUR]", "[EUR, JPY, USD]", "[]"} {
		if _, err := table(strings.Replace(twoCurrencies, "[EUR, JPY]", enum, 1)); err == nil || !strings.Contains(err.Error(), "x-currencies") {
			t.Errorf("with the enum %s: %v", enum, err)
		}
	}
}

// TestCurrencyTableIsCurrent: the table of internal/money is the contract's.
func TestCurrencyTableIsCurrent(t *testing.T) {
	written := t.TempDir() + "/currencies.go"
	if err := writeTable("../../../openapi.yaml", written, currencyTable); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(written)
	got, err2 := os.ReadFile("../../money/currencies.gen.go")
	if err != nil || err2 != nil || string(got) != string(want) {
		t.Errorf("run make generate: %v, %v", err, err2)
	}
}
