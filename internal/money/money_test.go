package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"example.com/alta/internal/money"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "0.01": 1, "0.1": 10, "0.10": 10, "0.100": 10, "10.5": 1050, "-10.05": -1005,
		"1.005e1": 1005, "1E2": 10000, "15e-1": 150, "9999999999999.99": money.Max, "-9999999999999.99": -money.Max,
		"4503599627370.49": 450359962737049,
	} {
		if got, err := money.Parse(json.Number(text), "USD"); err != nil || got != want {
			t.Errorf("Parse(%s) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", ".5", "5.", "1/3", "0x10", "1_000", "Inf", "NaN", "+1", " 1",
		"10000000000000", "1e13", "1e99", "1e999999999", "-10000000000000.00",
	} {
		if got, err := money.Parse(json.Number(text), "USD"); !errors.Is(err, money.ErrFormat) {
			t.Errorf("Parse(%q) = %d, %v; want ErrFormat", text, got, err)
		}
	}
	for _, text := range []string{"0.001", "10.005", "0.1000000000000000055", "1e-3"} {
		if got, err := money.Parse(json.Number(text), "USD"); !errors.Is(err, money.ErrDecimals) {
			t.Errorf("Parse(%q) = %d, %v; want ErrDecimals", text, got, err)
		}
	}
}

// TestMinorUnits: amounts have as many decimals as ISO 4217 gives their currency, and two
// in a currency that is not in it.
func TestMinorUnits(t *testing.T) {
	for _, test := range []struct {
		currency, number string
		want             int64
		err              error
	}{
		{"JPY", "12", 12, nil}, {"JPY", "12.0", 12, nil}, {"JPY", "12.5", 0, money.ErrDecimals},
		{"JPY", "9999999999999", 9_999_999_999_999, nil}, {"JPY", "10000000000000", 0, money.ErrFormat},
		{"CLP", "1e3", 1000, nil},
		{"KWD", "0.001", 1, nil}, {"KWD", "-1.5", -1500, nil}, {"KWD", "0.0005", 0, money.ErrDecimals},
		{"KWD", "999999999999.999", money.Max, nil}, {"KWD", "1000000000000", 0, money.ErrFormat},
		{"UYW", "0.0001", 1, nil}, {"UYW", "0.00001", 0, money.ErrDecimals},
		{"UYW", "99999999999.9999", money.Max, nil}, {"UYW", "100000000000", 0, money.ErrFormat},
		{"QQQ", "0.01", 1, nil}, {"QQQ", "0.001", 0, money.ErrDecimals}, {"", "1", 100, nil},
	} {
		got, err := money.Parse(json.Number(test.number), test.currency)
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("Parse(%s, %s) = %d, %v; want %d, %v", test.number, test.currency, got, err, test.want, test.err)
		}
	}
}

func TestCheck(t *testing.T) {
	for text, want := range map[string]bool{
		"1": true, "0.001": true, "0.0001": true, "1e-4": true, "0.00001": false, "9999999999999.99": true, "10000000000000": false,
		"999999999999.999": true, "9999999999999.999": false, "x": false,
	} {
		if err := money.Check(text); (err == nil) != want {
			t.Errorf("Check(%s) = %v", text, err)
		}
	}
}

func TestNumber(t *testing.T) {
	for minor, want := range map[int64][2]string{
		0: {"0", "0.00"}, 1: {"0.01", "0.01"}, 10: {"0.1", "0.10"}, 1050: {"10.5", "10.50"}, -1005: {"-10.05", "-10.05"},
		-1: {"-0.01", "-0.01"}, 10000: {"100", "100.00"}, money.Max: {"9999999999999.99", "9999999999999.99"},
		math.MaxInt64: {"92233720368547758.07", "92233720368547758.07"}, math.MinInt64: {"-92233720368547758.08", "-92233720368547758.08"},
	} {
		if got := [2]string{string(money.Number(minor, "USD")), money.Fixed(minor, "USD")}; got != want {
			t.Errorf("%d is written %v, want %v", minor, got, want)
		}
	}
	for currency, want := range map[string][2]string{
		"JPY": {"-1050", "-1050"}, "KWD": {"-1.05", "-1.050"}, "UYW": {"-0.105", "-0.1050"}, "QQQ": {"-10.5", "-10.50"},
	} {
		if got := [2]string{string(money.Number(-1050, currency)), money.Fixed(-1050, currency)}; got != want {
			t.Errorf("-1050 of %s is written %v, want %v", currency, got, want)
		}
	}
}

// TestNumberOfAnotherCurrency: another currency keeps the number, or refuses it.
func TestNumberOfAnotherCurrency(t *testing.T) {
	for _, test := range []struct {
		minor    int64
		from, to string
		want     int64
		err      error
	}{
		{1050, "USD", "KWD", 10500, nil}, {1000, "USD", "JPY", 10, nil}, {1050, "USD", "JPY", 0, money.ErrDecimals},
		{1050, "USD", "QQQ", 1050, nil}, {money.Max, "USD", "KWD", 0, money.ErrFormat}, {7, "JPY", "UYW", 70000, nil},
	} {
		if got, err := money.Parse(money.Number(test.minor, test.from), test.to); got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%d of %s in %s is %d, %v; want %d, %v", test.minor, test.from, test.to, got, err, test.want, test.err)
		}
	}
}

// TestRoundTrip: an amount that is formatted and parsed again is unchanged, in each
// currency, and so is what a program makes of it that reads numbers as floats.
func TestRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range money.Currencies() {
		limit := money.Limit(c.Code)
		for i := range int64(300) {
			minor := random.Int64N(2*limit+1) - limit
			if i < 10 {
				minor = limit - i
			}
			number := money.Number(minor, c.Code)
			if got, err := money.Parse(number, c.Code); err != nil || got != minor {
				t.Fatalf("%d %s came back as %d, %v", minor, c.Code, got, err)
			}
			float, err := number.Float64()
			again, _ := json.Marshal(float)
			if got, err2 := money.Parse(json.Number(again), c.Code); err != nil || err2 != nil || got != minor {
				t.Fatalf("%s %s is %s as a float, which is %d, %v", number, c.Code, again, got, err2)
			}
		}
	}
	for range 300 {
		sum := int64(random.Uint64())
		if got, err := money.ParseSum(money.Number(sum, "KWD"), "KWD"); err != nil || got != sum {
			t.Fatalf("the sum %d came back as %d, %v", sum, got, err)
		}
	}
}

// TestCurrencies: the list has the currencies that it is known for, each once.
func TestCurrencies(t *testing.T) {
	all, seen := money.Currencies(), map[string]bool{}
	for i, usual := range []string{"ARS", "USD", "EUR"} {
		if all[i].Code != usual {
			t.Errorf("currency %d is %s, want %s", i, all[i].Code, usual)
		}
	}
	for _, c := range all {
		if seen[c.Code] || len(c.Code) != 3 || c.English == "" || c.Spanish == "" || c.Decimals < 0 || c.Decimals > 4 {
			t.Errorf("%+v is wrong, or is there twice", c)
		}
		seen[c.Code] = true
	}
	for code, want := range map[string]int{"ARS": 2, "BHD": 3, "CLF": 4, "CLP": 0, "GBP": 2, "ISK": 0, "JPY": 0, "KWD": 3, "PYG": 0, "TND": 3, "UGX": 0, "UYW": 4, "XAF": 0, "ZWG": 2} {
		if found, ok := money.Find(code); !ok || found.Decimals != want || money.Decimals(code) != want {
			t.Errorf("%s is %+v, want %d decimals", code, found, want)
		}
	}
	for _, code := range []string{"", "usd", "DEM", "HRK", "XXX", "XTS", "XAU"} {
		if found, ok := money.Find(code); ok || money.Decimals(code) != money.DefaultDecimals {
			t.Errorf("%q is %+v, want no currency", code, found)
		}
	}
}
