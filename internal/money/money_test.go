package money_test

import (
	"encoding/json"
	"errors"
	"testing"

	"example.com/alta/internal/money"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "0.01": 1, "0.1": 10, "0.10": 10, "0.100": 10, "10.5": 1050, "-10.05": -1005,
		"1.005e1": 1005, "1E2": 10000, "15e-1": 150, "9999999999999.99": money.Max, "-9999999999999.99": -money.Max,
		"4503599627370.49": 450359962737049,
	} {
		if got, err := money.Parse(json.Number(text)); err != nil || got != want {
			t.Errorf("Parse(%s) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", ".5", "5.", "1/3", "0x10", "1_000", "Inf", "NaN", "+1", " 1", "0.001", "10.005", "0.1000000000000000055",
		"10000000000000", "1e13", "1e99", "1e999999999", "-10000000000000.00", "1e-3",
	} {
		if got, err := money.Parse(json.Number(text)); !errors.Is(err, money.ErrFormat) {
			t.Errorf("Parse(%q) = %d, %v; want ErrFormat", text, got, err)
		}
	}
}

func TestNumber(t *testing.T) {
	for minor, want := range map[int64][2]string{
		0: {"0", "0.00"}, 1: {"0.01", "0.01"}, 10: {"0.1", "0.10"}, 1050: {"10.5", "10.50"}, -1005: {"-10.05", "-10.05"},
		-1: {"-0.01", "-0.01"}, 10000: {"100", "100.00"}, money.Max: {"9999999999999.99", "9999999999999.99"},
	} {
		if got := [2]string{string(money.Number(minor)), money.Fixed(minor)}; got != want {
			t.Errorf("%d is written %v, want %v", minor, got, want)
		}
	}
}

// TestRoundTrip: an amount that is formatted and parsed again is unchanged.
func TestRoundTrip(t *testing.T) {
	for minor := int64(-12345); minor <= 12345; minor += 7 {
		if got, err := money.Parse(money.Number(minor)); err != nil || got != minor {
			t.Fatalf("%d came back as %d, %v", minor, got, err)
		}
	}
}
