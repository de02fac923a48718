package handlers

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/oapi-codegen/nullable"
)

// wireTime is how both documents write a time: UTC, with milliseconds.
func wireTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func timeOrNull(t *time.Time) nullable.Nullable[string] {
	if t == nil {
		return nullable.NewNullNullable[string]()
	}
	return nullable.NewNullableWithValue(wireTime(*t))
}

// wireMoney writes an amount in minor units as a JSON number: 1050 is 10.5.
func wireMoney(minor int64) json.Number {
	sign, whole := "", uint64(minor)
	if minor < 0 {
		sign, whole = "-", -whole
	}
	cents := whole % 100
	switch {
	case cents == 0:
		return json.Number(fmt.Sprintf("%s%d", sign, whole/100))
	case cents%10 == 0:
		return json.Number(fmt.Sprintf("%s%d.%d", sign, whole/100, cents/10))
	}
	return json.Number(fmt.Sprintf("%s%d.%02d", sign, whole/100, cents))
}

func moneyOrNull(minor *int64) nullable.Nullable[json.Number] {
	if minor == nil {
		return nullable.NewNullNullable[json.Number]()
	}
	return nullable.NewNullableWithValue(wireMoney(*minor))
}

func orNull[T any](value *T) nullable.Nullable[T] {
	if value == nil {
		return nullable.NewNullNullable[T]()
	}
	return nullable.NewNullableWithValue(*value)
}

// sent returns what the client sent, or nil for nothing or null.
func sent[T any](value nullable.Nullable[T]) *T {
	if v, err := value.Get(); err == nil {
		return &v
	}
	return nil
}
