// Package money converts amounts between JSON numbers and minor units, without
// floats.
package money

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// Max is the largest amount, in minor units: thirteen digits before the point.
const Max = 999_999_999_999_999

// maxText bounds the length of a number, and so the time to read it.
const maxText = 64

// ErrFormat is the error for a number that is not an amount.
var ErrFormat = errors.New("not an amount with at most two decimals")

// jsonNumber matches a JSON number with an exponent of at most two digits.
var jsonNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$`)

// Parse returns the amount in minor units: 10.5 is 1050. If the text is not a JSON
// number, has more than two decimals (further zeros do not count) or is beyond Max,
// the error is ErrFormat.
func Parse(number json.Number) (minor int64, err error) {
	text := number.String()
	if len(text) > maxText || !jsonNumber.MatchString(text) {
		return 0, ErrFormat
	}
	amount, _ := new(big.Rat).SetString(text)
	amount.Mul(amount, big.NewRat(100, 1))
	if !amount.IsInt() || !amount.Num().IsInt64() {
		return 0, ErrFormat
	}
	if minor = amount.Num().Int64(); minor < -Max || minor > Max {
		return 0, ErrFormat
	}
	return minor, nil
}

// Check returns ErrFormat unless the text of a JSON number is an amount.
func Check(text string) error {
	_, err := Parse(json.Number(text))
	return err
}

// Number returns an amount in minor units as a JSON number: 1050 is 10.5.
func Number(minor int64) json.Number {
	whole, fraction, _ := strings.Cut(Fixed(minor), ".")
	if fraction = strings.TrimRight(fraction, "0"); fraction == "" {
		return json.Number(whole)
	}
	return json.Number(whole + "." + fraction)
}

// Fixed formats an amount in minor units with two decimals: 1050 is 10.50.
func Fixed(minor int64) string {
	sign, whole := "", uint64(minor)
	if minor < 0 {
		sign, whole = "-", -whole
	}
	return fmt.Sprintf("%s%d.%02d", sign, whole/100, whole%100)
}
