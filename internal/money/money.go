// Package money converts amounts between JSON numbers and minor units, without
// floats. A minor unit is the smallest amount of a currency: a cent, a yen, a
// thousandth of a dinar.
package money

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// An amount has at most fifteen digits, of which at most thirteen stand before
// the point. Programs that read JSON numbers or cells of workbooks as floats
// get each amount exactly, because a float holds fifteen digits.
const (
	maxDigits      = 15
	maxWholeDigits = 13
)

// Max is the largest amount of any currency, in minor units.
const Max = 999_999_999_999_999

// MaxSum is the largest total that a user's transactions in one currency may
// have, in minor units. Every sum of some of them, and every difference of two
// such sums, fits into an int64.
const MaxSum = 9_000 * Max

// maxText bounds the length of a number, and so the time to read it.
const maxText = 64

// ErrFormat is the error for a number that is not an amount. ErrDecimals is the
// error for a number that has more decimals than amounts in its currency.
var (
	ErrFormat   = errors.New("not an amount")
	ErrDecimals = errors.New("more decimals than the currency has")
)

// jsonNumber matches a JSON number with an exponent of at most two digits.
var jsonNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$`)

// Parse returns the amount in minor units of the currency: 10.5 USD is 1050.
// Zeros at the end do not count as decimals. The error is ErrDecimals, or
// ErrFormat if the text is not a JSON number or the amount is beyond Limit.
func Parse(number json.Number, currency string) (minor int64, err error) {
	minor, err = ParseSum(number, currency)
	if limit := Limit(currency); err == nil && (minor < -limit || minor > limit) {
		return 0, ErrFormat
	}
	return minor, err
}

// ParseSum is Parse without Limit, for sums of amounts. It takes every int64.
func ParseSum(number json.Number, currency string) (minor int64, err error) {
	text := number.String()
	if len(text) > maxText || !jsonNumber.MatchString(text) {
		return 0, ErrFormat
	}
	amount, _ := new(big.Rat).SetString(text)
	amount.Mul(amount, new(big.Rat).SetInt64(scale(Decimals(currency))))
	switch {
	case !amount.IsInt():
		return 0, ErrDecimals
	case !amount.Num().IsInt64():
		return 0, ErrFormat
	}
	return amount.Num().Int64(), nil
}

// Limit returns the largest amount of the currency, in minor units:
// 9999999999999.99 USD, 9999999999999 JPY, 999999999999.999 KWD.
func Limit(currency string) int64 {
	return scale(min(maxDigits, maxWholeDigits+Decimals(currency))) - 1
}

// Check returns ErrFormat unless the text of a JSON number is an amount in some
// currency.
func Check(text string) error {
	for _, currency := range finest {
		if _, err := Parse(json.Number(text), currency); err == nil {
			return nil
		}
	}
	return ErrFormat
}

// Number returns an amount in minor units of the currency as a JSON number: 1050
// USD is 10.5.
func Number(minor int64, currency string) json.Number {
	whole, fraction, _ := strings.Cut(Fixed(minor, currency), ".")
	if fraction = strings.TrimRight(fraction, "0"); fraction == "" {
		return json.Number(whole)
	}
	return json.Number(whole + "." + fraction)
}

// Fixed formats an amount in minor units of the currency with all its decimals:
// 1050 is 10.50 USD, 1050 JPY or 1.050 KWD.
func Fixed(minor int64, currency string) string {
	sign, units := "", uint64(minor)
	if minor < 0 {
		sign, units = "-", -units
	}
	decimals := Decimals(currency)
	if decimals == 0 {
		return fmt.Sprintf("%s%d", sign, units)
	}
	whole := uint64(scale(decimals))
	return fmt.Sprintf("%s%d.%0*d", sign, units/whole, decimals, units%whole)
}

// scale returns the power of ten.
func scale(decimals int) int64 {
	power := int64(1)
	for range decimals {
		power *= 10
	}
	return power
}
